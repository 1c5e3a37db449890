package dev.ostler.service;

import dev.ostler.base.IpAddress;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.ActivationSpec;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.ConditionSpec;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ExitStatuses;
import dev.ostler.spec.ForkingSpec;
import dev.ostler.spec.FreePortsSpec;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.LimitsSpec;
import dev.ostler.spec.LogSpec;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.PrivilegeSpec;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.StopSpec;
import dev.ostler.spec.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Service specs in few words; the defaults have no jitter. */
final class Specs {
    static final StopSpec.Step TERM = new StopSpec.Step.Send(Signal.TERM, StopSpec.Scope.MAIN);
    static final StopSpec.Step TERM_ALL = new StopSpec.Step.Send(Signal.TERM, StopSpec.Scope.ALL);
    static final StopSpec.Step WAIT_10_S = new StopSpec.Step.Wait(Duration.ofSeconds(10));

    private final ServiceName name;
    private final List<Dependency> dependencies = new ArrayList<>();
    private Optional<ReadySpec> ready = Optional.empty();
    private Optional<HealthSpec> health = Optional.empty();
    private Optional<NotifySpec> notify = Optional.empty();
    private ActivationSpec activation = ActivationSpec.NONE;
    private RestartSpec.Policy policy = RestartSpec.Policy.ON_FAILURE;
    private LifecycleSpec lifecycle = LifecycleSpec.DEFAULT;
    private int limit;
    private Optional<Duration> retryAfter = Optional.empty();
    private RestartSpec.OomPolicy oom = RestartSpec.OomPolicy.CONTINUE;
    private ExitStatuses success = ExitStatuses.NONE;
    private StopSpec stop = new StopSpec(List.of(TERM, WAIT_10_S));

    private Specs(ServiceName name) {
        this.name = name;
    }

    static Specs service(String name) {
        return new Specs(new ServiceName(name));
    }

    static ProjectSpec project(Specs... services) {
        return project(Optional.empty(), services);
    }

    static ProjectSpec project(Optional<RestartBudgetSpec> budget, Specs... services) {
        return new ProjectSpec(
                Path.of("/srv"), Arrays.stream(services).map(Specs::spec).toList(), budget, Optional.empty());
    }

    Specs needs(String dependency, Dependency.Condition condition) {
        return needs(dependency, condition, true, false);
    }

    Specs wants(String dependency, Dependency.Condition condition) {
        return needs(dependency, condition, false, false);
    }

    /** As {@code restart: true} says. */
    Specs boundTo(String dependency, Dependency.Condition condition) {
        return needs(dependency, condition, true, true);
    }

    Specs needs(String dependency, Dependency.Condition condition, boolean required, boolean restart) {
        dependencies.add(new Dependency(new ServiceName(dependency), condition, required, restart, Origin.BUILT_IN));
        return this;
    }

    Specs needs(String dependency) {
        return needs(dependency, Dependency.Condition.READY);
    }

    Specs readyWithin(Duration timeout) {
        return readyWithin(timeout, 1);
    }

    Specs readyWithin(Duration timeout, int successes) {
        ready = Optional.of(new ReadySpec(probe(1, successes), timeout, Origin.BUILT_IN));
        return this;
    }

    Specs oneshot(boolean remain) {
        lifecycle = new LifecycleSpec(
                LifecycleSpec.Type.ONESHOT, remain, lifecycle.disabled(), List.of(), lifecycle.hooks());
        return this;
    }

    /** With a timeout of 30 s, and a pid file. */
    Specs forking() {
        lifecycle = new LifecycleSpec(
                LifecycleSpec.Type.FORKING,
                false,
                lifecycle.disabled(),
                List.of(),
                lifecycle.hooks(),
                Optional.of(new ForkingSpec(
                        Optional.of(new Located<>(Path.of("/run/web.pid"), Origin.BUILT_IN)), Duration.ofSeconds(30))));
        return this;
    }

    /** With a timeout of 30 s. */
    Specs hooks(HookSpec.Kind... kinds) {
        Map<HookSpec.Kind, HookSpec> hooks = new HashMap<>(lifecycle.hooks());
        for (HookSpec.Kind kind : kinds) {
            hooks.put(kind, new HookSpec(new Located<>(List.of("true"), Origin.BUILT_IN), Duration.ofSeconds(30)));
        }
        lifecycle = new LifecycleSpec(
                lifecycle.type(), lifecycle.remain(), lifecycle.disabled(), List.of(), hooks, lifecycle.forking());
        return this;
    }

    Specs disabled() {
        lifecycle = new LifecycleSpec(
                lifecycle.type(), lifecycle.remain(), true, List.of(), lifecycle.hooks(), lifecycle.forking());
        return this;
    }

    /** Ready when it says so by sd_notify(3). */
    Specs tellsReadyWithin(Duration timeout) {
        ready = Optional.of(new ReadySpec(new ReadySpec.Notify(), timeout, Origin.BUILT_IN));
        notify =
                notify.or(() -> Optional.of(new NotifySpec(NotifySpec.Access.ALL, Optional.empty(), Optional.empty())));
        return this;
    }

