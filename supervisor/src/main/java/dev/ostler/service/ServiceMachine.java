package dev.ostler.service;

import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * The state machine of one service: from what is true and what happens to what is true then and what is to be done.
 * Holds nothing but the governor's randomness. One method per event, and each names every state.
 */
public final class ServiceMachine {
    private final RestartGovernor governor;

    public ServiceMachine(RestartGovernor governor) {
        this.governor = governor;
    }

    /** As below, where services may be restarted as often as each of them likes. */
    public Step step(ServiceSpec spec, ServiceStatus status, Event event, Moment now) {
        return step(spec, status, event, now, RestartBudget.UNLIMITED);
    }

    /**
     * One event.
     *
     * @throws UnexpectedEventException when the event cannot happen in this state; the status still holds
     */
    Step step(ServiceSpec spec, ServiceStatus status, Event event, Moment now, RestartBudget budget) {
        Draft draft = new Draft(spec, status, now, governor, budget);
        if (event instanceof Event.OfRun ofRun) {
            return ofRun(draft, ofRun).toStep();
        } else if (event instanceof Event.StartRequested start) {
            return startRequested(draft, start).toStep();
        } else if (event instanceof Event.Armed) {
            return armed(draft).toStep();
        } else if (event instanceof Event.StopRequested stop) {
            return stopRequested(draft, stop).toStep();
        } else if (event instanceof Event.RestartRequested restart) {
            return restartRequested(draft, restart).toStep();
        } else if (event instanceof Event.StopAnnounced stop) {
            return stopAnnounced(draft, stop).toStep();
        } else if (event instanceof Event.RestartAnnounced restart) {
            return restartAnnounced(draft, restart).toStep();
        } else if (event instanceof Event.DependenciesChanged change) {
            return dependenciesChanged(draft, change.outlook()).toStep();
        } else if (event instanceof Event.ConditionsChecked checked) {
            return Conditions.checked(draft, checked.outlook()).toStep();
        } else if (event instanceof Event.DependencyLost loss) {
            return dependencyLost(draft, loss.cause()).toStep();
        } else if (event instanceof Event.Tick) {
            return tick(draft).toStep();
        } else if (event instanceof Event.Resumed resumed) {
            return resumed(draft, resumed).toStep();
        }
        throw new AssertionError("event " + event);
    }

    /** @see FreeRestart#of */
    Optional<FreeRestart> freeRestart(ServiceSpec spec, ServiceStatus status) {
        return FreeRestart.of(spec, status, governor);
    }

    private static Draft ofRun(Draft d, Event.OfRun event) {
        if (d.hook.filter(hook -> hook.run() == event.run()).isPresent()) {
            return Hooks.event(d, event);
        }
        if (event.run() <= d.before.lastRun() && event.run() != d.run.number()) {
            return d.unchanged("that run is over");
        }
        if (event.run() > d.before.lastRun()) {
            throw new UnexpectedEventException(d.before, event);
        }
        if (event instanceof Event.Spawned spawned) {
            return spawned(d, spawned);
        } else if (event instanceof Event.LaunchSucceeded success) {
            return launchSucceeded(d, success);
        } else if (event instanceof Event.LaunchFailed failure) {
            return launchFailed(d, failure);
        } else if (event instanceof Event.Probed probed) {
            return probed(d, probed);
        } else if (event instanceof Event.Notified notified) {
            return notified(d, notified.notice());
        } else if (event instanceof Event.MainChanged change) {
            return mainChanged(d, change);
        } else if (event instanceof Event.MainAwaited awaited) {
            return mainAwaited(d, awaited);
        } else if (event instanceof Event.MainExited exit) {
            return mainExited(d, exit);
        } else if (event instanceof Event.OomKilled killed) {
            return oomKilled(d, killed);
        } else if (event instanceof Event.TreeGone) {
            return treeGone(d);
        } else if (event instanceof Event.HeapDumpLooked looked) {
            return heapDumpLooked(d, looked);
        } else if (event instanceof Event.StopStepEnded ended) {
            return stopStepEnded(d, ended);
        } else if (event instanceof Event.Killed killed) {
            return killed(d, killed);
        }
        throw new AssertionError("event " + event);
    }

