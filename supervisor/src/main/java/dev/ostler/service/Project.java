package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The statuses of all services, and what one service's step means for the others. One thread, the loop's, which alone
 * writes the fields. Every method that takes a moment returns the steps that were made, in order, the statuses already
 * being those after the last one; the caller stores each status and carries out its actions. A service that is not in
 * the project is an {@link IllegalArgumentException}.
 */
public final class Project {
    private DependencyGraph graph;
    private final ServiceMachine machine;
    private final Map<ServiceName, ServiceSpec> specs = new LinkedHashMap<>();
    private final FreeRestarts freeRestarts = new FreeRestarts();
    private final EarlierSpecs earlier = new EarlierSpecs();
    private StatusTable statuses = new StatusTable();
    private final Set<ServiceName> leaving = new HashSet<>();
    private OuterGrace outerGrace;
    private ProjectEnd end;
    private RestartBudget budget;
    private boolean shuttingDown;
    private boolean immediately;
    private boolean withinOuterGrace;

    public Project(ProjectSpec project, ServiceMachine machine, Moment now) {
        this.graph = new DependencyGraph(project);
        this.machine = machine;
        this.outerGrace = new OuterGrace(project);
        this.end = new ProjectEnd(project.exitOn(), graph);
        this.budget = new RestartBudget(project.restartBudget(), 0);
        for (ServiceSpec spec : project.services()) {
            specs.put(spec.name(), spec);
            statuses.put(unasked(spec, now));
        }
    }

    /**
     * From now on these services: those that stay keep their status, new ones are down, the others are forgotten, which must
     * not have a process any more.
     */
    public List<Step> reconfigure(ProjectSpec next, Moment now) {
        Map<ServiceName, ServiceStatus> kept = new LinkedHashMap<>();
        for (ServiceSpec spec : next.services()) {
            ServiceStatus status = statuses.get(spec.name());
            kept.put(spec.name(), status == null ? unasked(spec, now) : status);
        }
        for (ServiceStatus status : statuses.all()) {
            if (status.state().isAlive() && !kept.containsKey(status.name())) {
                throw new IllegalStateException("\"" + status.name() + "\" runs and cannot be forgotten");
            }
        }
        graph = new DependencyGraph(next);
        outerGrace = new OuterGrace(next);
        end = new ProjectEnd(next.exitOn(), graph);
        budget = new RestartBudget(next.restartBudget(), budget.fullNanos());
        specs.clear();
        next.services().forEach(spec -> specs.put(spec.name(), spec));
        statuses = new StatusTable();
        leaving.clear();
        kept.values().forEach(this::put);
        return lookAgain(now);
    }

    /** Its runs up to this one are ended as {@code spec} says, whatever it is configured as by then. */
    public void endAs(ServiceSpec spec, int lastRun) {
        earlier.keep(spec, lastRun);
    }

    private static ServiceStatus unasked(ServiceSpec spec, Moment now) {
        return spec.lifecycle().disabled()
                ? ServiceStatus.disabled(spec.name(), now)
                : ServiceStatus.initial(spec.name(), now);
    }

    public DependencyGraph graph() {
        return graph;
    }

    public ServiceSpec spec(ServiceName name) {
        return known(specs.get(name), name);
    }

    public ServiceStatus status(ServiceName name) {
        return known(statuses.get(name), name);
    }

    /** In the order of the file. */
    public Collection<ServiceStatus> statuses() {
        return statuses.all();
    }

    public boolean isShuttingDown() {
        return shuttingDown;
    }

    /** Why all of it is to go down by itself; empty while it is not. */
    public Optional<String> end() {
        return shuttingDown || !statuses.mayBeEnd() ? Optional.empty() : end.reason(statuses.all(), statuses::get);
    }

    /** For the caller of {@code up}, when all is down. */
    public int exitCode() {
        return end.exitCode(statuses.all());
    }

    /** Whether no process of any service is left. */
    public boolean isAllDown() {
        return !statuses.hasAlive();
    }

    /** CLOCK_MONOTONIC at which {@link #tick} has something to do. */
    public OptionalLong nextDeadlineNanos() {
        return statuses.nextDeadlineNanos();
    }

    /** Puts back what an earlier supervisor knew; {@link Event.Resumed} for the service comes next. */
    public void restore(ServiceStatus status) {
        known(statuses.get(status.name()), status.name());
        put(status);
    }

    private void put(ServiceStatus status) {
        statuses.put(status);
        budget = budget.atLeast(status.restarts().budgetNanos());
        if (status.isLeaving()) {
            leaving.add(status.name());
        } else {
            leaving.remove(status.name());
        }
    }

    /** Starts a service and first what it needs. @throws IllegalStateException while shutting down */
    public List<Step> start(ServiceName name, Moment now) {
        requireNotShuttingDown("start \"" + name + "\"");
        return start(name, Requester.PERSON, now);
    }

