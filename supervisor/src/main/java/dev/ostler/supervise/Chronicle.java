package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.RunKey;
import dev.ostler.output.Logs;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Transition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of every change of state, in each place where somebody looks for it. Loop thread only. */
final class Chronicle {
    private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

    private final Clock clock;
    private final Logs logs;
    private final History history = new History();

    Chronicle(Clock clock, Logs logs) {
        this.clock = clock;
        this.logs = logs;
    }

    History history() {
        return history;
    }

    /** The supervisor's log has every change; the service's own log has what a reader of its output wants to know. */
    void tell(ServiceStatus status, Transition transition) {
        if (LOG.isInfoEnabled()) {
            LOG.info(transition.toString());
        }
        history.add(
                clock.wall(),
                status.name().value(),
                status.run().number(),
                transition.from(),
                transition.to(),
                transition.reason());
        boolean internal = transition.to() == ServiceState.STARTING
                || transition.to() == ServiceState.PREPARING
                || transition.to() == ServiceState.WAITING && !transition.from().isAlive(); // else a run has ended
        if (status.run().number() > 0 && !internal) {
            String state = transition.to().toString();
            boolean says = !transition.reason().equals(state);
            logs.event(
                    new RunKey(status.name(), status.run().number()),
                    says ? state + ": " + transition.reason() : state);
        }
    }
}
