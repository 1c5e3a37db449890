package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.RestartSpec.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Keeper, kernel and services, played by chance. Launches may be refused, services crash, ignore SIGTERM, leave processes
 * behind, or make one of them their main one. It fails the test when two runs of one service are alive, when something is launched that nobody wants or before
 * what it needs is there, and when a service is stopped before what needs it.
 */
final class FakeWorld {
    private final Random random;
    private final ProjectSpec spec;
    private Project project;
    private boolean supervisorMayDie;
    private final Map<ServiceName, Wanted> lastCommands = new HashMap<>();
    private final Map<ServiceName, Life> lives = new HashMap<>();
    private final Map<ServiceName, Life> hooks = new HashMap<>();
    private final Set<ServiceName> heldByConditions = new TreeSet<>(Comparator.comparing(ServiceName::value));
    private boolean behaves;
    private long nanos = Duration.ofHours(1).toNanos();

    /** The processes of one run. */
    private static final class Life {
        final int run;
        boolean spawned;
        boolean executes;
        boolean running;
        Optional<ProbePurpose> probed = Optional.empty();
        boolean mainAlive;
        int others;
        int mains = 1;
        boolean finding;
        boolean following;
        boolean mainDying;
        boolean othersDying;

        Life(int run) {
            this.run = run;
        }

        Pid main() {
            return new Pid(run + (mains - 1) * 1_000_000);
        }

        int processes() {
            return (mainAlive ? 1 : 0) + others;
        }
    }

    /** db, app (needs db started) and web (needs app ready). */
    FakeWorld(Random random) {
        this(random, webAppAndDb());
    }

    FakeWorld(Random random, ProjectSpec spec) {
        this.random = random;
        this.spec = spec;
        project = new Project(spec, new ServiceMachine(new RestartGovernor(random::nextDouble)), now());
        project.statuses().forEach(status -> lastCommands.put(status.name(), Wanted.DOWN));
    }

    private static ProjectSpec webAppAndDb() {
        Specs db = Specs.service("db").restart(Policy.ALWAYS);
        Specs app = Specs.service("app").restart(Policy.ALWAYS).needs("db", Dependency.Condition.STARTED);
        Specs web = Specs.service("web")
                .restart(Policy.ALWAYS)
                .needs("app")
                .readyWithin(Duration.ofSeconds(5))
                .heapDumpGrace(Duration.ofSeconds(12))
                .health(2);
        return Specs.project(web, app, db);
    }

    Project project() {
        return project;
    }

    Wanted lastCommand(ServiceName name) {
        return lastCommands.get(name);
    }

    int processes(ServiceName name) {
        int ofHook = hooks.containsKey(name) ? hooks.get(name).processes() : 0;
        return ofHook + (lives.containsKey(name) ? lives.get(name).processes() : 0);
    }

    void start(ServiceName name) {
        ServiceState state = project.status(name).state();
        up(name, !state.isAlive() || state.isEnding());
        carryOut(project.start(name, now()));
    }

    void restart(List<ServiceName> names) {
        names.forEach(name -> up(name, true));
        carryOut(project.restart(names, now()));
    }

    private void up(ServiceName name, boolean withDependencies) {
        lastCommands.put(name, Wanted.UP);
        if (withDependencies) {
            project.graph().toStartWith(name).forEach(d -> lastCommands.put(d, Wanted.UP));
        }
    }

    void stop(List<ServiceName> names) {
        names.forEach(name -> lastCommands.put(name, Wanted.DOWN));
        carryOut(project.stop(names, now()));
        names.forEach(this::checkNobodyWaits);
    }

    void kill(ServiceName name) {
        lastCommands.put(name, Wanted.DOWN);
        carryOut(project.kill(name, now()));
        checkNobodyWaits(name);
    }

    private void checkNobodyWaits(ServiceName name) {
        ServiceStatus status = project.status(name);
        require(
                !status.startOutcome().isPending() || status.run().number() == 0,
                "a caller of the start waits",
                status);
    }

    private static boolean isStarting(Life life) {
        return life.probed.equals(Optional.of(ProbePurpose.READINESS));
    }

    /** Which probe may be under way. */
    private static Optional<ProbePurpose> probe(ServiceStatus status) {
        return switch (status.state()) {
            case STARTED -> Optional.of(ProbePurpose.READINESS);
            case READY -> Optional.of(ProbePurpose.HEALTH);
            default -> Optional.empty();
        };
    }

    /** What holds whenever all that was decided has been done. */
    void check() {
        for (ServiceStatus status : project.statuses()) {
            Life life = lives.get(status.name());
            Life hook = hooks.get(status.name());
            require((life != null || hook != null) == status.state().isAlive(), "state and processes disagree", status);
            require((hook != null) == status.hook().isPresent(), "status and hook disagree", status);
            require(life == null || life.run == status.run().number(), "not the latest run", status);
            require(
                    life == null || life.probed.equals(probe(status)) || life.probed.isEmpty(),
                    "the probe was not cancelled",
                    status);
        }
    }

