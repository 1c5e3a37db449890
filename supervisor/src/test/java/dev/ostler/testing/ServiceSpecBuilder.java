package dev.ostler.testing;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.ActivationSpec;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.LimitsSpec;
import dev.ostler.spec.LogSpec;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.PrivilegeSpec;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.StopSpec;
import dev.ostler.spec.Trigger;
import dev.ostler.spec.UlimitSpec;
import dev.ostler.spec.UserSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A service as a test wants it: {@code /bin/true} in {@code /srv}, and each further item on a line of its own. */
public final class ServiceSpecBuilder {
    private final String name;
    private final List<EnvironmentVariable> environment = new ArrayList<>();
    private final List<Located<String>> groupAdd = new ArrayList<>();
    private final List<UlimitSpec> ulimits = new ArrayList<>();
    private final List<ResourceItem> resources = new ArrayList<>();
    private List<String> command = List.of("/bin/true");
    private CgroupSpec cgroup = CgroupSpec.NONE;
    private Optional<HealthSpec> health = Optional.empty();
    private SandboxSpec sandbox = SandboxSpec.NONE;
    private Optional<UserSpec> user = Optional.empty();
    private Optional<Located<Integer>> umask = Optional.empty();
    private Optional<Located<Integer>> nice = Optional.empty();
    private Optional<Located<Integer>> oomScoreAdj = Optional.empty();
    private Optional<Located<List<Integer>>> cpuAffinity = Optional.empty();
    private Optional<Located<Set<String>>> keep = Optional.empty();
    private Optional<Located<Set<String>>> securebits = Optional.empty();
    private Optional<Located<Boolean>> noNewPrivs = Optional.empty();
    private Optional<Located<Signal>> deathSignal = Optional.empty();

    private Optional<ReadySpec> ready = Optional.empty();
    private Optional<NotifySpec> notify = Optional.empty();

    private List<SocketSpec> sockets = List.of();

    private ServiceSpecBuilder(String name) {
        this.name = name;
    }

    public static ServiceSpecBuilder service(String name) {
        return new ServiceSpecBuilder(name);
    }

    public ServiceSpecBuilder command(String... words) {
        command = List.of(words);
        return this;
    }

    public ServiceSpecBuilder environment(String variable, String value) {
        environment.add(new EnvironmentVariable(variable, value, false, origin(5, "environment")));
        return this;
    }

    public ServiceSpecBuilder hiddenEnvironment(String variable, String value) {
        environment.add(new EnvironmentVariable(variable, value, true, origin(5, "environment")));
        return this;
    }

    public ServiceSpecBuilder user(String user) {
        return user(user, Optional.empty(), IfUnsupported.FAIL);
    }

    public ServiceSpecBuilder user(String user, Optional<String> group, IfUnsupported ifUnsupported) {
        this.user = Optional.of(new UserSpec(user, group, ifUnsupported, origin(9, "user")));
        return this;
    }

    public ServiceSpecBuilder groupAdd(String group) {
        groupAdd.add(new Located<>(group, origin(10, "group_add[" + groupAdd.size() + "]")));
        return this;
    }

    public ServiceSpecBuilder umask(int mask) {
        umask = Optional.of(new Located<>(mask, origin(11, "umask")));
        return this;
    }

    public ServiceSpecBuilder ulimit(UlimitSpec.Resource resource, long soft, long hard) {
        ulimits.add(new UlimitSpec(resource, soft, hard, origin(12, "ulimits")));
        return this;
    }

    public ServiceSpecBuilder nice(int value) {
        nice = Optional.of(new Located<>(value, origin(13, "nice")));
        return this;
    }

    public ServiceSpecBuilder oomScoreAdj(int value) {
        oomScoreAdj = Optional.of(new Located<>(value, origin(14, "oom_score_adj")));
        return this;
    }

    public ServiceSpecBuilder cpuAffinity(Integer... cpus) {
        cpuAffinity = Optional.of(new Located<>(List.of(cpus), origin(15, "cpu_affinity")));
        return this;
    }

    /** @param item made with an origin on line 20 */
    public ServiceSpecBuilder resource(Function<Origin, ResourceItem> item, String key) {
        resources.add(item.apply(origin(20, key)));
        return this;
    }

    public ServiceSpecBuilder keep(String... capabilities) {
        keep = Optional.of(new Located<>(Set.of(capabilities), origin(16, "capabilities.keep")));
        return this;
    }

    public ServiceSpecBuilder securebits(String... names) {
        securebits = Optional.of(new Located<>(Set.of(names), origin(17, "securebits")));
        return this;
    }

    public ServiceSpecBuilder noNewPrivs(boolean on) {
        noNewPrivs = Optional.of(new Located<>(on, origin(18, "no_new_privs")));
        return this;
    }

    public ServiceSpecBuilder deathSignal(Signal signal) {
        deathSignal = Optional.of(new Located<>(signal, origin(19, "death_signal")));
        return this;
    }

    public ServiceSpecBuilder cgroup(CgroupSpec cgroup) {
        this.cgroup = cgroup;
        return this;
    }

    public ServiceSpecBuilder health(HealthSpec spec) {
        health = Optional.of(spec);
        return this;
    }

    public ServiceSpecBuilder sandbox(SandboxSpec sandbox) {
        this.sandbox = sandbox;
        return this;
    }

    public ServiceSpecBuilder ready(ReadySpec.Proof proof) {
        ready = Optional.of(new ReadySpec(proof, Duration.ofSeconds(30), origin(9, "ready")));
        return this;
    }

    /** @param watchdog zero = none */
    public ServiceSpecBuilder notify(NotifySpec.Access access, Duration watchdog) {
        Optional<Located<Duration>> period =
                watchdog.isZero() ? Optional.empty() : Optional.of(new Located<>(watchdog, origin(10, "watchdog")));
        notify = Optional.of(new NotifySpec(access, period, Optional.empty()));
        return this;
    }

    public ServiceSpecBuilder storeMax(int descriptors) {
        Located<Integer> max = new Located<>(descriptors, origin(21, "file_descriptor_store_max"));
        notify = Optional.of(new NotifySpec(NotifySpec.Access.ALL, Optional.empty(), Optional.of(max)));
        return this;
    }

    public ServiceSpecBuilder sockets(SocketSpec... opened) {
        sockets = List.of(opened);
        return this;
    }

    public ServiceSpec build() {
        return new ServiceSpec(
                new ServiceName(name),
                new Origin("ostler.yaml", 2, 3, "services." + name),
                new ProcessSpec(
                        new Located<>(command, origin(3, "command")),
                        environment,
                        new Located<>(Path.of("/srv"), origin(4, "working_dir")),
                        user,
                        groupAdd,
                        umask,
                        List.of()),
                new LimitsSpec(ulimits, nice, oomScoreAdj, cpuAffinity, resources),
                cgroup,
                new PrivilegeSpec(keep, securebits, noNewPrivs, deathSignal),
                sandbox,
                LifecycleSpec.DEFAULT,
                List.of(),
                ready,
                health,
                notify,
                new ActivationSpec(sockets, new Trigger.Boot(), List.of()),
                RestartSpec.DEFAULT,
                StopSpec.DEFAULT,
                Optional.empty(),
                LogSpec.DEFAULT);
    }

    private Origin origin(int line, String key) {
        return new Origin("ostler.yaml", line, 5, "services." + name + "." + key);
    }
}
