package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ExitOn;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Whether a project has come to its end by itself, and how it went. Immutable; any thread. */
final class ProjectEnd {
    private final ExitOn exitOn;
    private final DependencyGraph graph;

    ProjectEnd(ExitOn exitOn, DependencyGraph graph) {
        this.exitOn = exitOn;
        this.graph = graph;
    }

    /** Why all of it is to go down; empty while it is not. */
    Optional<String> reason(Collection<ServiceStatus> statuses, Function<ServiceName, ServiceStatus> byName) {
        if (exitOn == ExitOn.NEVER) {
            return Optional.empty();
        }
        Predicate<ServiceStatus> hopeless = status -> hasFailed(status) && !mayComeBack(status, byName);
        Optional<ServiceStatus> failed = statuses.stream().filter(hopeless).findFirst();
        if (failed.isPresent()) {
            ServiceStatus status = failed.get();
            String how = status.state() == ServiceState.FAILED ? "failed" : "cannot be started";
            return Optional.of("\"" + status.name() + "\" " + how + ": " + status.reason());
        }
        boolean begun = statuses.stream().anyMatch(status -> status.wanted() == Wanted.UP);
        boolean over = exitOn == ExitOn.END
                && begun
                && statuses.stream()
                        .filter(status -> status.wanted() == Wanted.UP)
                        .allMatch(ProjectEnd::hasEnded);
        return over ? Optional.of("all services have ended") : Optional.empty();
    }

    /** What the caller of {@code up} is told at the end; 0 where it does not end by itself. */
    int exitCode(Collection<ServiceStatus> statuses) {
        return exitOn != ExitOn.NEVER && statuses.stream().anyMatch(ProjectEnd::hasFailed) ? 1 : 0;
    }

    static boolean hasFailed(ServiceStatus status) {
        return status.state() == ServiceState.FAILED || status.state() == ServiceState.DEPENDENCY_FAILED;
    }

    static boolean hasEnded(ServiceStatus status) {
        return switch (status.state()) {
            case FINISHED, COMPLETED, DEPENDENCY_FAILED, SKIPPED -> true;
            case FAILED -> status.deadlineNanos().isEmpty(); // else it is tried again after its cool-down
            case DOWN, WAITING, PREPARING, STARTING, STARTED, READY, STOPPING, CLEANING, WINDING_UP, BACKOFF -> false;
        };
    }

    /** By itself: after its cool-down, or with a dependency that is tried again. What a person has stopped a person starts. */
    private boolean mayComeBack(ServiceStatus status, Function<ServiceName, ServiceStatus> byName) {
        return status.deadlineNanos().isPresent()
                || status.state() == ServiceState.DEPENDENCY_FAILED
                        && graph.transitiveDependencies(status.name()).stream()
                                .map(byName)
                                .anyMatch(ProjectEnd::maySoonBeOther);
    }

    private static boolean maySoonBeOther(ServiceStatus dependency) {
        return switch (dependency.state()) {
            case DOWN, WAITING, PREPARING, STARTING, STARTED, STOPPING, CLEANING, WINDING_UP, BACKOFF -> true;
            case FAILED -> dependency.deadlineNanos().isPresent();
            case READY, FINISHED, COMPLETED, DEPENDENCY_FAILED, SKIPPED -> false;
        };
    }
}