    private static void require(boolean holds, String problem, Object detail) {
        if (!holds) {
            throw new AssertionError(problem + ": " + detail);
        }
    }

    void startAll() {
        lastCommands.replaceAll((name, wanted) -> project.spec(name).lifecycle().disabled() ? wanted : Wanted.UP);
        carryOut(project.startAll(now()));
    }

    void shutDown() {
        lastCommands.replaceAll((name, wanted) -> Wanted.DOWN);
        carryOut(project.shutDown(Haste.WITHIN_OUTER_GRACE, now()));
    }

    FakeWorld whereTheSupervisorMayDie() {
        supervisorMayDie = true;
        return this;
    }

    private void supervisorIsReplaced() {
        boolean wasShuttingDown = project.isShuttingDown();
        List<ServiceStatus> stored = List.copyOf(project.statuses());
        project = new Project(spec, new ServiceMachine(new RestartGovernor(random::nextDouble)), now());
        stored.forEach(project::restore);
        lives.values().forEach(life -> {
            life.probed = Optional.empty();
            life.finding = false;
            life.following = false;
        });
        heldByConditions.clear();
        for (ServiceStatus status : stored) {
            Life life = lives.get(status.name());
            Life hook = hooks.get(status.name());
            boolean known = life != null && life.run == status.run().number();
            carryOut(project.accept(status.name(), new Event.Resumed(known, hook != null), now()));
            if (known) {
                replay(status.name(), life);
            }
            if (hook != null) {
                replay(status.name(), hook);
            }
        }
        carryOut(wasShuttingDown ? project.shutDown(Haste.WITHIN_OUTER_GRACE, now()) : project.lookAgain(now()));
    }

    private void replay(ServiceName name, Life life) {
        if (life.spawned) {
            Event again = new Event.Spawned(life.run, life.main(), "guard", nanos, now().wall());
            carryOut(project.accept(name, again, now()));
        }
        if (life.running) {
            carryOut(project.accept(name, new Event.LaunchSucceeded(life.run), now()));
            if (life.mains > 1) {
                carryOut(project.accept(name, new Event.MainChanged(life.run, life.main()), now()));
            }
        }
        if (life.spawned && !life.mainAlive && life.others > 0) {
            Event again = new Event.MainExited(life.run, ExitStatus.exited(0), nanos, false);
            carryOut(project.accept(name, again, now()));
        }
    }

    /** One thing, of those that could happen now. */
    void somethingHappens() {
        List<Runnable> possible = new ArrayList<>();
        lives.forEach((name, life) -> possible.addAll(next(name, life)));
        hooks.forEach((name, hook) -> possible.addAll(next(name, hook)));
        heldByConditions.forEach(name -> possible.add(() -> conditionsHold(name)));
        OptionalLong deadline = project.nextDeadlineNanos();
        if (deadline.isPresent() && (!behaves || possible.isEmpty())) {
            possible.add(() -> sleepUntil(deadline.getAsLong()));
        }
        if (!behaves) {
            possible.add(() ->
                    sleepUntil(nanos + Duration.ofMillis(random.nextInt(2000)).toNanos()));
        }
        if (!possible.isEmpty()) {
            possible.get(random.nextInt(possible.size())).run();
        }
    }

    /** From now on nothing crashes; goes on until nothing more will happen. */
    void settle() {
        behaves = true;
        for (int i = 0; i < 10_000; i++) {
            boolean quiet = project.nextDeadlineNanos().isEmpty()
                    && Stream.of(lives, hooks)
                            .flatMap(all -> all.entrySet().stream())
                            .allMatch(e -> next(e.getKey(), e.getValue()).isEmpty())
                    && heldByConditions.isEmpty();
            if (quiet) {
                return;
            }
            somethingHappens();
        }
        throw new AssertionError("never quiet: " + project.statuses());
    }

    private void sleepUntil(long untilNanos) {
        nanos = Math.max(nanos, untilNanos);
        carryOut(project.tick(now()));
    }

