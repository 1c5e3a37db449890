package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The status of a service while one step is being made. Lives for that step, on the thread that makes it, which
 * alone writes the fields. Each method is one thing that a step can do and returns the draft.
 */
final class Draft {
    /** Without a probe, a service that has lived this long counts as started: most bad starts end sooner. */
    static final Duration SETTLE = Duration.ofMillis(250);

    /** SIGKILL to all is repeated at this interval, since a process may have forked between look and kill. */
    static final Duration KILL_INTERVAL = Duration.ofSeconds(1);

    final ServiceSpec spec;
    final ServiceStatus before;
    final Moment now;
    private final RestartGovernor governor;
    private final RestartBudget budget;
    private final List<Action> actions = new ArrayList<>();
    private Optional<Transition> transition = Optional.empty();

    ServiceState state;
    Wanted wanted;
    Run run;
    Optional<Ladder> ladder;
    Optional<HookRun> hook;
    private int lastRun;
    private String reason;
    private Moment since;
    private OptionalLong deadlineNanos;
    private boolean startAgain;
    private RestartRecord restarts;
    private StartOutcome outcome;
    Health health;
    private Optional<Exit> lastExit;

    Draft(ServiceSpec spec, ServiceStatus before, Moment now, RestartGovernor governor, RestartBudget budget) {
        this.spec = spec;
        this.before = before;
        this.now = now;
        this.governor = governor;
        this.budget = budget;
        state = before.state();
        wanted = before.wanted();
        reason = before.reason();
        since = before.since();
        run = before.run();
        deadlineNanos = before.deadlineNanos();
        ladder = before.ladder();
        hook = before.hook();
        lastRun = before.lastRun();
        startAgain = before.startAgain();
        restarts = before.restarts();
        outcome = before.startOutcome();
        health = before.health();
        lastExit = before.lastExit();
    }

    Step toStep() {
        ServiceStatus status = new ServiceStatus(
                before.name(),
                state,
                wanted,
                reason,
                since,
                run,
                lastRun,
                hook,
                deadlineNanos,
                ladder,
                startAgain,
                restarts,
                outcome,
                health,
                lastExit);
        return new Step(status, actions, transition);
    }

    /** The only place that changes the state. Leaving a state cancels what that state was waiting for. */
    private Draft transition(ServiceState to, String why) {
        return transition(to, why, Optional.empty());
    }

    private Draft transition(ServiceState to, String why, Optional<Transition.Failure> failure) {
        if (!TransitionTable.allows(state, to)) {
            throw new IllegalStateException("no edge from " + state + " to " + to + " (" + why + ")");
        }
        if (state == ServiceState.STARTED
                || state == ServiceState.READY && spec.health().isPresent()) {
            actions.add(new Action.CancelProbe(run.number()));
        }
        run = run.withNotices(run.notices().withWatchdogDue(OptionalLong.empty()))
                .withDump(DumpWatch.NONE);
        transition = Optional.of(new Transition(before.name(), state, to, why, failure));
        state = to;
        reason = why;
        since = now;
        deadlineNanos = OptionalLong.empty();
        if (!to.isEnding()) {
            ladder = Optional.empty();
        }
        if (!to.isAlive()) {
            startAgain = false;
        }
        return this;
    }

    /** Says in words that the event changes nothing, and why. */
    Draft unchanged(String because) {
        assert !because.isEmpty();
        return this;
    }

    Draft want(Wanted what) {
        wanted = what;
        return this;
    }

    /** Whoever waits for the start is told of a dependency that failed; the service itself goes on waiting for it. */
    Draft waitFor(DependencyOutlook.Pending pending) {
        reason = pending.text();
        pending.failure().ifPresent(cause -> failStart(cause.describe(Optional.empty(), Duration.ZERO)));
        return this;
    }

    /** As {@link #waitFor}, of what no other service can bring. */
    Draft holdFor(String what) {
        String told = what + ", since ";
        if (!reason.startsWith(told)) {
            reason = told + now.wall().truncatedTo(ChronoUnit.SECONDS);
            since = now;
        }
        return failStart(what);
    }

