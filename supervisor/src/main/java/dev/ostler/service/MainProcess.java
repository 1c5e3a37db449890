package dev.ostler.service;

import dev.ostler.spec.ForkingSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * What is done when the main process of a run is not the one that was launched: a daemon that its program leaves in the
 * background, or whom the service names by sd_notify(3).
 */
final class MainProcess {
    private MainProcess() {}

    /** The program executes; it is to leave a daemon behind and end. */
    static Draft await(Draft d) {
        d.started("waiting for its program to leave a daemon behind");
        d.run = d.run.awaitingMain(true);
        return d.deadlineIn(timeout(d));
    }

    private static Duration timeout(Draft d) {
        return d.spec.lifecycle().forking().map(ForkingSpec::timeout).orElse(ForkingSpec.DEFAULT_TIMEOUT);
    }

    /** The program that was to leave a daemon behind has ended, which is in the run. */
    static Draft programEnded(Draft d, Event.MainExited exit) {
        if (!exit.status().isSuccess() || exit.explanation().isPresent()) {
            d.run = d.run.awaitingMain(false);
            return d.mainEnded(exit.explanation());
        }
        return d.run.treeGone() ? nothingLeft(d) : find(d);
    }

    private static Draft find(Draft d) {
        return d.because("waiting for its daemon").does(new Action.FindMain(d.run.number()));
    }

    /** No process of the run is left. */
    static Draft treeGone(Draft d) {
        return d.run.mainExit().isPresent() ? nothingLeft(d) : d.unchanged("the exit of the program is on its way");
    }

    private static Draft nothingLeft(Draft d) {
        String why = "its program has ended and no daemon is left (" + d.reason() + ")";
        d.run = d.run.awaitingMain(false);
        return d.failStart(why).mainEnded(Optional.of(new ExitCause.LaunchFailure(why)));
    }

    static Draft tooLate(Draft d) {
        String why = "no daemon within " + Elapsed.text(timeout(d)) + " (" + d.reason() + ")";
        d.run = d.run.awaitingMain(false);
        return d.failStart(why).beginStop(new ExitCause.LaunchFailure(why), why);
    }

    /** From now on this is the main process. */
    static Draft changed(Draft d, Event.MainChanged event) {
        if (d.run.pid().equals(Optional.of(event.pid()))) {
            return d.unchanged("replayed");
        }
        boolean awaited = d.run.awaitsMain();
        boolean ended = d.run.mainExit().isPresent(); // then all that was left was signalled
        d.run = d.run.withMain(event.pid());
        if (d.state == ServiceState.STOPPING) {
            return ended ? d : d.signalSuccessor();
        }
        return awaited && d.state == ServiceState.STARTED ? d.executes() : d;
    }

    /** Whom the service has named, if that is not known to be the main process already. */
    static Draft follow(Draft d) {
        return d.run.notices()
                .mainPid()
                .filter(pid -> !d.run.pid().equals(Optional.of(pid)))
                .map(pid -> d.does(new Action.FollowMain(d.run.number(), pid)))
                .orElse(d);
    }

    /** Nobody looked meanwhile, so the daemon gets its full time again. */
    static Draft resumed(Draft d) {
        d.deadlineIn(timeout(d));
        return d.run.mainExit().isPresent() ? find(d) : d;
    }
}
