package dev.ostler.service;

/** What must hold when a service is started, once its dependencies are met. Stateless; any thread. */
final class Conditions {
    private Conditions() {}

    /** They are looked at anew for each start, and before anything of it runs. */
    static Draft begin(Draft d) {
        return d.spec.activation().conditions().isEmpty()
                ? d.begin()
                : d.does(new Action.CheckConditions(d.before.lastRun() + 1));
    }

    static Draft checked(Draft d, ConditionOutlook outlook) {
        return switch (d.state) {
            case WAITING -> {
                if (outlook instanceof ConditionOutlook.Unmet unmet) {
                    yield d.skip("skipped: " + unmet.text());
                }
                yield outlook instanceof ConditionOutlook.Pending pending ? d.holdFor(pending.text()) : d.begin();
            }
            case DOWN, BACKOFF, FINISHED, COMPLETED, FAILED, DEPENDENCY_FAILED, SKIPPED ->
                d.unchanged("looked at again when it is to be started");
            case PREPARING, STARTING, STARTED, READY, STOPPING, CLEANING, WINDING_UP ->
                d.unchanged("what runs does not need them any more");
        };
    }
}
