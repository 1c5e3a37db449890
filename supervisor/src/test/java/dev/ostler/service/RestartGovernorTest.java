package dev.ostler.service;

import static dev.ostler.spec.RestartSpec.Policy.ALWAYS;
import static dev.ostler.spec.RestartSpec.Policy.NEVER;
import static dev.ostler.spec.RestartSpec.Policy.ON_ABNORMAL;
import static dev.ostler.spec.RestartSpec.Policy.ON_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.service.RestartGovernor.Decision;
import dev.ostler.spec.ExitStatuses;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.RestartSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RestartGovernorTest {
    private static final RestartSpec SPEC = Specs.restart(ON_FAILURE, 0, 0);

    private final RestartGovernor governor = new RestartGovernor(() -> 0.5);

    private static Exit failedAfter(Duration ran) {
        return new Exit(1, new ExitCause.ExitCode(1), Optional.empty(), ran, Instant.EPOCH);
    }

    private Decision decide(RestartSpec spec, RestartRecord record, Exit exit, long nowNanos) {
        return governor.decide(spec, record, exit, nowNanos, RestartBudget.UNLIMITED);
    }

    private List<Long> delaysInMillis(Duration... runs) {
        List<Long> delays = new ArrayList<>();
        RestartRecord record = RestartRecord.NONE;
        for (Duration ran : runs) {
            Decision.Restart restart = (Decision.Restart) decide(SPEC, record, failedAfter(ran), 0);
            delays.add(restart.delay().toMillis());
            record = restart.record();
        }
        return delays;
    }

    @Test
    void backoffStartsWithTheSecondFailureInARowWhenTheFirstRunHasWorked() {
        Duration second = Duration.ofSeconds(1);

        assertThat(delaysInMillis(second, second, second, second)).containsExactly(0L, 100L, 200L, 400L);
    }

    @Test
    void backoffStartsAtOnceWhenTheFirstRunWasABadStart() {
        Duration short_ = Duration.ofMillis(999);

        assertThat(delaysInMillis(short_, short_, short_)).containsExactly(100L, 200L, 400L);
    }

    @Test
    void backoffStartsAnewAfterAStableRun() {
        Duration bad = Duration.ZERO;

        assertThat(delaysInMillis(bad, bad, Duration.ofSeconds(10), bad)).containsExactly(100L, 200L, 0L, 100L);
    }

    @Test
    void s13_delayStaysAtTheMaximumAndTheRecordDoesNotGrow() {
        RestartRecord record = RestartRecord.NONE;
        Duration delay = Duration.ZERO;

        for (int i = 0; i < 100_000; i++) {
            Decision.Restart restart =
                    (Decision.Restart) decide(SPEC, record, failedAfter(Duration.ZERO), i * 1_000_000L);
            record = restart.record();
            delay = restart.delay();
        }

        assertThat(delay).isEqualTo(Duration.ofSeconds(30));
        assertThat(record.recentNanos()).isEmpty();
        assertThat(record.automatic()).isEqualTo(100_000);
    }

    @Test
    void jitterShortensTheDelaySoThatTheMaximumHolds() {
        RestartSpec spec = Specs.restart(ON_FAILURE, 0.2, 0);
        Decision.Restart restart = (Decision.Restart) decide(spec, RestartRecord.NONE, failedAfter(Duration.ZERO), 0);

        assertThat(restart.delay()).isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void restartsOutsideTheWindowDoNotCountForTheLimit() {
        RestartSpec spec = Specs.restart(ON_FAILURE, 0, 2);
        long start = Duration.ofHours(1).toNanos();
        RestartRecord record = new RestartRecord(2, 2, 2, List.of(start, start + 1), false, 0, OomRecord.NONE);

        Decision inside = decide(spec, record, failedAfter(Duration.ZERO), start + 59_000_000_000L);
        Decision outside = decide(spec, record, failedAfter(Duration.ZERO), start + 60_000_000_000L);

        assertThat(inside)
                .isEqualTo(new Decision.GiveUp("gave up after 2 restarts in 60 s; last: exited 1 after 0 ms"));
        assertThat(outside).isInstanceOf(Decision.Restart.class);
    }

    private static ExitCause code(int code) {
        return new ExitCause.ExitCode(code);
    }

    private static final ExitCause SEGV = new ExitCause.KilledBySignal(new Signal(11), true);

    static Stream<Arguments> policies() {
        return Stream.of(
                // cause, always, on-failure, on-abnormal, never
                arguments(code(0), true, false, false, false),
                arguments(code(1), true, true, false, false),
                arguments(SEGV, true, true, true, false),
                arguments(new ExitCause.ExternalStop(), true, false, false, false),
                arguments(new ExitCause.DeclaredSuccess(), true, false, false, false),
                arguments(new ExitCause.ProbeTimeout(Duration.ofSeconds(1)), true, true, true, false),
                arguments(new ExitCause.LaunchFailure("refused"), true, true, false, false),
                arguments(new ExitCause.Lost(), true, true, true, false));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void eachPolicyRestartsAfterItsCauses(
            ExitCause cause, boolean always, boolean onFailure, boolean onAbnormal, boolean never) {
        Exit exit = new Exit(1, cause, Optional.empty(), Duration.ZERO, Instant.EPOCH);
        List<Boolean> restarts = Stream.of(ALWAYS, ON_FAILURE, ON_ABNORMAL, NEVER)
                .map(policy -> decide(Specs.restart(policy, 0, 0), RestartRecord.NONE, exit, 0))
                .map(Decision.Restart.class::isInstance)
                .toList();

        assertThat(restarts).containsExactly(always, onFailure, onAbnormal, never);
    }

    @Test
    void someEndsAreNeverRestartedWhateverThePolicy() {
        RestartSpec any = Specs.restart(ALWAYS, 0, 0);
        ExitStatuses prevent = new ExitStatuses(Set.of(2), Set.of(new Signal(31)));
        RestartSpec spec = new RestartSpec(
                ALWAYS,
                ExitStatuses.NONE,
                prevent,
                any.backoff(),
                any.limit(),
                any.stableAfter(),
                any.oomPolicy(),
                any.freePorts());

        assertThat(decide(spec, RestartRecord.NONE, ended(ExitStatus.exited(2)), 0))
                .isEqualTo(new Decision.NoRestart("exited 2 after 1 s; not restarted after that"));
        assertThat(decide(spec, RestartRecord.NONE, ended(ExitStatus.killedBy(new Signal(31))), 0))
                .isInstanceOf(Decision.NoRestart.class);
        assertThat(decide(spec, RestartRecord.NONE, ended(ExitStatus.exited(31)), 0))
                .isInstanceOf(Decision.Restart.class);
    }

    private static Exit ended(ExitStatus status) {
        ExitCause cause = ExitCause.unrequested(status, ExitStatuses.NONE);
        return new Exit(1, cause, Optional.of(status), Duration.ofSeconds(1), Instant.EPOCH);
    }

    @Test
    void s13_whatTheBudgetOfAllServicesDoesNotAllowWaitsUntilItDoes() {
        RestartBudgetSpec five = new RestartBudgetSpec(5, Duration.ofSeconds(50));
        RestartBudget budget = new RestartBudget(Optional.of(five), 0);
        long now = Duration.ofHours(1).toNanos();
        List<Long> delays = new ArrayList<>();
        List<Boolean> over = new ArrayList<>();
        for (int service = 0; service < 8; service++) {
            Decision.Restart restart = (Decision.Restart)
                    governor.decide(SPEC, RestartRecord.NONE, failedAfter(Duration.ofSeconds(1)), now, budget);
            delays.add(restart.delay().toSeconds());
            over.add(restart.overBudget());
            budget = budget.atLeast(restart.record().budgetNanos());
        }

        assertThat(delays).containsExactly(0L, 0L, 0L, 0L, 0L, 10L, 20L, 30L);
        assertThat(over).containsExactly(false, false, false, false, false, true, true, true);
        assertThat(budget.earliestNanos() - now)
                .isEqualTo(Duration.ofSeconds(40).toNanos());
    }

    @Test
    void aBudgetThatNobodyHasUsedForItsTimeIsFullAgain() {
        RestartBudgetSpec two = new RestartBudgetSpec(2, Duration.ofSeconds(10));
        RestartBudget budget = new RestartBudget(Optional.of(two), 0);
        long now = Duration.ofHours(1).toNanos();

        budget = budget.spend(now).spend(now).spend(now);

        assertThat(budget.earliestNanos())
                .isEqualTo(now + Duration.ofSeconds(10).toNanos());
        long later = now + Duration.ofMinutes(1).toNanos();
        assertThat(budget.spend(later).earliestNanos()).isLessThanOrEqualTo(later);
    }
}