    private List<Step> start(ServiceName name, Requester by, Moment now) {
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        if (!status(name).isUnderWay()) { // otherwise it needs nothing that it has not got
            for (ServiceName dependency : graph.toStartWith(name)) {
                apply(dependency, new Event.StartRequested(Requester.DEPENDENT), now, steps, changed);
            }
        }
        apply(name, new Event.StartRequested(by), now, steps, changed);
        return settle(now, steps, changed);
    }

    /** All that are not disabled. @throws IllegalStateException while shutting down */
    public List<Step> startAll(Moment now) {
        requireNotShuttingDown("start all services");
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        for (ServiceName name : graph.startOrder()) {
            if (!spec(name).lifecycle().disabled()) {
                Event event = isArmedAtFirst(name) ? new Event.Armed() : new Event.StartRequested(Requester.PERSON);
                apply(name, event, now, steps, changed);
            }
        }
        return settle(now, steps, changed);
    }

    private boolean isArmedAtFirst(ServiceName name) {
        return spec(name).activation().onDemand();
    }

    /** As {@link #startAll} does with one that is new. @throws IllegalStateException as for start */
    public List<Step> startFirst(ServiceName name, Moment now) {
        requireNotShuttingDown("start \"" + name + "\"");
        return isArmedAtFirst(name) ? accept(name, new Event.Armed(), now) : start(name, now);
    }

    /** The trigger of a service has come. Nothing when the service is not waiting for it. */
    public List<Step> activate(ServiceName name, Requester by, Moment now) {
        ServiceStatus status = status(name);
        boolean waits = by == Requester.TIMER ? status.isIdle() : status.isArmed();
        return shuttingDown || !waits ? List.of() : start(name, by, now);
    }

    /** Stops these services, dependents first. Others that depend on them go on, unless they are bound to them. */
    public List<Step> stop(Collection<ServiceName> names, Moment now) {
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        for (ServiceName name : graph.inStopOrder(names)) {
            apply(name, new Event.StopAnnounced(Requester.PERSON), now, steps, changed);
        }
        return settle(now, steps, changed);
    }

    /** Stops this service with SIGKILL, whatever needs it. */
    public List<Step> kill(ServiceName name, Moment now) {
        return accept(name, new Event.StopRequested(Requester.PERSON, true), now);
    }

    /**
     * Restarts these services, stopping dependents first, and starts what they need where that is down.
     *
     * @throws IllegalStateException as for start
     */
    public List<Step> restart(Collection<ServiceName> names, Moment now) {
        names.forEach(name -> requireNotShuttingDown("start \"" + name + "\""));
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        for (ServiceName name : names) {
            for (ServiceName dependency : graph.toStartWith(name)) {
                apply(dependency, new Event.StartRequested(Requester.DEPENDENT), now, steps, changed);
            }
        }
        for (ServiceName name : graph.inStopOrder(names)) {
            apply(name, new Event.RestartAnnounced(Requester.PERSON), now, steps, changed);
        }
        return settle(now, steps, changed);
    }

    /** Stops all in reverse order; AT_ONCE: all with SIGKILL. More haste may come later, and less is no less. */
    public List<Step> shutDown(Haste haste, Moment now) {
        immediately |= haste == Haste.AT_ONCE;
        withinOuterGrace |= haste == Haste.WITHIN_OUTER_GRACE;
        shuttingDown = true;
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        for (ServiceName name : graph.stopOrder()) {
            apply(name, new Event.StopAnnounced(Requester.SHUTDOWN, share(name)), now, steps, changed);
            if (immediately && status(name).state().isAlive()) {
                apply(name, new Event.StopRequested(Requester.SHUTDOWN, true), now, steps, changed);
            }
        }
        return settle(now, steps, changed);
    }

    private double share(ServiceName name) {
        return withinOuterGrace ? outerGrace.share(name) : 1;
    }

    /** An event of one service, and what follows from it for the others. */
    public List<Step> accept(ServiceName name, Event event, Moment now) {
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        if (isTimely(name, event)) {
            apply(name, event, now, steps, changed);
        }
        return settle(now, steps, changed);
    }

    /**
     * From when on the end of the run that is up is followed by another run at once, CLOCK_MONOTONIC; empty where that cannot
     * be said before it comes.
     */
    public OptionalLong freeRestartFrom(ServiceName name) {
        boolean maybe = !shuttingDown && budget.spec().isEmpty() && FreeRestart.mayPrepare(status(name));
        if (!maybe) {
            return OptionalLong.empty();
        }
        ServiceSpec spec = launchedBy(name);
        boolean known = FreeRestart.concerns(spec) && FreeRestart.concerns(spec(name));
        return known ? OptionalLong.of(FreeRestart.fromNanos(spec, status(name))) : OptionalLong.empty();
    }

    /** Whether a launch is under way. */
    public boolean isStarting() {
        return statuses.hasStarting();
    }

