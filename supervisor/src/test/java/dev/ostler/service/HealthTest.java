package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What answers add up to. Letters: s = success, f = failure, n = failure that is only noted. */
class HealthTest {
    private static final ProbeCheck CHECK = new ProbeCheck.Tcp("127.0.0.1", 1);

    private static Health after(String answers, int failures, int successes) {
        ProbeSpec probe = new ProbeSpec(CHECK, Duration.ofSeconds(1), Duration.ofSeconds(1), failures, successes, 0);
        Health health = Health.unknown(at(0));
        for (int i = 0; i < answers.length(); i++) {
            char answer = answers.charAt(i);
            Optional<String> failure = answer == 's' ? Optional.empty() : Optional.of("why " + i);
            health = health.after(failure, answer != 'n', probe, at(i + 1));
        }
        return health;
    }

    private static Moment at(int second) {
        return new Moment(second, Instant.EPOCH.plusSeconds(second));
    }

    @ParameterizedTest
    @CsvSource({
        // answers, failures, successes needed -> state, since, failures in a row
        "'', 1, 1, UNKNOWN, 0, 0",
        "s, 1, 1, HEALTHY, 1, 0",
        "f, 1, 1, UNHEALTHY, 1, 1",
        "s, 1, 2, UNKNOWN, 0, 0",
        "ss, 1, 2, HEALTHY, 2, 0",
        "sfss, 2, 2, HEALTHY, 4, 0",
        "ff, 3, 1, UNKNOWN, 0, 2",
        "fff, 3, 1, UNHEALTHY, 3, 3",
        "ffsff, 3, 1, HEALTHY, 3, 2",
        "sff, 3, 1, HEALTHY, 1, 2",
        "sfff, 3, 1, UNHEALTHY, 4, 3",
        "sfffff, 3, 1, UNHEALTHY, 4, 5",
        "fffs, 3, 1, HEALTHY, 4, 0",
        "fffs, 3, 2, UNHEALTHY, 3, 0",
        "fffsfs, 3, 2, UNHEALTHY, 3, 0",
        "fffss, 3, 2, HEALTHY, 5, 0",
        "nnnnn, 1, 1, UNKNOWN, 0, 0",
        "nnnf, 2, 1, UNKNOWN, 0, 1",
        "nns, 1, 1, HEALTHY, 3, 0",
        "sns, 1, 2, UNKNOWN, 0, 0",
        "sssss, 1, 1, HEALTHY, 1, 0"
    })
    void s23_theFirstStateIsUnknownAndItTakesTheThresholdToLeaveOne(
            String answers, int failures, int successes, Health.State state, int since, int inARow) {
        Health health = after(answers, failures, successes);

        assertThat(health.state()).isEqualTo(state);
        assertThat(health.since()).isEqualTo(at(since));
        assertThat(health.failures()).isEqualTo(inARow);
    }

    @Test
    void theLastFailureIsRememberedAlsoWhenItDoesNotCountAndAfterASuccess() {
        assertThat(after("ns", 1, 1).lastFailure()).contains(new Health.Failure("why 0", at(1).wall()));
        assertThat(after("s", 1, 1).lastFailure()).isEmpty();
    }

    @Test
    void goodAnswersOneAfterTheOtherChangeNothing() {
        assertThat(after("ssssssss", 3, 3)).isEqualTo(after("sss", 3, 3));
    }
}
