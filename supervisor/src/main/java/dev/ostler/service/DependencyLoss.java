package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ServiceSpec;
import java.util.Optional;
import java.util.function.Function;

/** Whether what runs has to end because of a dependency. Stateless; any thread. */
final class DependencyLoss {
    private DependencyLoss() {}

    /** By the present states; empty when the service may go on. */
    static Optional<ExitCause.Dependency> of(ServiceSpec spec, Function<ServiceName, ServiceStatus> statuses) {
        if (spec.dependsOn().isEmpty()) {
            return Optional.empty();
        }
        return spec.dependsOn().stream()
                .flatMap(dependency -> of(dependency, statuses.apply(dependency.service())).stream())
                .findFirst();
    }

    /**
     * A service bound by {@code restart: true} ends whenever it could not be started now, health aside; any other one only
     * when a dependency that it cannot be without will not come back by itself. Stopped by a person is not failed.
     */
    private static Optional<ExitCause.Dependency> of(Dependency dependency, ServiceStatus status) {
        DependencyOutlook outlook = DependencyOutlook.of(dependency, status);
        if (outlook instanceof DependencyOutlook.Impossible impossible) {
            boolean failed = status.state() == ServiceState.FAILED
                    || status.state() == ServiceState.DEPENDENCY_FAILED
                    || status.state() == ServiceState.SKIPPED;
            return dependency.restart() || failed && dependency.condition().isOfRunning()
                    ? Optional.of(impossible.cause())
                    : Optional.empty();
        }
        boolean isUp = status.state() == ServiceState.READY && !status.isLeaving();
        return outlook instanceof DependencyOutlook.Pending && dependency.restart() && !isUp
                ? Optional.of(new ExitCause.Dependency(dependency.service(), away(status)))
                : Optional.empty();
    }

    private static String away(ServiceStatus status) {
        if (status.isLeaving()) {
            return status.wanted() == Wanted.DOWN ? "is to be stopped" : "is to be restarted";
        }
        boolean startsAgain = status.state() == ServiceState.WAITING || status.isUnderWay();
        return "is not up: "
                + status.lastExit()
                        .filter(exit -> startsAgain)
                        .map(Exit::describe)
                        .orElse(status.reason());
    }
}
