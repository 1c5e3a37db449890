package dev.ostler.daemon;

import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.Supervisor;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Whether there is no service any more of which something holds. It is asked after each event of a start, so it goes on from the one
 * of which it held last time: many services are seldom gone through. Loop thread only.
 */
final class NoneLeft implements BooleanSupplier {
    private final Supervisor supervisor;
    private final Predicate<CompiledService> holds;
    private int at;

    NoneLeft(Supervisor supervisor, Predicate<CompiledService> holds) {
        this.supervisor = supervisor;
        this.holds = holds;
    }

    @Override
    public boolean getAsBoolean() {
        List<CompiledService> services = supervisor.services();
        for (int left = services.size(); left > 0; left--) {
            if (at >= services.size()) {
                at = 0;
            }
            if (holds.test(services.get(at))) {
                return false;
            }
            at++;
        }
        return true;
    }
}
