package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PidFdIT {
    @Test
    void signalsTheProcessAndBecomesReadableWhenItEnds() throws Exception {
        try (Child child = Child.start("sleep", "60");
                PidFd pidfd = PidFd.open(child.pid());
                Epoll epoll = Epoll.create(1)) {
            epoll.add(pidfd.fd(), EPOLLIN, 1);
            assertThat(epoll.await(0)).isZero();
            assertThat(Descriptors.isCloseOnExec(pidfd.fd())).isTrue();
            assertThat(pidfd.pid()).contains(child.pid());

            assertThat(pidfd.sendSignal(Signal.TERM)).isTrue();

            assertThat(epoll.await(20_000)).isEqualTo(1);
            assertThat(child.awaitExit()).isEqualTo(128 + 15);
        }
    }

    @Test
    void aReapedProcessTakesNoSignalAndHasNoNumber() throws Exception {
        try (Child child = Child.start("cat");
                PidFd pidfd = PidFd.open(child.pid())) {
            child.process().getOutputStream().close();
            child.awaitExit();

            assertThat(pidfd.sendSignal(Signal.KILL)).isFalse();
            assertThat(pidfd.pid()).isEmpty();
            assertThat(pidfd.killGroup(Signal.KILL)).isFalse();
        }
    }

    @Test
    void theCgroupOfAProcessThatWasReapedIsStillKnown() throws Exception {
        Optional<Path> own = CgroupPaths.own(
                Files.readAllLines(Path.of("/proc/self/mountinfo")), Files.readAllLines(Path.of("/proc/self/cgroup")));
        assumeTrue(own.isPresent(), "needs cgroup v2");
        try (Child child = Child.start("cat");
                PidFd pidfd = PidFd.open(child.pid())) {
            assumeTrue(pidfd.cgroupId().isPresent(), "needs Linux 6.13");
            assertThat(pidfd.cgroupId()).hasValue(CgroupId.of(own.get()));

            child.process().getOutputStream().close();
            child.awaitExit();

            assertThat(pidfd.cgroupId())
                    .satisfiesAnyOf(
                            id -> assertThat(id).isEmpty(), // before Linux 6.15
                            id -> assertThat(id).hasValue(CgroupId.of(own.get())));
        }
    }

    @Test
    void signalsTheWholeGroup() throws Exception {
        assertGroupEnds(
                pidfd -> assertThat(pidfd.sendSignalToGroup(Signal.KILL)).isTrue());
    }

    @Test
    void signalsTheWholeGroupWithoutTheNewFlagToo() throws Exception {
        assertGroupEnds(pidfd -> assertThat(pidfd.killGroup(Signal.KILL)).isTrue());
    }

    /** The child leads a session of its own and has a member, which holds the pipe open until it ends. */
    private static void assertGroupEnds(Consumer<PidFd> kill) throws Exception {
        String script = "echo $$; sleep 60 & wait";
        try (Child child = Child.start("setsid", "sh", "-c", script)) {
            try (var out = child.process().inputReader(StandardCharsets.US_ASCII)) {
                Pid leader = new Pid(Integer.parseInt(out.readLine()));
                try (PidFd pidfd = PidFd.open(leader)) {
                    kill.accept(pidfd);
                }
                assertThat(out.readLine()).isNull();
            }
        }
    }

    @Test
    void aProcessThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> PidFd.open(new Pid(Integer.MAX_VALUE)))
                .hasMessage("pidfd_open \"pid 2147483647\": ESRCH (No such process)");
    }

    @Test
    void aDescriptorThatIsNoPidfdIsRefused() {
        try (EventFd event = EventFd.create()) {
            PidFd wrong = PidFd.adopt(event.fd());

            assertThatThrownBy(() -> wrong.sendSignal(Signal.CONT)).matches(e -> ((KernelException) e).is(Errno.EBADF));
            assertThatThrownBy(wrong::pid).matches(e -> ((KernelException) e).is(Errno.EBADF));
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::aReapedProcessTakesNoSignalAndHasNoNumber);
    }
}