    private static Draft startRequested(Draft d, Event.StartRequested start) {
        boolean byPerson = start.by() == Requester.PERSON;
        return switch (d.state) {
            case DOWN, FAILED, FINISHED, DEPENDENCY_FAILED, SKIPPED ->
                d.startAfresh("start requested by " + start.by());
            case COMPLETED -> d.want(Wanted.UP);
            case BACKOFF ->
                byPerson ? d.startAfresh("start requested by " + start.by()) : d.unchanged("it will be started anyway");
            case WAITING, PREPARING, STARTING, STARTED -> d.want(Wanted.UP).awaitOutcome();
            case READY -> d.isSettled() ? d.want(Wanted.UP) : d.want(Wanted.UP).awaitOutcome();
            case STOPPING, CLEANING, WINDING_UP ->
                byPerson || d.wanted == Wanted.DOWN
                        ? d.startAfterEnd()
                        : d.unchanged("its restart is decided when nothing of the old run is left");
        };
    }

    private static Draft armed(Draft d) {
        return switch (d.state) {
            case DOWN -> d.arm();
            case FAILED, FINISHED, COMPLETED, DEPENDENCY_FAILED, SKIPPED -> d.want(Wanted.UP);
            case WAITING, PREPARING, STARTING, STARTED, READY, STOPPING, CLEANING, WINDING_UP, BACKOFF ->
                d.unchanged("it is started, or about to be, without traffic");
        };
    }

    private static Draft stopRequested(Draft d, Event.StopRequested stop) {
        String why = "stop requested by " + stop.by();
        return switch (d.state) {
            case DOWN -> d.disarm(why);
            case WAITING, BACKOFF, FAILED, FINISHED, COMPLETED, DEPENDENCY_FAILED, SKIPPED -> d.goDown(why);
            case PREPARING, STARTING, STARTED, READY ->
                d.want(Wanted.DOWN)
                        .cancelStartAgain()
                        .failStart(why)
                        .beginStop(new ExitCause.RequestedStop(stop.by(), stop.immediately()), why, stop.graceShare());
            case STOPPING, CLEANING, WINDING_UP ->
                stopWhileEnding(d.want(Wanted.DOWN).cancelStartAgain().failStart(why), stop);
        };
    }

    private static Draft stopWhileEnding(Draft d, Event.StopRequested stop) {
        if (!stop.immediately()) {
            return d.unchanged("the ladder is under way");
        }
        if (d.ladder.orElseThrow().cause() instanceof ExitCause.RequestedStop) {
            d.ladder = Optional.of(Ladder.because(new ExitCause.RequestedStop(stop.by(), true)));
        }
        return d.killEverything();
    }

    private static Draft restartRequested(Draft d, Event.RestartRequested restart) {
        String why = "restart requested by " + restart.by();
        return switch (d.state) {
            case DOWN, BACKOFF, FAILED, FINISHED, COMPLETED, DEPENDENCY_FAILED, SKIPPED -> d.startAfresh(why);
            case WAITING -> d.want(Wanted.UP).awaitOutcome();
            case PREPARING, STARTING, STARTED, READY ->
                d.beginStop(new ExitCause.RequestedStop(restart.by(), false), why)
                        .startAfterEnd();
            case STOPPING, CLEANING, WINDING_UP -> d.startAfterEnd();
        };
    }

    private static Draft stopAnnounced(Draft d, Event.StopAnnounced stop) {
        String why = "stop requested by " + stop.by();
        return switch (d.state) {
            case DOWN -> d.disarm(why).failStart(why);
            case WAITING, BACKOFF, COMPLETED -> d.goDown(why);
            // When all goes down these keep their state: how they ended is still of interest then.
            case FAILED, FINISHED, DEPENDENCY_FAILED, SKIPPED ->
                stop.by() == Requester.SHUTDOWN
                        ? d.want(Wanted.DOWN).failStart(why).cancelRetry()
                        : d.goDown(why);
            case PREPARING -> // nothing uses it yet
                stopRequested(d, new Event.StopRequested(stop.by(), false, stop.graceShare()));
            // These are stopped when their turn comes; if they end before that, they are not restarted.
            case STARTING, STARTED, READY, WINDING_UP ->
                d.want(Wanted.DOWN).cancelStartAgain().failStart(why);
            case STOPPING, CLEANING ->
                d.want(Wanted.DOWN).cancelStartAgain().failStart(why).shorten(stop.graceShare());
        };
    }