    /** Not this time, and that is no failure. */
    Draft skip(String why) {
        return spec.activation().onDemand()
                ? transition(ServiceState.DOWN, why + "; " + armed()).isUp(why)
                : transition(ServiceState.SKIPPED, why).isUp(why);
    }

    /** Whoever asks for a start now waits for the outcome of what is under way. */
    Draft awaitOutcome() {
        outcome = StartOutcome.PENDING;
        return this;
    }

    /** Nothing runs until its trigger comes; whoever waits for the start has what there is to have. */
    Draft arm() {
        reason = armed();
        outcome = StartOutcome.up(reason);
        return want(Wanted.UP);
    }

    private String armed() {
        return "waiting for " + spec.activation().trigger().awaited();
    }

    /** Its trigger starts it no more. */
    Draft disarm(String why) {
        reason = wanted == Wanted.UP ? why : reason;
        return want(Wanted.DOWN);
    }

    /** Not while another start follows: that one is waited for. */
    Draft failStart(String why) {
        if (outcome.isPending() && !startAgain) {
            outcome = StartOutcome.failed(why);
        }
        return this;
    }

    /** A start by command: the history of automatic restarts begins anew. */
    Draft startAfresh(String why) {
        restarts = restarts.afresh();
        return want(Wanted.UP).awaitOutcome().transition(ServiceState.WAITING, why);
    }

    /** A start by command that has to wait until nothing of the run is left, which ends now or in its turn. */
    Draft startAfterEnd() {
        startAgain = true;
        return want(Wanted.UP).awaitOutcome();
    }

    Draft retry(String why) {
        return transition(ServiceState.WAITING, why);
    }

    /** A service that was given up gets its next chance. */
    Draft retryAfterCoolDown() {
        restarts = restarts.afterCoolDown();
        return retry("cool-down elapsed");
    }

    /** What was given up stays so. */
    Draft cancelRetry() {
        deadlineNanos = OptionalLong.empty();
        return this;
    }

    Draft goDown(String why) {
        return want(Wanted.DOWN).failStart(why).transition(ServiceState.DOWN, why);
    }

    /** Its dependencies are met. */
    Draft begin() {
        if (!has(HookSpec.Kind.PRE_START)) {
            return spawn();
        }
        run = Run.notYet(lastRun + 1, now); // under the number of the hook
        return transition(ServiceState.PREPARING, "dependencies met").beginHook(HookSpec.Kind.PRE_START);
    }

    private Draft beginHook(HookSpec.Kind kind) {
        lastRun++;
        if (!state.isEnding()) {
            reason = kind + " is at work";
        }
        return Hooks.begin(this, kind, lastRun);
    }

    private boolean has(HookSpec.Kind kind) {
        return spec.lifecycle().hook(kind).isPresent();
    }

    /** Only while there is one. */
    HookRun hook() {
        return hook.orElseThrow();
    }

    Optional<Exit> lastExit() {
        return lastExit;
    }

    Draft deadlineIn(Duration duration) {
        deadlineNanos = OptionalLong.of(now.nanosAfter(duration));
        return this;
    }

    Draft does(Action action) {
        actions.add(action);
        return this;
    }

    Draft spawn() {
        lastRun++;
        run = Run.requested(lastRun, now);
        health = Health.unknown(now);
        transition(ServiceState.STARTING, "dependencies met");
        actions.add(new Action.Spawn(run.number()));
        return this;
    }

    Draft spawnAgain() {
        actions.add(new Action.Spawn(run.number()));
        return this;
    }

    Draft dependencyFailed(ExitCause.Dependency cause) {
        String text = cause.describe(Optional.empty(), Duration.ZERO);
        return failStart(text).transition(ServiceState.DEPENDENCY_FAILED, text);
    }

    /** The program executes. */
    Draft launched() {
        Draft next = spec.lifecycle().forking().isPresent() ? MainProcess.await(this) : executes();
        return MainProcess.follow(next);
    }

    /** The main process executes: what proves that it is up? */
    Draft executes() {
        if (spec.ready().isPresent()) {
            started("started").probeAnew(spec.ready().get());
            return hasToldReady() ? ready() : this;
        }
        if (spec.lifecycle().isOneshot()) {
            return started("at work");
        }
        if (needsPostStart()) {
            return started("running").beginHook(HookSpec.Kind.POST_START);
        }
        return running();
    }

