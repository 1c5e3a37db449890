package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether the dependencies of a service let it start. Immutable; any thread. */
public sealed interface DependencyOutlook {
    record Met() implements DependencyOutlook {}

    /**
     * Not yet.
     *
     * @param failure why it may take long: a dependency has failed to start, and is tried again
     */
    record Pending(List<Dependency> missing, Optional<ExitCause.Dependency> failure) implements DependencyOutlook {
        public Pending {
            missing = List.copyOf(missing);
        }

        /** {@code waiting for "db" to be ready}. */
        public String text() {
            return missing.stream()
                    .map(d -> "\"" + d.service() + "\" to be "
                            + (d.condition() == Dependency.Condition.READY ? "ready" : "started"))
                    .collect(Collectors.joining(", ", "waiting for ", ""));
        }
    }

    /** Not unless someone acts on the dependency. */
    record Impossible(ExitCause.Dependency cause) implements DependencyOutlook {
        static Impossible because(ServiceName dependency, String why) {
            return new Impossible(new ExitCause.Dependency(dependency, why));
        }
    }

    /** The outlook by the present states, and by those only: what a dependency once was counts for nothing. */
    static DependencyOutlook of(ServiceSpec spec, Function<ServiceName, ServiceStatus> statuses) {
        List<Dependency> missing = new ArrayList<>();
        Optional<ExitCause.Dependency> failure = Optional.empty();
        for (Dependency dependency : spec.dependsOn()) {
            DependencyOutlook one = of(dependency, statuses.apply(dependency.service()));
            if (one instanceof Impossible) {
                return one;
            }
            if (one instanceof Pending pending) {
                missing.add(dependency);
                failure = failure.or(pending::failure);
            }
        }
        return missing.isEmpty() ? new Met() : new Pending(missing, failure);
    }

    private static DependencyOutlook of(Dependency dependency, ServiceStatus status) {
        boolean startedSuffices = dependency.condition() == Dependency.Condition.STARTED;
        DependencyOutlook pending = new Pending(List.of(dependency), Optional.empty());
        return switch (status.state()) {
            case READY -> new Met();
            case STARTED -> startedSuffices ? new Met() : pending;
            case FINISHED ->
                startedSuffices
                        ? new Met()
                        : Impossible.because(dependency.service(), "will not be ready: " + status.reason());
            case STARTING, STOPPING, CLEANING -> pending;
            case WAITING, BACKOFF -> new Pending(List.of(dependency), failure(status));
            case DOWN -> Impossible.because(dependency.service(), "is down: " + status.reason());
            case FAILED -> Impossible.because(dependency.service(), "failed: " + status.reason());
            case DEPENDENCY_FAILED -> Impossible.because(dependency.service(), "was not started: " + status.reason());
        };
    }

    private static Optional<ExitCause.Dependency> failure(ServiceStatus status) {
        return status.startOutcome().kind() == StartOutcome.Kind.FAILED
                ? Optional.of(new ExitCause.Dependency(status.name(), "is not up yet: " + status.reason()))
                : Optional.empty();
    }
}