    private static Draft restartAnnounced(Draft d, Event.RestartAnnounced restart) {
        return switch (d.state) {
            case PREPARING, STARTING, STARTED, READY -> d.startAfterEnd();
            case DOWN,
                    WAITING,
                    STOPPING,
                    CLEANING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> restartRequested(d, new Event.RestartRequested(restart.by()));
        };
    }

    private static Draft dependenciesChanged(Draft d, DependencyOutlook outlook) {
        return switch (d.state) {
            case WAITING -> {
                if (outlook instanceof DependencyOutlook.Impossible impossible) {
                    yield d.dependencyFailed(impossible.cause());
                }
                yield outlook instanceof DependencyOutlook.Pending pending ? d.waitFor(pending) : Conditions.begin(d);
            }
            case DEPENDENCY_FAILED ->
                outlook instanceof DependencyOutlook.Impossible || d.wanted == Wanted.DOWN
                        ? d.unchanged("still impossible, or not wanted any more")
                        : d.retry("its dependency is back");
            case DOWN, BACKOFF, FAILED, FINISHED, COMPLETED, SKIPPED ->
                d.unchanged("asked again when it is to be started");
            case PREPARING, STARTING, STARTED, READY, STOPPING, CLEANING, WINDING_UP ->
                d.unchanged("dependencies gate the start; what runs has to end only when one is lost");
        };
    }

    private static Draft dependencyLost(Draft d, ExitCause.Dependency cause) {
        String why = cause.describe(Optional.empty(), Duration.ZERO);
        return switch (d.state) {
            case PREPARING, STARTING, STARTED, READY -> d.failStart(why).beginStop(cause, why);
            case STOPPING, CLEANING, WINDING_UP -> d.unchanged("it ends anyway");
            case DOWN, WAITING, BACKOFF, FINISHED, COMPLETED, FAILED, DEPENDENCY_FAILED, SKIPPED ->
                d.unchanged("nothing runs");
        };
    }

    private static Draft spawned(Draft d, Event.Spawned spawned) {
        return switch (d.state) {
            case STARTING -> {
                d.run = d.run.spawned(spawned);
                yield d;
            }
            case STOPPING -> {
                boolean waitedForIt = d.run.pid().isEmpty();
                d.run = d.run.spawned(spawned);
                boolean mayBegin = d.hook.isEmpty() && d.ladder.orElseThrow().notBegun();
                yield waitedForIt && mayBegin ? d.climb() : d;
            }
            case STARTED, READY, CLEANING -> d.unchanged("replayed");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("replayed; it is over");
        };
    }

    private static Draft launchSucceeded(Draft d, Event.LaunchSucceeded event) {
        return switch (d.state) {
            case STARTING -> {
                if (d.run.pid().isEmpty()) {
                    throw new UnexpectedEventException(d.before, event);
                }
                yield d.launched();
            }
            case STOPPING -> d.unchanged("it is being stopped");
            case STARTED, READY, CLEANING -> d.unchanged("replayed");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("replayed; it is over");
        };
    }

    private static Draft launchFailed(Draft d, Event.LaunchFailed failure) {
        ExitCause cause = new ExitCause.LaunchFailure(failure.text());
        boolean neverSpawned = d.run.pid().isEmpty();
        return switch (d.state) {
            case STARTING -> {
                d.failStart(failure.text());
                yield neverSpawned ? d.runOver(cause) : d.beginFailedLaunch(cause, failure.text());
            }
            case STOPPING -> neverSpawned ? d.runOver(d.ladder.orElseThrow().cause()) : d.unchanged("its exit follows");
            case STARTED, READY -> throw new UnexpectedEventException(d.before, failure);
            case CLEANING -> d.unchanged("replayed");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("replayed; it is over");
        };
    }

    private static Draft startedProbed(Draft d, Event.Probed probed) {
        if (d.hook.isPresent() || d.run.awaitsMain()) {
            return d.unchanged("known, its hook is run; or nobody asks before its daemon is there");
        }
        return probed.purpose() == ProbePurpose.READINESS
                ? d.readinessProbed(probed.failure())
                : d.unchanged("nobody asks before it is ready");
    }

    private static Draft probed(Draft d, Event.Probed probed) {
        boolean readiness = probed.purpose() == ProbePurpose.READINESS;
        return switch (d.state) {
            case STARTED -> startedProbed(d, probed);
            case READY -> readiness ? d.unchanged("known") : HealthWatch.probed(d, probed.failure());
            case STARTING, STOPPING, CLEANING -> d.unchanged("too late, or too early to mean anything");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("too late");
        };
    }

