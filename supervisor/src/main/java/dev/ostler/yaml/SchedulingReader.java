package dev.ostler.yaml;

import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code scheduling}: a policy, or a mapping with what the policy takes. */
final class SchedulingReader {
    private static final int HIGHEST_PRIORITY = 99;

    /** DL_SCALE of the kernel: less is EINVAL. */
    private static final Duration LEAST_RUNTIME = Duration.ofNanos(1024);

    private static final List<String> TIMES = List.of("runtime", "deadline", "period");

    private final YamlMap map;
    private final Yaml written;
    private final Policy policy;

    private SchedulingReader(YamlMap map, Yaml written, Policy policy) {
        this.map = map;
        this.written = written;
        this.policy = policy;
    }

    static Optional<ResourceItem> read(Yaml written) {
        if (!written.isMapping()) {
            return Choices.read(written, "policy", Policy.values()).flatMap(policy -> plain(policy, written));
        }
        return written.map(Schema.SCHEDULING)
                .flatMap(map -> Choices.required(map, "policy", "policy", Policy.values())
                        .flatMap(policy -> new SchedulingReader(map, written, policy).read()));
    }

    private static Optional<ResourceItem> plain(Policy policy, Yaml written) {
        if (policy.isRealTime() || policy == Policy.DEADLINE) {
            String what = policy.isRealTime() ? "a priority" : "a runtime and a deadline";
            written.problem("the policy " + Choices.word(policy) + " needs " + what + "; write a mapping");
            return Optional.empty();
        }
        return Optional.of(new ResourceItem.Scheduling(
                policy, 0, false, Duration.ZERO, Duration.ZERO, Duration.ZERO, IfUnsupported.FAIL, written.origin()));
    }

    private Optional<ResourceItem> read() {
        check("priority", policy.isRealTime());
        for (String time : TIMES) {
            check(time, policy == Policy.DEADLINE);
        }
        int priority = map.or("priority", Scalars.integer(1, HIGHEST_PRIORITY), 1);
        Duration runtime = time("runtime");
        Duration deadline = time("deadline");
        Duration period = map.has("period") ? time("period") : deadline;
        if (policy == Policy.DEADLINE && !runtime.isZero() && !deadline.isZero()) {
            times(runtime, deadline, period);
        }
        return Optional.of(new ResourceItem.Scheduling(
                policy,
                policy.isRealTime() ? priority : 0,
                map.or("reset_on_fork", Scalars::bool, false),
                runtime,
                deadline,
                period,
                ResourceReader.ifUnsupported(map),
                written.origin()));
    }

    private void check(String key, boolean belongs) {
        if (belongs && !map.has(key) && !key.equals("period")) {
            map.missing(key);
        } else if (!belongs) {
            map.get(key).ifPresent(value -> value.problem("the policy " + Choices.word(policy) + " takes no " + key));
        }
    }

    private Duration time(String key) {
        return policy == Policy.DEADLINE ? map.or(key, Durations::parseFine, Duration.ZERO) : Duration.ZERO;
    }

    private void times(Duration runtime, Duration deadline, Duration period) {
        if (runtime.compareTo(LEAST_RUNTIME) < 0) {
            written.problem("the runtime is too short; at least 1024ns");
        }
        if (runtime.compareTo(deadline) > 0 || deadline.compareTo(period) > 0) {
            written.problem("expected runtime <= deadline <= period");
        }
    }
}
