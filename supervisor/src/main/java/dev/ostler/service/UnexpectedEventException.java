package dev.ostler.service;

/** An event that cannot happen in the state: a fault of the caller, not of the service. */
public final class UnexpectedEventException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    UnexpectedEventException(ServiceStatus status, Event event) {
        super("unexpected " + event.label(status.name()) + " in state " + status.state() + " of run "
                + status.run().number());
    }
}