    private static Draft oomKilled(Draft d, Event.OomKilled killed) {
        return switch (d.state) {
            case STARTING, STARTED, READY -> d.oomKilled(killed);
            case STOPPING, CLEANING -> d.countOomKills(killed.count());
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("counted with its exit");
        };
    }

    private static Draft notified(Draft d, Notice notice) {
        boolean wantsRestart = notice.watchdog() == Notice.Watchdog.TRIGGER;
        return switch (d.state) {
            case STARTING -> d.note(notice);
            case STARTED -> {
                followed(d.note(notice).extend(notice), notice);
                if (wantsRestart) {
                    yield WatchdogTimer.asksForRestart(d);
                }
                boolean mayBe = d.hook.isEmpty() && !d.run.awaitsMain();
                yield d.hasToldReady() && mayBe ? d.ready() : d;
            }
            case READY -> {
                followed(d.note(notice), notice);
                if (wantsRestart) {
                    yield WatchdogTimer.asksForRestart(d);
                }
                boolean countsAnew = notice.watchdog() == Notice.Watchdog.ALIVE
                        || notice.watchdogPeriod().isPresent()
                        || notice.stopping();
                if (countsAnew && d.health.failures() == 0) { // else its probe says that it stands still
                    HeapDumps.over(d);
                }
                yield countsAnew ? WatchdogTimer.arm(d) : d;
            }
            case STOPPING, CLEANING -> d.note(notice).extend(notice);
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("too late");
        };
    }

    private static void followed(Draft d, Notice notice) {
        if (notice.mainPid().isPresent()) {
            MainProcess.follow(d);
        }
    }

    private static Draft mainChanged(Draft d, Event.MainChanged change) {
        return switch (d.state) {
            case STARTING, STARTED, READY, STOPPING -> MainProcess.changed(d, change);
            case CLEANING -> d.unchanged("all of it is being ended");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("it is over");
        };
    }

    private static Draft mainAwaited(Draft d, Event.MainAwaited awaited) {
        return switch (d.state) {
            case STARTED -> d.run.awaitsMain() ? d.because(awaited.why()) : d.unchanged("it is there");
            case STARTING, READY, STOPPING, CLEANING -> d.unchanged("nobody waits for it");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("it is over");
        };
    }

    private static Draft mainExited(Draft d, Event.MainExited exit) {
        return switch (d.state) {
            case STARTING, STARTED, READY -> {
                d.run = d.run.exited(exit);
                d.countOomKills(exit.oomKills());
                yield d.run.awaitsMain() ? MainProcess.programEnded(d, exit) : d.mainEnded(exit.explanation());
            }
            case STOPPING -> {
                boolean first = d.run.mainExit().isEmpty();
                d.run = d.run.exited(exit);
                d.countOomKills(exit.oomKills()).explain(exit.explanation());
                if (d.run.treeGone()) {
                    yield d.runOver(d.ladder.orElseThrow().finalCause());
                }
                yield first && d.run.pid().isPresent() ? d.signalLeftovers() : d.unchanged("replayed");
            }
            case CLEANING -> exit.treeGone() ? treeGone(d) : d.unchanged("replayed");
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("replayed; it is over");
        };
    }

    private static Draft treeGone(Draft d) {
        d.run = d.run.withTreeGone();
        return switch (d.state) {
            case STARTING, STARTED, READY ->
                d.run.awaitsMain()
                        ? MainProcess.treeGone(d)
                        : d.unchanged("the exit of the main process is on its way");
            case STOPPING ->
                d.run.mainExit().isPresent()
                        ? d.runOver(d.ladder.orElseThrow().finalCause())
                        : d.unchanged("the exit of the main process is on its way");
            case CLEANING -> d.runOver(d.ladder.orElseThrow().finalCause());
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("known");
        };
    }

    private static Draft heapDumpLooked(Draft d, Event.HeapDumpLooked looked) {
        return switch (d.state) {
            case STARTED, READY, STOPPING, CLEANING -> HeapDumps.looked(d, looked);
            case STARTING,
                    DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("too late to be of use");
        };
    }

