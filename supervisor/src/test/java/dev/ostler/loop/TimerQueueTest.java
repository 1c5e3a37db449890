package dev.ostler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
    private final Consumer<Runnable> runner = Runnable::run;
    private final TimerQueue queue = new TimerQueue();
    private final List<String> ran = new ArrayList<>();
    private final FakeClock clock = new FakeClock();

    @Test
    void runsWhatIsDueEarliestFirst() {
        queue.schedule(clock.monotonicNanos() + 30, () -> ran.add("c"));
        queue.schedule(clock.monotonicNanos() + 10, () -> ran.add("a"));
        queue.schedule(clock.monotonicNanos() + 20, () -> ran.add("b"));

        clock.advance(20);

        assertThat(queue.runDue(clock.monotonicNanos(), runner)).isEqualTo(2);
        assertThat(ran).containsExactly("a", "b");
        assertThat(queue.nextDeadlineNanos()).isEqualTo(clock.monotonicNanos() + 10);
    }

    @Test
    void equalDeadlinesKeepTheirOrder() {
        for (int i = 0; i < 50; i++) {
            String name = "t" + i;
            queue.schedule(7, () -> ran.add(name));
        }

        queue.runDue(7, runner);

        assertThat(ran).isEqualTo(IntStream.range(0, 50).mapToObj(i -> "t" + i).toList());
    }

    @Test
    void anEmptyQueueHasNoDeadline() {
        assertThat(queue.nextDeadlineNanos()).isEqualTo(TimerQueue.NONE);
        assertThat(queue.runDue(Long.MAX_VALUE, runner)).isZero();
    }

    @Test
    void aCancelledTimerDoesNotRun() {
        Timer timer = queue.schedule(5, () -> ran.add("x"));

        timer.cancel();
        timer.cancel();

        assertThat(timer.isPending()).isFalse();
        assertThat(queue.size()).isZero();
        assertThat(queue.runDue(5, runner)).isZero();
    }

    @Test
    void aTimerCancelledByAnEarlierOneOfTheSameTurnDoesNotRun() {
        List<Timer> later = new ArrayList<>();
        queue.schedule(5, () -> later.get(0).cancel());
        later.add(queue.schedule(6, () -> ran.add("x")));

        queue.runDue(10, runner);

        assertThat(ran).isEmpty();
    }

    @Test
    void cancellingATimerThatRanDoesNotTouchItsSuccessor() {
        Timer first = queue.schedule(5, () -> ran.add("first"));
        queue.runDue(5, runner);
        Timer second = queue.schedule(6, () -> ran.add("second"));

        first.cancel();

        assertThat(second.isPending()).isTrue();
        queue.runDue(6, runner);
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void aTimerThatReArmsItselfWaitsForTheNextTurn() {
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            ran.add("tick");
            queue.schedule(0, again[0]);
        };
        queue.schedule(0, again[0]);

        assertThat(queue.runDue(10, runner)).isEqualTo(1);
        assertThat(queue.runDue(10, runner)).isEqualTo(1);
        assertThat(queue.size()).isEqualTo(1);
    }

    @Property(tries = 200)
    void agreesWithASortedListUnderRandomSchedulingAndCancelling(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
        Random random = new Random(seed);
        List<Timer> model = new ArrayList<>();
        List<Timer> fired = new ArrayList<>();
        TimerQueue subject = new TimerQueue();
        for (int i = 0; i < steps; i++) {
            if (!model.isEmpty() && random.nextInt(3) == 0) {
                model.remove(random.nextInt(model.size())).cancel();
            } else {
                Timer[] self = new Timer[1];
                self[0] = subject.schedule(random.nextInt(50), () -> fired.add(self[0]));
                model.add(self[0]);
            }
        }
        model.sort(Comparator.comparingLong((Timer t) -> t.deadlineNanos).thenComparingLong(t -> t.sequence));

        subject.runDue(50, runner);

        assertThat(fired).isEqualTo(model);
        assertThat(subject.size()).isZero();
    }
}