    /** Its program executes, and more is waited for. */
    Draft started(String why) {
        return state == ServiceState.STARTED ? because(why) : transition(ServiceState.STARTED, why);
    }

    /** Says what is waited for. */
    Draft because(String why) {
        reason = why;
        return this;
    }

    String reason() {
        return reason;
    }

    /** Not when its stop only waits for its turn. */
    private boolean needsPostStart() {
        return has(HookSpec.Kind.POST_START) && wanted == Wanted.UP;
    }

    private Draft running() {
        HealthWatch.begin(transition(ServiceState.READY, "running"));
        boolean late = spec.lifecycle().forking().isPresent(); // the daemon is younger than the run
        long from = late ? now.monotonicNanos() : run.started().monotonicNanos();
        deadlineNanos = OptionalLong.of(Moment.deadline(from, SETTLE));
        return WatchdogTimer.arm(this);
    }

    /** Of what the service tells by itself, nobody has to ask. */
    Draft probeAnew(ReadySpec ready) {
        deadlineNanos = OptionalLong.of(now.nanosAfter(ready.timeout()));
        health = Health.unknown(now);
        ready.probe()
                .ifPresent(probe -> actions.add(new Action.StartProbe(run.number(), ProbePurpose.READINESS, probe)));
        return this;
    }

    /** The message may be here before the news that the program executes. */
    boolean hasToldReady() {
        return run.notices().ready()
                && spec.ready()
                        .map(ReadySpec::proof)
                        .filter(ReadySpec.Told.class::isInstance)
                        .isPresent();
    }

    Draft note(Notice notice) {
        run = run.withNotices(run.notices().with(notice));
        return this;
    }

    /** What is under way may take longer than was thought; never shorter. */
    Draft extend(Notice notice) {
        boolean mayTakeLonger =
                deadlineNanos.isPresent() && !ladder.map(Ladder::killing).orElse(false);
        if (mayTakeLonger && notice.extend().isPresent()) {
            long until = now.nanosAfter(notice.extend().get());
            deadlineNanos = OptionalLong.of(Math.max(deadlineNanos.getAsLong(), until));
        }
        return this;
    }

    /** Its start has taken all of its time. */
    Draft notReadyInTime() {
        if (spec.ready().isEmpty()) { // the probe was taken out of the spec while it was waited for
            return ready();
        }
        Duration limit = spec.ready().get().timeout();
        String why = "not ready within " + Elapsed.text(limit);
        return failStart(why).beginStop(new ExitCause.ProbeTimeout(limit), why);
    }

    /** Failures before the deadline are only noted: it alone says that the start has failed. */
    Draft readinessProbed(Optional<String> failure) {
        if (spec.ready().isEmpty()) { // the probe was taken out of the spec while it was waited for
            return ready();
        }
        Optional<ProbeSpec> probe = spec.ready().flatMap(ReadySpec::probe);
        if (probe.isEmpty()) { // from now on it tells by itself, but this run cannot
            return failure.isEmpty() ? ready() : this;
        }
        health = health.after(failure, false, probe.get(), now);
        return health.state() == Health.State.HEALTHY ? ready() : this;
    }

    Draft ready() {
        return needsPostStart() ? beginHook(HookSpec.Kind.POST_START) : readyNow();
    }

    private Draft readyNow() {
        HealthWatch.begin(transition(ServiceState.READY, "ready"));
        return WatchdogTimer.arm(isUp("ready"));
    }

    /** Its hook after the start has done its work too. */
    Draft up() {
        return spec.ready().isPresent() ? readyNow() : running();
    }

    Draft failedAfterStart(ExitCause.HookFailure failure) {
        return failStart(failure.text()).beginStop(failure, failure.text());
    }

    /** It has lived long enough to be called started. */
    Draft settled() {
        deadlineNanos = OptionalLong.empty();
        return isUp("running");
    }

    private Draft isUp(String how) {
        if (!startAgain) {
            outcome = StartOutcome.up(how);
        }
        return this;
    }