    private List<Runnable> next(ServiceName name, Life life) {
        List<Runnable> next = new ArrayList<>();
        if (!life.spawned) {
            next.add(() -> spawned(name, life));
            if (!behaves) {
                next.add(() -> refused(name, life));
            }
        } else if (life.mainAlive && !life.executes && !life.mainDying) {
            next.add(() -> executes(name, life));
        } else if (life.mainAlive && life.probed.isPresent() && !life.mainDying) {
            boolean asksForEver = life.probed.get() == ProbePurpose.HEALTH;
            if (!asksForEver || !behaves) {
                next.add(() -> answers(name, life, asksForEver && random.nextBoolean()));
            }
        }
        boolean endsItself =
                life == hooks.get(name) || project.spec(name).lifecycle().isOneshot() || leavesDaemon(name, life);
        if (life.others > 0 && (life.finding || life.following)) {
            next.add(() -> mainChanges(name, life));
        }
        if (life.others > 0 && life.finding && !behaves) {
            next.add(() -> carryOut(project.accept(name, new Event.MainAwaited(life.run, "no pid file"), now())));
        }
        if (life.running && life.mainAlive && life.others > 0 && !behaves && life == lives.get(name)) {
            next.add(() -> namesMain(name, life));
        }
        if (life.mainAlive && life.executes && (life.mainDying || endsItself || !behaves)) {
            next.add(() -> mainEnds(name, life));
        }
        if (life.spawned && !life.mainAlive && life.others > 0 && (life.othersDying || !behaves)) {
            next.add(() -> othersEnd(name, life));
        }
        return next;
    }

    private boolean leavesDaemon(ServiceName name, Life life) {
        return project.spec(name).lifecycle().forking().isPresent() && life.mains == 1;
    }

    private void namesMain(ServiceName name, Life life) {
        Notice notice = Told.mainPid(new Pid(life.run + life.mains * 1_000_000));
        carryOut(project.accept(name, new Event.Notified(life.run, notice), now()));
    }

    /** One of the others; the one before may still be there. */
    private void mainChanges(ServiceName name, Life life) {
        life.others -= life.mainAlive ? 0 : 1;
        life.mains++;
        life.mainAlive = true;
        life.mainDying = life.othersDying;
        life.finding = false;
        life.following = false;
        carryOut(project.accept(name, new Event.MainChanged(life.run, life.main()), now()));
    }

    private void spawned(ServiceName name, Life life) {
        life.spawned = true;
        life.mainAlive = true;
        carryOut(project.accept(name, new Event.Spawned(life.run, life.main(), "guard", nanos, now().wall()), now()));
    }

    private void refused(ServiceName name, Life life) {
        forget(name, life);
        carryOut(project.accept(name, new Event.LaunchFailed(life.run, "refused"), now()));
    }

    private void executes(ServiceName name, Life life) {
        life.executes = true;
        life.running = true;
        boolean leaves = life == lives.get(name) && leavesDaemon(name, life);
        life.others = behaves ? (leaves ? 1 : 0) : random.nextInt(3);
        carryOut(project.accept(name, new Event.LaunchSucceeded(life.run), now()));
    }

    private void answers(ServiceName name, Life life, boolean fails) {
        Optional<String> failure = fails ? Optional.of("refused") : Optional.empty();
        carryOut(project.accept(name, new Event.Probed(life.run, life.probed.orElseThrow(), failure), now()));
    }

    private void mainEnds(ServiceName name, Life life) {
        life.mainAlive = false;
        boolean gone = life.others == 0;
        if (gone) {
            forget(name, life);
        }
        ExitStatus status = behaves && !life.mainDying
                ? ExitStatus.exited(0)
                : random.nextBoolean() ? ExitStatus.exited(random.nextInt(3)) : ExitStatus.exited(143);
        carryOut(project.accept(name, new Event.MainExited(life.run, status, nanos, gone), now()));
    }

    private void forget(ServiceName name, Life life) {
        (life == hooks.get(name) ? hooks : lives).remove(name);
    }

    private void othersEnd(ServiceName name, Life life) {
        forget(name, life);
        carryOut(project.accept(name, new Event.TreeGone(life.run), now()));
    }

    /** Now and then the supervisor dies with all statuses stored and none of the actions carried out. */
    private void carryOut(List<Step> steps) {
        if (supervisorMayDie && !behaves && random.nextInt(8) == 0) {
            supervisorMayDie = false;
            supervisorIsReplaced();
            supervisorMayDie = true;
            return;
        }
        Project actor = project;
        for (Step step : steps) {
            for (Action action : step.actions()) {
                if (actor == project) { // a supervisor that died on the way does not go on
                    carryOut(step.status().name(), action);
                }
            }
        }
    }

