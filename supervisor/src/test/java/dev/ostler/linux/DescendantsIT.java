package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

class DescendantsIT {
    @Test
    void findsChildrenAndTheirChildrenButNotTheRootOrZombies() throws Exception {
        // prints when both are there: a child that has ended and is not reaped, and one with a child of its own
        try (Child child = Child.start("sh", "-c", "sh -c 'sleep 60 & echo up; wait' & true & read x")) {
            child.process().inputReader().readLine();

            List<Pid> found = Descendants.of(child.pid());

            assertThat(found).hasSize(2).doesNotContain(child.pid());
            Pid inner = found.get(0);
            assertThat(Descendants.parentOf(inner)).contains(child.pid());
            assertThat(Descendants.parentOf(found.get(1))).contains(inner);
            found.forEach(process -> {
                try (PidFd pidfd = PidFd.open(process)) {
                    pidfd.sendSignal(Signal.KILL);
                }
            });
        }
    }

    @Test
    void aProcessThatIsGoneHasNoParentAndNoDescendants() {
        Pid gone = new Pid(Integer.MAX_VALUE);

        assertThat(Descendants.parentOf(gone)).isEmpty();
        assertThat(Descendants.of(gone)).isEmpty();
    }
}