    /** After which ends; empty as above, or when there is none. */
    public Optional<FreeRestart> freeRestart(ServiceName name) {
        return freeRestartFrom(name).isPresent()
                ? freeRestarts.of(machine, launchedBy(name), status(name))
                : Optional.empty();
    }

    /** By what the end of the present run is judged. */
    private ServiceSpec launchedBy(ServiceName name) {
        return earlier.of(spec(name), status(name));
    }

    /** Whether this event, were it accepted now, would make another run follow at once. Changes nothing. */
    public boolean restartsAtOnce(ServiceName name, Event event, Moment now) {
        ServiceStatus before = status(name);
        ServiceStatus after =
                machine.step(launchedBy(name), before, event, now, budget).status();
        return !shuttingDown
                && FreeRestart.mayKeep(before)
                && after.state() == ServiceState.WAITING
                && after.wanted() == Wanted.UP
                && FreeRestart.concerns(launchedBy(name))
                && FreeRestart.concerns(spec(name));
    }

    /** Conditions are looked at again when all dependencies are met again. */
    private boolean isTimely(ServiceName name, Event event) {
        return !(event instanceof Event.ConditionsChecked)
                || DependencyOutlook.of(spec(name), this::status) instanceof DependencyOutlook.Met;
    }

    /** Every deadline that has been reached. */
    public List<Step> tick(Moment now) {
        List<Step> steps = new ArrayList<>();
        Deque<ServiceName> changed = new ArrayDeque<>();
        List<ServiceName> due = statuses.due(now.monotonicNanos());
        due.sort(Comparator.comparing(graph::rank));
        for (ServiceName name : due) {
            apply(name, new Event.Tick(), now, steps, changed);
        }
        return settle(now, steps, changed);
    }

    /** Looks at all that waits: once, after all services were restored and resumed. */
    public List<Step> lookAgain(Moment now) {
        return settle(now, new ArrayList<>(), new ArrayDeque<>(graph.startOrder()));
    }

    private void requireNotShuttingDown(String verb) {
        if (shuttingDown) {
            throw new IllegalStateException("cannot " + verb + ": the project is going down");
        }
    }

    /** As its run is ended; whoever is about to end all of it by SIGKILL does not wait for a heap dump. */
    private ServiceSpec specOf(ServiceStatus status) {
        ServiceSpec spec = earlier.of(spec(status.name()), status);
        return withinOuterGrace && outerGrace.isSet() ? spec.withoutHeapDumpGrace() : spec;
    }

    private void apply(ServiceName name, Event event, Moment now, List<Step> steps, Deque<ServiceName> changed) {
        ServiceStatus before = status(name);
        Step step = machine.step(specOf(before), before, event, now, budget);
        if (step.actions().isEmpty() && step.status().equals(before)) {
            return;
        }
        put(step.status());
        steps.add(step);
        if (step.transition().isPresent()
                || !step.status().startOutcome().equals(before.startOutcome())
                || step.status().isLeaving() != before.isLeaving()
                || step.status().health().state() != before.health().state()) {
            changed.add(name);
            changed.addAll(graph.dependents(name));
        }
    }

    /** Carries changes on to those that they concern. Ends, as there are no cycles. */
    private List<Step> settle(Moment now, List<Step> steps, Deque<ServiceName> changed) {
        do {
            while (!changed.isEmpty()) {
                look(changed.remove(), now, steps, changed);
            }
            if (!leaving.isEmpty()) {
                for (ServiceName name : StopOrder.mayEndNow(graph, this::spec, this::status)) {
                    apply(name, end(status(name)), now, steps, changed);
                }
            }
        } while (!changed.isEmpty());
        return steps;
    }

    private void look(ServiceName name, Moment now, List<Step> steps, Deque<ServiceName> changed) {
        ServiceStatus status = status(name);
        if (status.state() == ServiceState.WAITING || status.state() == ServiceState.DEPENDENCY_FAILED) {
            DependencyOutlook outlook = DependencyOutlook.of(spec(name), this::status);
            apply(name, new Event.DependenciesChanged(outlook), now, steps, changed);
        } else if (status.isUnderWay() && !status.isLeaving()) { // else it ends in its turn
            Optional<ExitCause.Dependency> loss = DependencyLoss.of(spec(name), this::status);
            if (loss.isPresent()) {
                apply(name, new Event.DependencyLost(loss.get()), now, steps, changed);
            }
        }
    }

    private Event end(ServiceStatus leaving) {
        if (leaving.wanted() == Wanted.UP) {
            return new Event.RestartRequested(Requester.PERSON);
        }
        return shuttingDown
                ? new Event.StopRequested(Requester.SHUTDOWN, immediately, share(leaving.name()))
                : new Event.StopRequested(Requester.PERSON, immediately);
    }

    private static <T> T known(T value, ServiceName name) {
        if (value == null) {
            throw new IllegalArgumentException("no service \"" + name + "\"");
        }
        return value;
    }
}