    private void carryOut(ServiceName name, Action action) {
        if (action instanceof Action.Spawn) {
            require(!lives.containsKey(name), "a second copy", name);
            require(!hooks.containsKey(name), "a launch beside a hook", name);
            require(lastCommands.get(name) == Wanted.UP, "a launch that nobody wants", name);
            project.spec(name)
                    .dependsOn()
                    .forEach(dependency -> require(
                            isThere(dependency)
                                    || project.spec(name)
                                            .lifecycle()
                                            .hook(HookSpec.Kind.PRE_START)
                                            .isPresent(),
                            "a launch without",
                            dependency));
            lives.put(name, new Life(action.run()));
            return;
        }
        if (action instanceof Action.SpawnHook hook) {
            require(!hooks.containsKey(name), "a second hook", hook);
            boolean atStart = hook.kind() == HookSpec.Kind.PRE_START || hook.kind() == HookSpec.Kind.POST_START;
            require(!atStart || lastCommands.get(name) == Wanted.UP, "a hook that nobody wants", hook);
            boolean alone = hook.kind() == HookSpec.Kind.PRE_START || hook.kind() == HookSpec.Kind.POST_STOP;
            require(!alone || !lives.containsKey(name), "a hook beside a run", hook);
            hooks.put(name, new Life(action.run()));
            return;
        }
        if (action instanceof Action.CheckConditions) {
            lookAtConditions(name);
            return;
        }
        if (action instanceof Action.Report) {
            return;
        }
        if (action instanceof Action.LookForHeapDump) {
            lookForHeapDump(name, action.run());
            return;
        }
        Life main = lives.get(name);
        Life life = main != null && main.run == action.run() ? main : hooks.get(name);
        if (action instanceof Action.CancelProbe && main == null) {
            return;
        }
        require(life != null && life.run == action.run(), "nobody is meant by", action);
        if (action instanceof Action.KillAll) {
            life.mainDying = true;
            life.othersDying = true;
            life.executes = true; // nothing keeps SIGKILL off a launch either
            carryOut(project.accept(name, new Event.Killed(life.run, life.processes()), now()));
        } else if (action instanceof Action.SendSignal signal) {
            signalled(name, life, signal.signal());
        } else if (action instanceof Action.FindMain) {
            life.finding = true;
        } else if (action instanceof Action.FollowMain) {
            life.following = true;
        } else if (action instanceof Action.StartProbe start) {
            life.probed = Optional.of(start.purpose());
        } else {
            life.probed = Optional.empty();
        }
    }

    /** There is one that grows or does not, or none, or no answer. */
    private void lookForHeapDump(ServiceName name, int run) {
        int found = random.nextInt(4);
        if (found > 0) {
            Optional<Event.HeapDump> dump = found == 1
                    ? Optional.empty()
                    : Optional.of(new Event.HeapDump("java_pid7.hprof", found == 2 ? nanos : 0));
            carryOut(project.accept(name, new Event.HeapDumpLooked(run, dump), now()));
        }
    }

    /** They hold, or do not, or are waited for. */
    private void lookAtConditions(ServiceName name) {
        int found = behaves ? 0 : random.nextInt(4);
        heldByConditions.remove(name);
        if (found == 1) {
            heldByConditions.add(name);
        }
        ConditionOutlook outlook = found == 1
                ? new ConditionOutlook.Pending("waiting for a link")
                : found == 2 ? new ConditionOutlook.Unmet("a condition does not hold") : new ConditionOutlook.Met();
        carryOut(project.accept(name, new Event.ConditionsChecked(outlook), now()));
    }

    private void conditionsHold(ServiceName name) {
        heldByConditions.remove(name);
        carryOut(project.accept(name, new Event.ConditionsChecked(new ConditionOutlook.Met()), now()));
    }

    private static boolean isStoppedInTurn(ServiceStatus status) {
        return status.ladder().orElseThrow().cause() instanceof ExitCause.RequestedStop stop
                && stop.by() == Requester.SHUTDOWN;
    }

    /** By what is true of the processes, not by what is believed of them. */
    private boolean isThere(Dependency dependency) {
        ServiceStatus status = project.status(dependency.service());
        Life life = lives.get(dependency.service());
        boolean runs = life != null && life.running && life.mainAlive;
        boolean ended = life == null && status.lastExit().isPresent();
        return !dependency.required()
                || switch (dependency.condition()) {
                    case STARTED -> runs || ended;
                    case READY, HEALTHY -> runs && !isStarting(life) || status.state() == ServiceState.COMPLETED;
                    case COMPLETED, COMPLETED_SUCCESSFULLY -> ended;
                };
    }

    /** Some obey, some do not. */
    private void signalled(ServiceName name, Life life, Signal signal) {
        require(life.spawned, signal + " without a process", name);
        if (project.isShuttingDown() && life == lives.get(name) && isStoppedInTurn(project.status(name))) {
            require(
                    project.graph().transitiveDependents(name).stream().allMatch(other -> processes(other) == 0),
                    "stopped before what needs it",
                    name);
        }
        life.mainDying |= random.nextBoolean();
    }

    private Moment now() {
        return new Moment(nanos, Instant.EPOCH.plusNanos(nanos));
    }
}
