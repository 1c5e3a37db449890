package dev.ostler.service;

import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.Optional;

/**
 * Remembers which ends are followed at once by the rules and the history asked about last: most services of a project have the same, and
 * the governor is asked about hundreds of ends. One thread.
 */
final class FreeRestarts {
    private Optional<Known> last = Optional.empty();

    private record Known(RestartSpec rules, RestartRecord history, long ranNanos, Optional<FreeRestart> found) {}

    /** @see FreeRestart#of */
    Optional<FreeRestart> of(ServiceMachine machine, ServiceSpec spec, ServiceStatus status) {
        if (!status.restarts().recentNanos().isEmpty()) { // how many of them still count depends on when it is
            return machine.freeRestart(spec, status);
        }
        long from = FreeRestart.fromNanos(spec, status);
        long ran = from - status.run().started().monotonicNanos();
        boolean known = last.filter(one -> one.ranNanos() == ran
                        && one.history().equals(status.restarts())
                        && one.rules().equals(spec.restart()))
                .isPresent();
        if (!known) {
            last = Optional.of(new Known(spec.restart(), status.restarts(), ran, machine.freeRestart(spec, status)));
        }
        return last.get().found().map(found -> found.from(from));
    }
}
