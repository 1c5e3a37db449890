package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.LimitCounts;
import dev.ostler.service.ExitCause;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One status, several causes. */
class ExitEvidenceTest {
    private static final Optional<LimitCounts> COUNTS = Optional.of(new LimitCounts(1, 7, 64 << 20, 64 << 20));
    private static final String OUT_OF_MEMORY = "Terminating due to java.lang.OutOfMemoryError: Java heap space";

    private static Optional<ExitCause> of(ExitStatus status, boolean oom, String... lines) {
        return new ExitEvidence(status, COUNTS, oom, List.of(lines)).explanation();
    }

    @Test
    void s20_sigkillIsAnOomOnlyWhenTheKernelHasCountedOne() {
        ExitStatus killed = ExitStatus.killedBy(Signal.KILL);

        assertThat(of(killed, true)).contains(new ExitCause.OutOfMemory(true, "64 MiB of 64 MiB"));
        assertThat(of(killed, false)).isEmpty();
        assertThat(of(ExitStatus.exited(137), true)).isPresent();
        assertThat(of(ExitStatus.exited(1), true)).isEmpty();
    }

    @Test
    void j5_exitCode3IsAJvmsOnlyWhenItSaysSo() {
        assertThat(of(ExitStatus.exited(3), false, OUT_OF_MEMORY))
                .contains(new ExitCause.JvmOutOfMemory("Java heap space"));
        assertThat(of(ExitStatus.exited(3), false, "x")).isEmpty();
        assertThat(of(ExitStatus.exited(0), false, OUT_OF_MEMORY)).isEmpty();
    }

    @Test
    void j10_anAbortIsACrashOnlyWhenThereIsAReport() {
        String[] crash = {"# A fatal error has been detected by the Java Runtime Environment:", "#", "#  SIGBUS (0x7)"};

        assertThat(of(ExitStatus.killedBy(Signal.ABRT), false, crash))
                .contains(new ExitCause.JvmCrash("SIGBUS (0x7)", ""));
        assertThat(of(ExitStatus.exited(134), false, crash)).isPresent();
        assertThat(of(ExitStatus.killedBy(Signal.ABRT), false)).isEmpty();
    }

    @Test
    void j13_refusedThreadsAreTheCauseOnlyWhenTheServiceComplains() {
        String line = "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory";

        assertThat(of(ExitStatus.exited(1), false, line)).contains(new ExitCause.PidsLimit(7));
        assertThat(of(ExitStatus.exited(1), false)).isEmpty();
        assertThat(new ExitEvidence(ExitStatus.exited(1), Optional.empty(), false, List.of(line)).explanation())
                .isEmpty();
    }
}
