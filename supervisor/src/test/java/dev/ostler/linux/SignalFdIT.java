package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Signal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The signals are sent to this thread alone, which blocks them; a signal to the process would find a thread that does not. */
class SignalFdIT {
    private static final int SIGSET_BYTES = 128;
    private static final Signal WINCH = new Signal(28);
    private static final Signal REAL_TIME = new Signal(40);
    private static final Set<Signal> WATCHED = Set.of(WINCH, Signal.CONT, REAL_TIME);

    private final NativeBuffer old = NativeBuffer.allocate(SIGSET_BYTES);

    @BeforeEach
    void block() {
        NativeBuffer mask = NativeBuffer.allocate(SIGSET_BYTES);
        mask.bytes().putLong(0, Signals.mask(WATCHED));
        assertThat(TestLibC.C.pthread_sigmask(TestLibC.SIG_BLOCK, mask.pointer(), old.pointer()))
                .isZero();
    }

    @AfterEach
    void restore() {
        TestLibC.C.pthread_sigmask(TestLibC.SIG_SETMASK, old.pointer(), null);
    }

    @Test
    void readsWhatIsPendingAndStandardSignalsCoalesce() {
        try (SignalFd signals = SignalFd.create(WATCHED)) {
            assertThat(signals.read()).isEmpty();

            send(WINCH);
            send(WINCH);
            send(Signal.CONT);

            assertThat(signals.read()).containsExactlyInAnyOrder(WINCH, Signal.CONT);
            assertThat(signals.read()).isEmpty();
        }
    }

    @Test
    void realTimeSignalsQueueBeyondOneBatch() {
        try (SignalFd signals = SignalFd.create(Set.of(REAL_TIME))) {
            for (int i = 0; i < 40; i++) {
                send(REAL_TIME);
            }

            List<Signal> received = signals.read();

            assertThat(received).hasSize(40).containsOnly(REAL_TIME);
        }
    }

    @Test
    void otherSignalsStayPending() {
        try (SignalFd some = SignalFd.create(Set.of(Signal.CONT));
                SignalFd all = SignalFd.create(WATCHED)) {
            send(WINCH);

            assertThat(some.read()).isEmpty();
            assertThat(all.read()).containsExactly(WINCH);
        }
    }

    @Test
    void theBlockedSignalsOfThisThreadAreKnown() {
        assertThat(Signals.blockedByThisThread()).containsAll(WATCHED).doesNotContain(new Signal(11));
    }

    @Test
    void aClosedOneIsRefused() {
        SignalFd signals = SignalFd.create(WATCHED);
        signals.close();

        assertThatThrownBy(signals::read).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::readsWhatIsPendingAndStandardSignalsCoalesce);
    }

    private static void send(Signal signal) {
        int result = TestLibC.C.tgkill(Ids.pid().value(), TestLibC.C.gettid(), signal.number());
        assertThat(result).isZero();
    }
}
