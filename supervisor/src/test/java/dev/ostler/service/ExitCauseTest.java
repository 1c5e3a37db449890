package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.spec.ExitStatuses;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCauseTest {
    /** Raw wait statuses as wait(2) gives them: code × 256, or the signal, + 128 with a core. */
    @ParameterizedTest
    @CsvSource({
        "0, exit-code, false, exited 0 after 3.2 s",
        "256, exit-code, true, exited 1 after 3.2 s",
        "34304, exit-code, true, exited 134 after 3.2 s",
        "35072, exit-code, true, exited 137 after 3.2 s",
        "36608, external-stop, false, stopped by someone else after 3.2 s (exited 143)",
        "33280, external-stop, false, stopped by someone else after 3.2 s (exited 130)",
        "15, external-stop, false, stopped by someone else after 3.2 s (killed by SIGTERM)",
        "1, external-stop, false, stopped by someone else after 3.2 s (killed by SIGHUP)",
        "9, signal, true, killed by SIGKILL after 3.2 s (not requested)",
        "134, signal, true, 'killed by SIGABRT after 3.2 s (not requested, core dumped)'",
        "11, signal, true, killed by SIGSEGV after 3.2 s (not requested)",
        "31, signal, true, 'killed by SIGSYS, as for a system call that a filter denies, after 3.2 s (not requested)'",
    })
    void s20_unrequestedEndsAreToldApart(int raw, String kind, boolean failure, String text) {
        ExitStatus status = new ExitStatus(raw);
        ExitCause cause = ExitCause.unrequested(status, ExitStatuses.NONE);

        assertThat(cause.kind()).isEqualTo(kind);
        assertThat(cause.isFailure()).isEqualTo(failure);
        assertThat(cause.describe(Optional.of(status), Duration.ofMillis(3299))).isEqualTo(text);
    }

    @Test
    void aStopThatNeededKillSaysHowManyProcessesNeededIt() {
        ExitCause one = new ExitCause.StopTimeout(Requester.SHUTDOWN, 1);

        assertThat(one.describe(Optional.of(ExitStatus.killedBy(Signal.KILL)), Duration.ZERO))
                .isEqualTo("stopped as requested by shutdown, but 1 process needed SIGKILL (killed by SIGKILL)");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1 s",
        "1099, 1 s",
        "3250, 3.2 s",
        "60000, 60 s",
        "245000, 4 min 5 s",
        "10800000, 3 h 0 min",
        "190800000, 2 d 5 h",
    })
    void durationsReadAsPeopleSayThem(long millis, String text) {
        assertThat(Elapsed.text(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