    /** Whether a start asked for now is answered already. */
    boolean isSettled() {
        return state == ServiceState.READY && deadlineNanos.isEmpty() && !startAgain;
    }

    boolean isDue() {
        return before.isDue(now.monotonicNanos());
    }

    /** Begins to end the run. Without a process there is nothing to signal yet: then the ladder waits for it. */
    Draft beginStop(ExitCause cause, String why) {
        return beginStop(cause, why, 1);
    }

    /** @param share how much of the times on the ladder there is, 0 to 1 */
    Draft beginStop(ExitCause cause, String why, double share) {
        boolean executes = state == ServiceState.STARTED || state == ServiceState.READY;
        transition(ServiceState.STOPPING, why);
        ladder = Optional.of(Ladder.because(cause).withShare(share));
        if (hook.isPresent()) {
            return Hooks.cutShort(this, isImmediate());
        }
        return executes ? beginPreStop() : beginLadder();
    }

    private Draft beginPreStop() {
        return has(HookSpec.Kind.PRE_STOP) && !isImmediate() ? beginHook(HookSpec.Kind.PRE_STOP) : beginLadder();
    }

    private Draft beginLadder() {
        return run.pid().isPresent() ? climb() : this;
    }

    private boolean isImmediate() {
        return ladder.orElseThrow().cause() instanceof ExitCause.RequestedStop stop && stop.immediately();
    }

    /** A hook is over; the service is ending. */
    Draft goOnEnding(HookSpec.Kind kind) {
        Ladder at = ladder.orElseThrow();
        if (state == ServiceState.WINDING_UP) {
            return afterEnd(lastExit.orElseThrow());
        }
        if (run.isOver()) {
            return runOver(at.finalCause());
        }
        boolean fromStart = kind == HookSpec.Kind.POST_START && run.mainExit().isEmpty();
        return !at.notBegun() ? climb() : fromStart ? beginPreStop() : beginLadder();
    }

    /** SIGKILL to all, to a hook too. */
    Draft killEverything() {
        if (hook.isPresent()) {
            Hooks.cutShort(this, true);
        }
        return run.isOver() || run.pid().isEmpty() ? this : killAll();
    }

    Draft tickWhileEnding() {
        if (hook.isEmpty()) {
            boolean deferred = !ladder.orElseThrow().killing() && HeapDumps.defer(this, DumpWatch.Decision.TIME_OVER);
            return deferred ? deadlineIn(HeapDumps.PAUSE) : climb();
        }
        return ladder.orElseThrow().killing() ? killEverything() : Hooks.tick(this);
    }

    /** A launch that was refused: the service's own program has not run, so nothing deserves a grace period. */
    Draft beginFailedLaunch(ExitCause cause, String why) {
        transition(ServiceState.STOPPING, why);
        ladder = Optional.of(Ladder.because(cause));
        return killAll();
    }

    /** That of the service; before it, when it is unhealthy, what makes it say what it is doing. */
    private StopSpec ladderSpec() {
        List<StopSpec.Step> steps = new ArrayList<>(dumpSteps());
        steps.addAll(spec.stop().steps());
        return new StopSpec(steps, spec.stop().heapDumpGrace());
    }

    private List<StopSpec.Step> dumpSteps() {
        boolean unhealthy = ladder.orElseThrow().cause() instanceof ExitCause.Unhealthy;
        return spec.health()
                .flatMap(HealthSpec::dump)
                .filter(dump -> unhealthy)
                .map(HealthSpec.Dump::steps)
                .orElse(List.of());
    }

    /** Takes the next steps of the ladder, up to the next wait, or SIGKILL to all at its end. */
    Draft climb() {
        Ladder at = ladder.orElseThrow();
        if (at.killing() || isImmediate()) {
            return killAll();
        }
        StopLadder.Climb climb = new StopLadder(ladderSpec(), run).climb(at);
        ladder = Optional.of(climb.ladder());
        actions.addAll(climb.actions());
        if (climb.time().isEmpty()) {
            return killAll();
        }
        deadlineNanos = OptionalLong.of(now.nanosAfter(climb.time().get()));
        return this;
    }

