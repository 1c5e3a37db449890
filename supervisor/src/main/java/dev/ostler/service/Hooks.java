package dev.ostler.service;

import dev.ostler.base.Signal;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.util.Optional;

/** What becomes of the hook that is run, and what follows when it is over. Stateless; works on the draft of a step. */
final class Hooks {
    /** A hook that is cut short gets SIGTERM, and SIGKILL this much later. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private Hooks() {}

    static Draft event(Draft d, Event.OfRun event) {
        HookRun hook = d.hook();
        if (event instanceof Event.Spawned spawned) {
            boolean known = hook.pid().isPresent();
            d.hook = Optional.of(hook.spawned(spawned.pid()));
            return known ? d : decideAgain(d);
        } else if (event instanceof Event.LaunchFailed failure) {
            d.hook = Optional.of(hook.failed(failure.text()));
            return hook.pid().isEmpty() ? over(d) : kill(d);
        } else if (event instanceof Event.MainExited exit) {
            return exited(d, exit);
        } else if (event instanceof Event.TreeGone) {
            d.hook = Optional.of(hook.withTreeGone());
            return d.hook().isOver() ? over(d) : d.unchanged("the exit of its main process is on its way");
        }
        return d.unchanged("that its program executes, or how many were killed, does not matter");
    }

    private static Draft exited(Draft d, Event.MainExited exit) {
        HookRun hook = d.hook().exited(exit.status(), exit.treeGone());
        boolean failed = !exit.status().isSuccess();
        d.hook = Optional.of(failed ? hook.failed(exit.status().toString()) : hook);
        return d.hook().isOver() ? over(d) : kill(d);
    }

    /** Its time is over, or that between SIGTERM and SIGKILL. */
    static Draft tick(Draft d) {
        HookRun hook = d.hook();
        if (hook.phase() == HookRun.Phase.AT_WORK) {
            String limit = d.spec.lifecycle()
                    .hook(hook.kind())
                    .map(spec -> "did not end within " + Elapsed.text(spec.timeout()))
                    .orElse("was taken out of the configuration");
            d.hook = Optional.of(hook.failed(limit));
        }
        return kill(d);
    }

    /** The service is to end: what the hook was for does not matter any more. */
    static Draft cutShort(Draft d, boolean immediately) {
        if (immediately) {
            d.hook = Optional.of(d.hook().failed("cut short"));
            return kill(d);
        }
        if (d.hook().phase() != HookRun.Phase.AT_WORK) {
            return d.unchanged("it ends already");
        }
        d.hook = Optional.of(d.hook().failed("cut short").in(HookRun.Phase.ENDING));
        return decideAgain(d.deadlineIn(GRACE));
    }

    private static Draft kill(Draft d) {
        d.hook = Optional.of(d.hook().in(HookRun.Phase.KILLING));
        return decideAgain(d.deadlineIn(Draft.KILL_INTERVAL));
    }

    /** What its phase asks for, where there is a process. */
    private static Draft decideAgain(Draft d) {
        HookRun hook = d.hook();
        if (hook.pid().isEmpty()) {
            return d.unchanged("done as soon as there is a process");
        }
        return switch (hook.phase()) {
            case AT_WORK -> d.unchanged("it does its work");
            case ENDING -> d.does(new Action.SendSignal(hook.run(), Signal.TERM, StopSpec.Scope.ALL));
            case KILLING -> d.does(new Action.KillAll(hook.run()));
        };
    }

    /** @param known whether the keeper knows its run */
    static Draft resumed(Draft d, boolean known) {
        if (known) {
            return decideAgain(d);
        }
        boolean wanted = d.hook().phase() == HookRun.Phase.AT_WORK // not if it ends with a run that is lost
                && d.spec.lifecycle().hook(d.hook().kind()).isPresent();
        return wanted ? spawn(d) : over(d);
    }

    static Draft begin(Draft d, HookSpec.Kind kind, int run) {
        d.hook = Optional.of(HookRun.requested(kind, run));
        return spawn(d.deadlineIn(d.spec.lifecycle().hook(kind).orElseThrow().timeout()));
    }

    private static Draft spawn(Draft d) {
        HookSpec.Kind kind = d.hook().kind();
        return d.does(new Action.SpawnHook(
                d.hook().run(), kind, HookVariables.of(d.before.name(), kind, d.run, d.lastExit())));
    }

    private static Draft over(Draft d) {
        HookRun hook = d.hook();
        d.hook = Optional.empty();
        boolean done = hook.failure().isEmpty();
        ExitCause.HookFailure failure =
                new ExitCause.HookFailure(hook.kind(), hook.failure().orElse(""));
        return switch (d.state) {
            case PREPARING -> done ? d.spawn() : d.runOver(failure);
            case STARTED -> done ? d.up() : d.failedAfterStart(failure);
            case STOPPING, CLEANING, WINDING_UP -> {
                if (!done) {
                    d.does(new Action.Report(hook.run(), failure.text()));
                }
                yield d.goOnEnding(hook.kind());
            }
            case DOWN, WAITING, STARTING, READY, BACKOFF, FINISHED, COMPLETED, FAILED, DEPENDENCY_FAILED, SKIPPED ->
                throw new IllegalStateException("a hook in state " + d.state);
        };
    }
}