    Specs watchdog(Duration period) {
        Optional<Located<Duration>> located = Optional.of(new Located<>(period, Origin.BUILT_IN));
        notify = Optional.of(new NotifySpec(NotifySpec.Access.ALL, located, Optional.empty()));
        return this;
    }

    /** Started when something comes in on its socket. */
    Specs startedByTraffic() {
        SocketSpec.Options options = new SocketSpec.Options(
                1, Optional.empty(), false, Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), false);
        SocketSpec.Address address =
                new SocketSpec.Inet(true, IpAddress.parse("127.0.0.1").orElseThrow(), 8080);
        activation = new ActivationSpec(
                List.of(new SocketSpec("http", address, options, false, Origin.BUILT_IN)),
                new Trigger.Traffic(),
                activation.conditions());
        return this;
    }

    /** One that only a test says what becomes of. */
    Specs condition() {
        ConditionSpec link = new ConditionSpec(ConditionSpec.Kind.LINK_UP, "eth0", Origin.BUILT_IN);
        activation = new ActivationSpec(activation.sockets(), activation.trigger(), List.of(link));
        return this;
    }

    Specs startedBy(Trigger trigger) {
        activation = new ActivationSpec(activation.sockets(), trigger, activation.conditions());
        return this;
    }

    /** Unhealthy after {@code failures} in a row; those of the start period do not count. */
    Specs health(int failures, Duration startPeriod, HealthSpec.Action action) {
        HealthSpec.Dump[] none = {};
        return health(failures, startPeriod, action, none);
    }

    /** The same, from the start on, with a dump before the restart when one is given. */
    Specs health(int failures, HealthSpec.Dump... dump) {
        return health(failures, Duration.ZERO, HealthSpec.Action.RESTART, dump);
    }

    private Specs health(int failures, Duration startPeriod, HealthSpec.Action action, HealthSpec.Dump... dump) {
        health = Optional.of(new HealthSpec(
                probe(failures, 1), startPeriod, action, Arrays.stream(dump).findFirst(), Origin.BUILT_IN));
        return this;
    }

    private static ProbeSpec probe(int failures, int successes) {
        ProbeCheck check = new ProbeCheck.Tcp("127.0.0.1", 8080);
        return new ProbeSpec(check, Duration.ofMillis(100), Duration.ofSeconds(1), failures, successes, 0);
    }

    Specs restart(RestartSpec.Policy what) {
        policy = what;
        return this;
    }

    /** At most {@code count} restarts in 60 s. */
    Specs limit(int count) {
        limit = count;
        return this;
    }

    /** At most {@code count} restarts in 60 s, and another try after a cool-down. */
    Specs limit(int count, Duration coolDown) {
        retryAfter = Optional.of(coolDown);
        return limit(count);
    }

    Specs successAfter(int code) {
        success = new ExitStatuses(Set.of(code), Set.of());
        return this;
    }

    Specs stopsUponOom() {
        oom = RestartSpec.OomPolicy.STOP;
        return this;
    }

    Specs stop(StopSpec.Step... steps) {
        stop = new StopSpec(List.of(steps), stop.heapDumpGrace());
        return this;
    }

    Specs heapDumpGrace(Duration grace) {
        stop = new StopSpec(stop.steps(), grace);
        return this;
    }

    ServiceSpec spec() {
        return new ServiceSpec(
                name,
                Origin.BUILT_IN,
                process(),
                limits(),
                CgroupSpec.NONE,
                privilege(),
                SandboxSpec.NONE,
                lifecycle,
                dependencies,
                ready,
                health,
                notify,
                activation,
                restart(),
                stop,
                Optional.empty(),
                LogSpec.DEFAULT);
    }

    private RestartSpec restart() {
        RestartSpec simple = restart(policy, 0, limit);
        RestartSpec.Limit own = new RestartSpec.Limit(limit, simple.limit().within(), retryAfter);
        return new RestartSpec(
                policy,
                success,
                ExitStatuses.NONE,
                simple.backoff(),
                own,
                simple.stableAfter(),
                oom,
                FreePortsSpec.NONE);
    }

    static RestartSpec restart(RestartSpec.Policy policy, double jitter, int limit) {
        return new RestartSpec(
                policy,
                ExitStatuses.NONE,
                ExitStatuses.NONE,
                new RestartSpec.Backoff(Duration.ofMillis(100), Duration.ofSeconds(30), 2, jitter),
                new RestartSpec.Limit(limit, Duration.ofSeconds(60), Optional.empty()),
                Duration.ofSeconds(10),
                RestartSpec.OomPolicy.CONTINUE,
                FreePortsSpec.NONE);
    }

    private static ProcessSpec process() {
        return new ProcessSpec(
                new Located<>(List.of("true"), Origin.BUILT_IN),
                List.of(),
                new Located<>(Path.of("/srv"), Origin.BUILT_IN),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static LimitsSpec limits() {
        return new LimitsSpec(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    private static PrivilegeSpec privilege() {
        return new PrivilegeSpec(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