    /** The step that the ladder waits for, if it is this one, is done. */
    Draft stepEnded(int step) {
        Ladder at = ladder.orElseThrow();
        return !at.killing() && at.nextStep() == step + 1 ? climb() : this;
    }

    /** Whoever runs Ostler allows less than the ladder would take. */
    Draft shorten(double share) {
        Ladder at = ladder.orElseThrow();
        if (share < at.share() && !at.killing()) {
            ladder = Optional.of(at.withShare(share));
            deadlineNanos = deadlineNanos.stream()
                    .map(deadline -> now.monotonicNanos() + (long) ((deadline - now.monotonicNanos()) * share))
                    .findFirst();
        }
        return this;
    }

    Draft killAll() {
        ladder = ladder.map(Ladder::withKilling);
        deadlineNanos = OptionalLong.of(now.nanosAfter(KILL_INTERVAL));
        actions.add(new Action.KillAll(run.number()));
        return this;
    }

    /** Does again what an earlier supervisor may have died before. */
    Draft repeatStep() {
        actions.addAll(new StopLadder(ladderSpec(), run).repeat(ladder.orElseThrow()));
        return this;
    }

    /** The main process has ended, others are left. */
    Draft signalLeftovers() {
        return signalNext(new StopLadder(ladderSpec(), run).forLeftovers(ladder.orElseThrow()));
    }

    /** Another process has taken the place of the main one. */
    Draft signalSuccessor() {
        return signalNext(new StopLadder(ladderSpec(), run).forSuccessor(ladder.orElseThrow()));
    }

    /** A dump that ended the main process is over. */
    private Draft signalNext(Optional<Action> signal) {
        int next = ladder.orElseThrow().nextStep();
        if (next > 0 && next <= dumpSteps().size()) {
            return climb();
        }
        signal.ifPresent(actions::add);
        return this;
    }

    /** The main process ended by itself. */
    Draft mainEnded(Optional<ExitCause> explanation) {
        ExitStatus status = run.mainExit().orElseThrow().status();
        boolean executed = state != ServiceState.STARTING;
        ExitCause cause = executed
                ? explanation.orElseGet(
                        () -> ExitCause.unrequested(status, spec.restart().success()))
                : new ExitCause.LaunchFailure("launch ended before its program executed: " + status);
        if (run.treeGone()) {
            return runOver(cause);
        }
        Exit exit = recordExit(cause);
        transition(ServiceState.CLEANING, exit.describe());
        ladder = Optional.of(Ladder.because(cause));
        return hook.isPresent() ? Hooks.cutShort(this, false) : climb();
    }

    Draft countOomKills(long count) {
        restarts = restarts.withOom(restarts.oom().counted(run.number(), count));
        return this;
    }

    /** The kernel has killed a process, and what is left of the service goes on or not. */
    Draft oomKilled(Event.OomKilled event) {
        countOomKills(event.count());
        if (spec.restart().oomPolicy() == RestartSpec.OomPolicy.CONTINUE || isOomCounted()) {
            return this;
        }
        ExitCause cause = new ExitCause.OutOfMemory(false, event.memory());
        return beginStop(cause, "a process was killed by the kernel for the memory limit (" + event.memory() + ")");
    }

    private boolean isOomCounted() {
        return restarts.oom().equals(before.restarts().oom());
    }

    /** That the main process was the one is known only now. */
    Draft explain(Optional<ExitCause> explanation) {
        ladder = ladder.map(at ->
                at.cause() instanceof ExitCause.OutOfMemory && explanation.orElse(null) instanceof ExitCause.OutOfMemory
                        ? at.dueTo(explanation.get())
                        : at);
        return this;
    }

    /** Nothing of the run is left. */
    Draft runOver(ExitCause cause) {
        if (hook.isPresent()) {
            return endHookOfLostRun(cause);
        }
        Exit exit = recordExit(cause);
        if (!has(HookSpec.Kind.POST_STOP)) {
            return afterEnd(exit);
        }
        transition(ServiceState.WINDING_UP, exit.describe());
        ladder = Optional.of(Ladder.because(cause));
        return beginHook(HookSpec.Kind.POST_STOP);
    }

