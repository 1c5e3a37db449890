package dev.ostler.service;

import dev.ostler.spec.RestartSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleSupplier;

/** Decides whether and when a run that ended by itself is followed by another. As thread-safe as its randomness. */
public final class RestartGovernor {
    /** A run of this length earns its first restart without delay: the service did work, so it was not a bad start. */
    static final Duration WORKED = Duration.ofSeconds(1);

    private final DoubleSupplier random;

    /** @param random from 0 (inclusive) to 1 (exclusive) */
    public RestartGovernor(DoubleSupplier random) {
        this.random = Objects.requireNonNull(random, "random");
    }

    /** What comes after a run. */
    public sealed interface Decision {
        /** @param overBudget the delay is longer than its own, as others have been restarted too often */
        record Restart(Duration delay, boolean overBudget, RestartRecord record) implements Decision {}

        /** Neither policy nor exit status want a restart. */
        record NoRestart(String text) implements Decision {}

        /** The limit was reached. */
        record GiveUp(String text) implements Decision {}
    }

    Decision decide(RestartSpec spec, RestartRecord record, Exit exit, long nowNanos, RestartBudget budget) {
        if (exit.status().filter(spec.prevent()::contains).isPresent()) {
            return new Decision.NoRestart(exit.describe() + "; not restarted after that");
        }
        if (!wantsRestart(spec.policy(), exit.cause())) {
            String policy = exit.cause().isFailure() ? "; restart policy is " + name(spec.policy()) : "";
            return new Decision.NoRestart(exit.describe() + policy);
        }
        RestartSpec.Limit limit = spec.limit();
        List<Long> recent = recent(limit, record, nowNanos);
        if (limit.count() > 0 && recent.size() >= limit.count()) {
            return new Decision.GiveUp(limitText(limit, exit));
        }
        if (limit.count() > 0) {
            recent.add(nowNanos);
        }
        return restart(spec, record, exit, nowNanos, budget, recent);
    }

    private Decision restart(
            RestartSpec spec, RestartRecord record, Exit exit, long nowNanos, RestartBudget budget, List<Long> recent) {
        // A run that never became ready in its time may have been long, but it has not worked.
        boolean worked =
                !(exit.cause() instanceof ExitCause.ProbeTimeout) && !(exit.cause() instanceof ExitCause.HookFailure);
        boolean stable = worked && exit.ran().compareTo(spec.stableAfter()) >= 0;
        int inARow = stable ? 0 : record.inARow();
        int delayed = stable ? 0 : record.delayed();
        boolean free = worked && inARow == 0 && exit.ran().compareTo(WORKED) >= 0;
        long ownNanos = free ? 0 : delayNanos(spec.backoff(), delayed);
        long budgetNanos = budget.earliestNanos() - nowNanos;
        boolean over = budget.spec().isPresent() && budgetNanos > ownNanos;
        RestartRecord next = new RestartRecord(
                record.automatic() + 1,
                inARow + 1,
                free ? delayed : delayed + 1,
                recent,
                false,
                budget.spend(nowNanos).fullNanos(),
                record.oom());
        return new Decision.Restart(Duration.ofNanos(over ? budgetNanos : ownNanos), over, next);
    }

    private static boolean wantsRestart(RestartSpec.Policy policy, ExitCause cause) {
        return switch (policy) {
            case ALWAYS -> true;
            case ON_FAILURE -> cause.isFailure();
            case ON_ABNORMAL -> cause.isAbnormal();
            case NEVER -> false;
        };
    }

    private static String name(RestartSpec.Policy policy) {
        return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<Long> recent(RestartSpec.Limit limit, RestartRecord record, long nowNanos) {
        List<Long> recent = new ArrayList<>();
        for (long restart : record.recentNanos()) {
            if (Moment.deadline(restart, limit.within()) > nowNanos) {
                recent.add(restart);
            }
        }
        return recent;
    }

    private static String limitText(RestartSpec.Limit limit, Exit exit) {
        return "gave up after " + limit.count() + (limit.count() == 1 ? " restart in " : " restarts in ")
                + Elapsed.text(limit.within()) + "; last: " + exit.describe();
    }

    /** The jitter only shortens, so that the maximum holds. */
    private long delayNanos(RestartSpec.Backoff backoff, int delayed) {
        double grown = seconds(backoff.initial()) * Math.pow(backoff.factor(), delayed);
        double capped = Math.min(grown, seconds(backoff.max()));
        return (long) (capped * (1 - backoff.jitter() * random.getAsDouble()) * 1e9);
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }
}
