package dev.ostler.daemon;

import dev.ostler.base.ServiceName;
import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.Supervisor;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Whether there is no service any more of which something holds. It is asked after each event of a start, so the one of which it
 * held last time is looked at first: many services are seldom gone through. Loop thread only.
 */
final class NoneLeft implements BooleanSupplier {
    private final Supervisor supervisor;
    private final Predicate<CompiledService> holds;
    private Optional<ServiceName> last = Optional.empty();

    NoneLeft(Supervisor supervisor, Predicate<CompiledService> holds) {
        this.supervisor = supervisor;
        this.holds = holds;
    }

    @Override
    public boolean getAsBoolean() {
        if (last.flatMap(supervisor::service).filter(holds).isEmpty()) {
            last = supervisor.services().stream().filter(holds).findFirst().map(CompiledService::name);
        }
        return last.isEmpty();
    }
}