    private static Draft stopStepEnded(Draft d, Event.StopStepEnded ended) {
        return switch (d.state) {
            case STOPPING, CLEANING -> d.stepEnded(ended.step());
            case STARTING,
                    STARTED,
                    READY,
                    DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("too late to be of use");
        };
    }

    private static Draft killed(Draft d, Event.Killed killed) {
        return switch (d.state) {
            case STOPPING, CLEANING -> {
                d.ladder = d.ladder.map(ladder -> ladder.withKilled(killed.count()));
                yield d;
            }
            case STARTING, STARTED, READY -> throw new UnexpectedEventException(d.before, killed);
            case DOWN,
                    WAITING,
                    PREPARING,
                    WINDING_UP,
                    BACKOFF,
                    FINISHED,
                    COMPLETED,
                    FAILED,
                    DEPENDENCY_FAILED,
                    SKIPPED -> d.unchanged("too late to be told");
        };
    }

    private static Draft tick(Draft d) {
        if (!d.isDue()) {
            return d.unchanged("a timer that belongs to an earlier state");
        }
        return switch (d.state) {
            case PREPARING, WINDING_UP -> Hooks.tick(d);
            case STARTED -> {
                if (d.run.awaitsMain()) {
                    yield MainProcess.tooLate(d);
                }
                if (d.hook.isPresent()) {
                    yield Hooks.tick(d);
                }
                yield HeapDumps.defer(d, DumpWatch.Decision.TIME_OVER)
                        ? d.deadlineIn(HeapDumps.PAUSE)
                        : d.notReadyInTime();
            }
            case READY -> WatchdogTimer.isDue(d) ? WatchdogTimer.tooLate(d) : d.settled();
            case STOPPING, CLEANING -> d.tickWhileEnding();
            case BACKOFF -> d.retry("backoff elapsed");
            case FAILED -> d.retryAfterCoolDown();
            case DOWN, WAITING, STARTING, FINISHED, COMPLETED, DEPENDENCY_FAILED, SKIPPED ->
                throw new UnexpectedEventException(d.before, new Event.Tick());
        };
    }

    private static Draft resumed(Draft d, Event.Resumed resumed) {
        d.run = d.run.withDump(d.run.dump().unanswered());
        Draft run = runResumed(d, resumed.runKnown());
        int hook = run.before.hook().map(HookRun::run).orElse(0);
        boolean same = run.hook.filter(now -> now.run() == hook).isPresent(); // else it has been begun just now
        return same ? Hooks.resumed(run, resumed.hookKnown()) : run;
    }

    private static Draft runResumed(Draft d, boolean runKnown) {
        return switch (d.state) {
            case STARTING -> {
                if (runKnown) {
                    yield d.unchanged("its events are replayed");
                }
                yield d.wanted == Wanted.UP
                        ? d.spawnAgain()
                        : d.runOver(new ExitCause.RequestedStop(Requester.SHUTDOWN, false));
            }
            case STARTED -> {
                if (!runKnown) {
                    yield d.runOver(new ExitCause.Lost());
                }
                MainProcess.follow(d);
                if (d.run.awaitsMain()) {
                    yield MainProcess.resumed(d);
                }
                // Nobody looked meanwhile, so it gets its full time again.
                yield d.spec.ready()
                        .filter(ready -> d.hook.isEmpty())
                        .map(d::probeAnew)
                        .orElse(d);
            }
            case READY ->
                runKnown
                        ? HealthWatch.probe(WatchdogTimer.arm(MainProcess.follow(d)))
                        : d.runOver(new ExitCause.Lost());
            case STOPPING, CLEANING -> resumeEnding(d, runKnown);
            case PREPARING, WINDING_UP -> d.unchanged("only its hook is run");
            case DOWN, WAITING, BACKOFF, FINISHED, COMPLETED, FAILED, DEPENDENCY_FAILED, SKIPPED ->
                d.unchanged("nothing runs");
        };
    }

    /** The old supervisor may have died between storing a step of the ladder and taking it. */
    private static Draft resumeEnding(Draft d, boolean runKnown) {
        Ladder ladder = d.ladder.orElseThrow();
        if (d.hook.isPresent() && d.run.isOver()) {
            return d.unchanged("only its hook is left");
        }
        if (!runKnown) {
            return d.runOver(ladder.finalCause());
        }
        if (d.run.pid().isEmpty()) {
            return d.unchanged("its events are replayed");
        }
        return ladder.killing() ? d.killAll() : d.repeatStep();
    }
}
