package dev.ostler.service;

import dev.ostler.spec.RestartSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        record Restart(Duration delay, RestartRecord record) implements Decision {}

        /** @param gaveUp the limit was reached; otherwise the policy wants no restart */
        record NoRestart(boolean gaveUp, String text) implements Decision {}
    }

    public Decision decide(RestartSpec spec, RestartRecord record, Exit exit, long nowNanos) {
        if (!wantsRestart(spec.policy(), exit.cause())) {
            String policy =
                    spec.policy() == RestartSpec.Policy.NEVER && exit.cause().isFailure()
                            ? "; restart policy is never"
                            : "";
            return new Decision.NoRestart(false, exit.describe() + policy);
        }
        List<Long> recent = recent(spec, record, nowNanos);
        if (spec.limitCount() > 0 && recent.size() >= spec.limitCount()) {
            return new Decision.NoRestart(true, limitText(spec, exit));
        }
        // A run that never became ready in its time may have been long, but it has not worked.
        boolean worked = !(exit.cause() instanceof ExitCause.ProbeTimeout);
        boolean stable = worked && exit.ran().compareTo(spec.stableAfter()) >= 0;
        int inARow = stable ? 0 : record.inARow();
        int delayed = stable ? 0 : record.delayed();
        boolean free = worked && inARow == 0 && exit.ran().compareTo(WORKED) >= 0;
        if (spec.limitCount() > 0) {
            recent.add(nowNanos);
        }
        RestartRecord next =
                new RestartRecord(record.automatic() + 1, inARow + 1, free ? delayed : delayed + 1, recent);
        return new Decision.Restart(free ? Duration.ZERO : delay(spec, delayed), next);
    }

    private static boolean wantsRestart(RestartSpec.Policy policy, ExitCause cause) {
        return switch (policy) {
            case ALWAYS -> true;
            case ON_FAILURE -> cause.isFailure();
            case NEVER -> false;
        };
    }

    private static List<Long> recent(RestartSpec spec, RestartRecord record, long nowNanos) {
        List<Long> recent = new ArrayList<>();
        for (long restart : record.recentNanos()) {
            if (Moment.deadline(restart, spec.limitWithin()) > nowNanos) {
                recent.add(restart);
            }
        }
        return recent;
    }

    private static String limitText(RestartSpec spec, Exit exit) {
        return "gave up after " + spec.limitCount() + (spec.limitCount() == 1 ? " restart in " : " restarts in ")
                + Elapsed.text(spec.limitWithin()) + "; last: " + exit.describe();
    }

    /** The jitter only shortens, so that the maximum holds. */
    private Duration delay(RestartSpec spec, int delayed) {
        double initial = seconds(spec.initialBackoff());
        double capped = Math.min(initial * Math.pow(spec.factor(), delayed), seconds(spec.maxBackoff()));
        return Duration.ofNanos((long) (capped * (1 - spec.jitter() * random.getAsDouble()) * 1e9));
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }
}