    private Draft endHookOfLostRun(ExitCause cause) {
        if (!state.isEnding()) {
            transition(ServiceState.CLEANING, recordExit(cause).describe());
            ladder = Optional.of(Ladder.because(cause));
        }
        run = run.over();
        return Hooks.cutShort(this, false);
    }

    /** Nothing of the run and its hooks is left: what comes next? */
    private Draft afterEnd(Exit exit) {
        if (wanted == Wanted.DOWN) {
            return failStart(exit.describe()).transition(ServiceState.DOWN, exit.describe());
        }
        if (startAgain) {
            return startAfresh(exit.describe() + "; start requested");
        }
        if (exit.cause() instanceof ExitCause.Dependency) {
            return transition(ServiceState.WAITING, "stopped: " + exit.describe());
        }
        RestartGovernor.Decision decision =
                governor.decide(spec.restart(), restarts, exit, now.monotonicNanos(), budget);
        if (decision instanceof RestartGovernor.Decision.Restart restart) {
            return restart(restart, exit);
        }
        return decision instanceof RestartGovernor.Decision.GiveUp giveUp
                ? giveUp(giveUp, exit)
                : remainEnded((RestartGovernor.Decision.NoRestart) decision, exit);
    }

    private Exit recordExit(ExitCause cause) {
        Optional<ExitStatus> status = run.mainExit().map(Run.MainExit::status);
        long endNanos = run.mainExit().map(Run.MainExit::endedNanos).orElse(now.monotonicNanos());
        // A launch that was refused has not run at all, however long it took.
        long ranNanos = cause instanceof ExitCause.LaunchFailure || run.pid().isEmpty()
                ? 0
                : Math.max(0, endNanos - run.started().monotonicNanos());
        Exit exit = new Exit(run.number(), cause, status, Duration.ofNanos(ranNanos), now.wall());
        lastExit = Optional.of(exit);
        return exit;
    }

    private Draft restart(RestartGovernor.Decision.Restart restart, Exit exit) {
        failStart(exit.describe());
        restarts = restart.record();
        Optional<Transition.Failure> failure = failure(exit);
        if (restart.delay().isZero()) {
            return transition(ServiceState.WAITING, exit.describe() + "; restart at once", failure);
        }
        String budget = restart.overBudget() ? ", as the restart budget of all services is used up" : "";
        String why = exit.describe() + "; restart in " + Elapsed.text(restart.delay()) + budget;
        transition(ServiceState.BACKOFF, why, failure);
        deadlineNanos = OptionalLong.of(now.nanosAfter(restart.delay()));
        return this;
    }

    private static Optional<Transition.Failure> failure(Exit exit) {
        return exit.cause().isFailure() ? Optional.of(Transition.Failure.ONCE) : Optional.empty();
    }

    private Draft giveUp(RestartGovernor.Decision.GiveUp end, Exit exit) {
        restarts = restarts.givenUp();
        Optional<Duration> retryAfter = spec.restart().limit().retryAfter();
        String next =
                retryAfter.map(delay -> "; next try at " + now.wallAfter(delay)).orElse("");
        failStart(exit.describe());
        transition(ServiceState.FAILED, end.text() + next, Optional.of(Transition.Failure.GAVE_UP));
        retryAfter.ifPresent(delay -> deadlineNanos = OptionalLong.of(now.nanosAfter(delay)));
        return this;
    }

    private Draft remainEnded(RestartGovernor.Decision.NoRestart end, Exit exit) {
        if (exit.cause().isFailure()) {
            return failStart(exit.describe()).transition(ServiceState.FAILED, end.text(), failure(exit));
        }
        if (spec.activation().onDemand()) {
            return transition(ServiceState.DOWN, exit.describe() + "; " + armed())
                    .isUp(exit.describe());
        }
        boolean done = exit.isSuccess() && spec.ready().isEmpty();
        if (done) {
            isUp(exit.describe());
        } else {
            failStart(exit.describe());
        }
        boolean remains = done && spec.lifecycle().remain();
        return transition(remains ? ServiceState.COMPLETED : ServiceState.FINISHED, end.text());
    }

    Draft cancelStartAgain() {
        startAgain = false;
        return this;
    }
}
