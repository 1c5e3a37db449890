package dev.ostler.loop;

import static dev.ostler.linux.LinuxConstants.EPOLLIN;
import static dev.ostler.linux.LinuxConstants.EPOLLOUT;
import static dev.ostler.linux.LinuxConstants.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ostler.base.FatalError;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.EventFd;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.SystemClock;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventLoopIT {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final List<String> ran = new ArrayList<>();
    private final List<EventFd> made = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
        made.forEach(EventFd::close);
    }

    @Test
    void aTurnKeepsTheFixedOrder() {
        ready(Priority.IO, "io");
        loop.inbox().post(() -> ran.add("command"));
        loop.timers().schedule(clock.monotonicNanos(), () -> ran.add("timer"));
        ready(Priority.EXITS, "exit");
        ready(Priority.SIGNALS, "signal");

        assertThat(loop.runOnce(LONG)).isEqualTo(5);
        assertThat(ran).containsExactly("signal", "exit", "timer", "command", "io");
    }

    @Test
    void whatTheKernelDoesNotWatchIsClosedWhenThatIsAskedFor() {
        Fd file = Descriptors.open(Path.of("/proc/self/exe"), O_RDONLY);

        assertThatThrownBy(() -> loop.registerOrClose(file, file::close, (events, now) -> ran.add("file")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("EPERM");

        assertThat(file.isOpen()).isFalse();
    }

    @Test
    void aTimerEndsTheWaitNotBeforeItsDeadline() {
        long deadline = clock.monotonicNanos() + 3_000_000;
        loop.timers().schedule(deadline, () -> ran.add("timer"));

        while (ran.isEmpty()) {
            loop.runOnce(LONG);
        }

        assertThat(clock.monotonicNanos()).isBetween(deadline, deadline + LONG.toNanos() / 2);
    }

    @Test
    void anEarlierTimerReplacesALaterOneAndCancellingBringsTheLaterOneBack() {
        loop.timers().schedule(clock.monotonicNanos() + LONG.toNanos() * 10, () -> ran.add("far"));
        loop.runOnce(Duration.ZERO);
        Timer soon = loop.timers().schedule(clock.monotonicNanos() + 5_000_000, () -> ran.add("soon"));
        loop.timers().schedule(clock.monotonicNanos() + 6_000_000, () -> ran.add("later"));
        loop.runOnce(Duration.ZERO);
        soon.cancel();

        while (ran.isEmpty()) {
            loop.runOnce(LONG);
        }

        assertThat(ran).containsExactly("later");
    }

    @Test
    void withNothingToDoATurnEndsWhenTheWaitIsOver() {
        long start = clock.monotonicNanos();

        assertThat(loop.runOnce(Duration.ofMillis(5))).isZero();

        assertThat(clock.monotonicNanos() - start).isGreaterThanOrEqualTo(4_000_000);
    }

    @Test
    void otherThreadsWakeTheLoopAndStopIt() throws Exception {
        Thread thread = new Thread(loop::run, "loop");
        thread.start();

        List<Thread> ranOn = new ArrayList<>();
        loop.inbox().post(() -> ranOn.add(Thread.currentThread()));
        loop.inbox().post(loop::stop);
        thread.join(LONG.toMillis());

        assertThat(thread.isAlive()).isFalse();
        assertThat(ranOn).containsExactly(thread);
    }

    @Test
    void stopFromAnotherThreadEndsAnIdleLoop() throws Exception {
        Thread thread = new Thread(loop::run, "loop");
        thread.start();

        loop.stop();
        thread.join(LONG.toMillis());

        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void whatAnIoHandlerThrowsDoesNotEndTheLoop() {
        EventFd bad = signalled();
        loop.register(Priority.IO, bad.fd(), EPOLLIN, (events, now) -> {
            bad.drain();
            throw new IllegalStateException("on purpose");
        });
        ready(Priority.IO, "io");

        loop.runOnce(LONG);

        assertThat(ran).containsExactly("io");
    }

    @ParameterizedTest
    @EnumSource(names = {"SIGNALS", "EXITS"})
    void s28_whatAHandlerOfSignalsOrExitsThrowsEndsTheLoopInsteadOfLosingTheEvent(Priority priority) {
        loop.register(priority, signalled().fd(), EPOLLIN, (events, now) -> {
            throw new IllegalStateException("on purpose");
        });

        assertThatThrownBy(() -> loop.runOnce(LONG)).hasMessage("on purpose");
    }

    @Test
    void s28_whatATimerOrACommandThrowsEndsTheLoop() {
        Runnable bad = () -> {
            throw new IllegalStateException("on purpose");
        };
        loop.timers().schedule(0, bad);
        assertThatThrownBy(() -> loop.runOnce(LONG)).hasMessage("on purpose");

        loop.inbox().post(bad);
        assertThatThrownBy(() -> loop.runOnce(LONG)).hasMessage("on purpose");
    }

    @Test
    void aFatalErrorComesOutOfAnIoHandlerToo() {
        loop.register(Priority.IO, signalled().fd(), EPOLLIN, (events, now) -> {
            throw new FatalError("supervision", new IllegalStateException("on purpose"));
        });

        assertThatThrownBy(() -> loop.runOnce(LONG)).isInstanceOf(FatalError.class);
    }

    @Test
    void anIoHandlerThatAlwaysThrowsIsGivenUp() {
        Registration registration = loop.register(Priority.IO, signalled().fd(), EPOLLIN, (events, now) -> {
            ran.add("x");
            throw new IllegalStateException("on purpose");
        });

        while (registration.isOpen()) {
            loop.runOnce(LONG);
        }

        assertThat(ran).hasSize(100);
        assertThat(loop.runOnce(Duration.ZERO)).isZero();
    }

    @Test
    void aRegistrationClosedInThisTurnGetsNoMoreEventsEvenWhenItsSlotIsTakenAgain() {
        EventFd victim = signalled();
        Registration registration = loop.register(Priority.IO, victim.fd(), EPOLLIN, (e, now) -> ran.add("victim"));
        EventFd first = signalled();
        loop.register(Priority.SIGNALS, first.fd(), EPOLLIN, (events, now) -> {
            first.drain();
            registration.close();
            registration.close();
            loop.register(Priority.IO, victim.fd(), EPOLLIN, (e, n) -> ran.add("successor"));
        });

        loop.runOnce(LONG);
        assertThat(ran).isEmpty();
        loop.runOnce(LONG);
        assertThat(ran).containsExactly("successor");
    }

    @Test
    void aDescriptorMayBeClosedBeforeItsRegistration() {
        EventFd event = signalled();
        Registration registration = loop.register(Priority.IO, event.fd(), EPOLLIN, (e, now) -> ran.add("x"));

        event.close();
        registration.close();

        assertThat(loop.runOnce(Duration.ZERO)).isZero();
    }

    @Test
    void interestCanChange() {
        EventFd event = signalled();
        Registration registration = loop.register(Priority.IO, event.fd(), 0, (e, now) -> ran.add("events " + e));
        assertThat(loop.runOnce(Duration.ZERO)).isZero();

        registration.setEvents(EPOLLOUT);
        loop.runOnce(LONG);

        assertThat(ran).containsExactly("events " + EPOLLOUT);
        assertThat(registration.events()).isEqualTo(EPOLLOUT);
    }

    @Test
    void aRefusedDescriptorLeavesNoTrace() {
        EventFd event = signalled();
        loop.register(Priority.IO, event.fd(), EPOLLIN, (e, now) -> ran.add("once"));

        assertThatThrownBy(() -> loop.register(Priority.IO, event.fd(), EPOLLIN, (e, now) -> ran.add("twice")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("EEXIST");

        loop.runOnce(LONG);
        assertThat(ran).containsExactly("once");
    }

    @Test
    void manyDescriptorsAllGetTheirEvent() {
        for (int i = 0; i < 600; i++) {
            EventFd event = signalled();
            loop.register(Priority.IO, event.fd(), EPOLLIN, (e, now) -> {
                event.drain();
                ran.add("x");
            });
        }

        while (ran.size() < 600) {
            assertThat(loop.runOnce(LONG)).isPositive();
        }

        assertThat(loop.runOnce(Duration.ZERO)).isZero();
    }

    @Test
    void aBusyTurnAllocatesAlmostNothing() {
        EventFd event = signalled();
        loop.register(Priority.IO, event.fd(), EPOLLIN, (events, now) -> {});
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int turns = 2_000;
        for (int i = 0; i < turns; i++) {
            loop.runOnce(Duration.ZERO);
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < turns; i++) {
            loop.runOnce(Duration.ZERO);
        }
        long perTurn = (threads.getCurrentThreadAllocatedBytes() - before) / turns;

        assertThat(perTurn).isLessThan(64);
    }

    @Test
    void closingLeavesNothingOpen() throws Exception {
        new EventLoop(clock).close();
        long before = open();
        new EventLoop(clock).close();

        assertThat(open()).isEqualTo(before);
    }

    private static long open() throws Exception {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }

    private void ready(Priority priority, String name) {
        loop.register(priority, signalled().fd(), EPOLLIN, (events, now) -> ran.add(name));
    }

    private EventFd signalled() {
        EventFd event = EventFd.create();
        event.signal();
        made.add(event);
        return event;
    }
}
