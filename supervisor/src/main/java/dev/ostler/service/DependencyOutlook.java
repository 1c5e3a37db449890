package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.Dependency.Condition;
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
                    .map(d -> "\"" + d.service() + "\" "
                            + switch (d.condition()) {
                                case STARTED -> "to be started";
                                case READY -> "to be ready";
                                case HEALTHY -> "to be healthy";
                                case COMPLETED -> "to complete";
                                case COMPLETED_SUCCESSFULLY -> "to complete successfully";
                            })
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

    /** That of one dependency. A soft one is done without once it has failed, tried again or not. */
    static DependencyOutlook of(Dependency dependency, ServiceStatus status) {
        DependencyOutlook outlook = ofRequired(dependency, status);
        boolean hopeless = outlook instanceof Impossible || outlook instanceof Pending && hasFailedToStart(status);
        return hopeless && !dependency.required() ? new Met() : outlook;
    }

    private static boolean isMetByRunning(Condition condition, ServiceStatus status) {
        boolean healthy = status.health().state() == Health.State.HEALTHY;
        return condition.isOfRunning() && (condition != Condition.HEALTHY || healthy);
    }

    private static DependencyOutlook ofRequired(Dependency dependency, ServiceStatus status) {
        ServiceName name = dependency.service();
        Condition condition = dependency.condition();
        DependencyOutlook pending = new Pending(List.of(dependency), Optional.empty());
        if (status.isLeaving()) {
            return pending;
        }
        return switch (status.state()) {
            case READY -> isMetByRunning(condition, status) ? new Met() : pending;
            case STARTED -> condition == Condition.STARTED && !status.run().awaitsMain() ? new Met() : pending;
            case COMPLETED -> new Met();
            case FINISHED -> ofFinished(dependency, status);
            case PREPARING, STARTING, STOPPING, CLEANING, WINDING_UP -> pending;
            case WAITING, BACKOFF -> new Pending(List.of(dependency), failure(status));
            case DOWN ->
                status.isArmed()
                        ? new Met() // whoever connects to it starts it
                        : Impossible.because(name, "is down: " + status.reason());
            case FAILED ->
                condition == Condition.COMPLETED && hasRun(status)
                        ? new Met()
                        : Impossible.because(name, "failed: " + status.reason());
            case SKIPPED -> Impossible.because(name, "was " + status.reason());
            case DEPENDENCY_FAILED -> Impossible.because(name, "was not started: " + status.reason());
        };
    }

    private static DependencyOutlook ofFinished(Dependency dependency, ServiceStatus status) {
        boolean success = status.lastExit().filter(Exit::isSuccess).isPresent();
        return switch (dependency.condition()) {
            case STARTED, COMPLETED -> new Met();
            case READY, HEALTHY ->
                Impossible.because(
                        dependency.service(), "will not be " + dependency.condition() + ": " + status.reason());
            case COMPLETED_SUCCESSFULLY ->
                success ? new Met() : Impossible.because(dependency.service(), "did not complete: " + status.reason());
        };
    }

    /** Whether its program has executed before it ended. */
    private static boolean hasRun(ServiceStatus status) {
        return status.lastExit()
                .filter(exit -> !(exit.cause() instanceof ExitCause.LaunchFailure))
                .isPresent();
    }

    private static boolean hasFailedToStart(ServiceStatus status) {
        return status.startOutcome().kind() == StartOutcome.Kind.FAILED;
    }

    private static Optional<ExitCause.Dependency> failure(ServiceStatus status) {
        return hasFailedToStart(status)
                ? Optional.of(new ExitCause.Dependency(status.name(), "is not up yet: " + status.reason()))
                : Optional.empty();
    }
}
