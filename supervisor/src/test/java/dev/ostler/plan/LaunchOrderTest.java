package dev.ostler.plan;

import static dev.ostler.plan.LaunchOrder.AFFINITY;
import static dev.ostler.plan.LaunchOrder.AMBIENT;
import static dev.ostler.plan.LaunchOrder.BOUNDING;
import static dev.ostler.plan.LaunchOrder.CAPSET;
import static dev.ostler.plan.LaunchOrder.CAPSET_AFTER_SECCOMP;
import static dev.ostler.plan.LaunchOrder.CAPSET_FINAL;
import static dev.ostler.plan.LaunchOrder.CGROUP_JOIN;
import static dev.ostler.plan.LaunchOrder.CGROUP_NAMESPACE;
import static dev.ostler.plan.LaunchOrder.CHDIR;
import static dev.ostler.plan.LaunchOrder.COREDUMP_FILTER;
import static dev.ostler.plan.LaunchOrder.CORE_SCHED;
import static dev.ostler.plan.LaunchOrder.DEATH_SIGNAL;
import static dev.ostler.plan.LaunchOrder.EXECVE;
import static dev.ostler.plan.LaunchOrder.FDS;
import static dev.ostler.plan.LaunchOrder.GID;
import static dev.ostler.plan.LaunchOrder.GROUPS;
import static dev.ostler.plan.LaunchOrder.HOSTNAME;
import static dev.ostler.plan.LaunchOrder.HOST_NETWORK;
import static dev.ostler.plan.LaunchOrder.INIT;
import static dev.ostler.plan.LaunchOrder.IOPRIO;
import static dev.ostler.plan.LaunchOrder.JOIN;
import static dev.ostler.plan.LaunchOrder.JOIN_PROCESS;
import static dev.ostler.plan.LaunchOrder.KEEPCAPS_OFF;
import static dev.ostler.plan.LaunchOrder.KEEPCAPS_ON;
import static dev.ostler.plan.LaunchOrder.KEYRING;
import static dev.ostler.plan.LaunchOrder.LANDLOCK;
import static dev.ostler.plan.LaunchOrder.LOOPBACK;
import static dev.ostler.plan.LaunchOrder.MASKS;
import static dev.ostler.plan.LaunchOrder.MDWE;
import static dev.ostler.plan.LaunchOrder.MOUNTS;
import static dev.ostler.plan.LaunchOrder.NAMESPACES;
import static dev.ostler.plan.LaunchOrder.NETWORK;
import static dev.ostler.plan.LaunchOrder.NICE;
import static dev.ostler.plan.LaunchOrder.NOTIFY_SOCKET;
import static dev.ostler.plan.LaunchOrder.NO_NEW_PRIVS;
import static dev.ostler.plan.LaunchOrder.NUMA;
import static dev.ostler.plan.LaunchOrder.OOM_SCORE_ADJ;
import static dev.ostler.plan.LaunchOrder.OWN_PID;
import static dev.ostler.plan.LaunchOrder.PIVOT;
import static dev.ostler.plan.LaunchOrder.RAISED_RLIMIT;
import static dev.ostler.plan.LaunchOrder.RLIMIT;
import static dev.ostler.plan.LaunchOrder.ROOT;
import static dev.ostler.plan.LaunchOrder.SCHED_POLICY;
import static dev.ostler.plan.LaunchOrder.SCHED_POLICY_INSIDE;
import static dev.ostler.plan.LaunchOrder.SECCOMP;
import static dev.ostler.plan.LaunchOrder.SECUREBITS;
import static dev.ostler.plan.LaunchOrder.SESSION;
import static dev.ostler.plan.LaunchOrder.SETSID;
import static dev.ostler.plan.LaunchOrder.SIGNALS;
import static dev.ostler.plan.LaunchOrder.SYSCTL;
import static dev.ostler.plan.LaunchOrder.TERMINAL;
import static dev.ostler.plan.LaunchOrder.TERMINAL_INPUT;
import static dev.ostler.plan.LaunchOrder.TERMINAL_OF_HOST;
import static dev.ostler.plan.LaunchOrder.THP;
import static dev.ostler.plan.LaunchOrder.TIMER_SLACK;
import static dev.ostler.plan.LaunchOrder.TIME_OFFSETS;
import static dev.ostler.plan.LaunchOrder.TSC;
import static dev.ostler.plan.LaunchOrder.UID;
import static dev.ostler.plan.LaunchOrder.UMASK;
import static dev.ostler.plan.LaunchOrder.VERIFY_MOUNTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UlimitSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchOrderTest {
    @Test
    void theOrderIsThisOne() {
        assertThat(LaunchOrder.values())
                .containsExactly(
                        NAMESPACES,
                        HOST_NETWORK,
                        CGROUP_JOIN,
                        JOIN_PROCESS,
                        FDS,
                        SIGNALS,
                        SETSID,
                        TERMINAL_OF_HOST,
                        OOM_SCORE_ADJ,
                        COREDUMP_FILTER,
                        TIMER_SLACK,
                        RAISED_RLIMIT,
                        SCHED_POLICY,
                        NICE,
                        AFFINITY,
                        NUMA,
                        IOPRIO,
                        CORE_SCHED,
                        JOIN,
                        TIME_OFFSETS,
                        CGROUP_NAMESPACE,
                        LOOPBACK,
                        NETWORK,
                        HOSTNAME,
                        SYSCTL,
                        ROOT,
                        MOUNTS,
                        MASKS,
                        PIVOT,
                        VERIFY_MOUNTS,
                        TERMINAL,
                        INIT,
                        SESSION,
                        SCHED_POLICY_INSIDE,
                        BOUNDING,
                        KEEPCAPS_ON,
                        GROUPS,
                        GID,
                        UID,
                        CAPSET,
                        AMBIENT,
                        KEEPCAPS_OFF,
                        SECUREBITS,
                        CAPSET_FINAL,
                        KEYRING,
                        DEATH_SIGNAL,
                        CHDIR,
                        UMASK,
                        RLIMIT,
                        NO_NEW_PRIVS,
                        LANDLOCK,
                        NOTIFY_SOCKET,
                        THP,
                        MDWE,
                        TSC,
                        OWN_PID,
                        TERMINAL_INPUT,
                        SECCOMP,
                        CAPSET_AFTER_SECCOMP,
                        EXECVE);
    }

    @Test
    void stepsOnlyGrow() {
        List<Integer> steps =
                Arrays.stream(LaunchOrder.values()).map(LaunchOrder::step).toList();

        assertThat(steps).isSorted();
    }

    @Test
    void everyPlaceHasAReason() {
        assertThat(LaunchOrder.values())
                .allSatisfy(place -> assertThat(place.reason()).isNotBlank());
    }

    @Test
    void everyOpHasAPlace() {
        EnumSet<OpKind> placed = EnumSet.noneOf(OpKind.class);
        Arrays.stream(LaunchOrder.values()).map(LaunchOrder::kinds).forEach(placed::addAll);

        assertThat(placed).containsExactlyInAnyOrder(OpKind.values());
    }

    @Test
    void whatNeedsRightsComesBeforeTheUserChange() {
        assertThat(List.of(OOM_SCORE_ADJ, RAISED_RLIMIT, NICE, AFFINITY, BOUNDING, KEEPCAPS_ON, GROUPS, GID))
                .allSatisfy(place -> assertThat(place).isLessThan(UID));
    }

    @Test
    void whatTheUserChangeUndoesComesAfterIt() {
        assertThat(List.of(CAPSET, AMBIENT, KEEPCAPS_OFF, DEATH_SIGNAL, CHDIR))
                .allSatisfy(place -> assertThat(place).isGreaterThan(UID));
    }

    @Test
    void lowLimitsComeAfterEverythingThatCouldBreakOfThem() {
        assertThat(EnumSet.range(RLIMIT, EXECVE))
                .containsExactly(
                        RLIMIT,
                        NO_NEW_PRIVS,
                        LANDLOCK,
                        NOTIFY_SOCKET,
                        THP,
                        MDWE,
                        TSC,
                        OWN_PID,
                        TERMINAL_INPUT,
                        SECCOMP,
                        CAPSET_AFTER_SECCOMP,
                        EXECVE);
    }

    @Test
    void aCompiledPlanFollowsTheOrder() {
        ServiceSpec service = ServiceSpecBuilder.service("web")
                .deathSignal(Signal.KILL)
                .securebits("noroot")
                .keep("NET_BIND_SERVICE")
                .cpuAffinity(1)
                .oomScoreAdj(-100)
                .nice(-5)
                .ulimit(UlimitSpec.Resource.NOFILE, 512, 8192)
                .ulimit(UlimitSpec.Resource.CORE, 0, 0)
                .umask(027)
                .user("app")
                .build();

        Plan plan = Compilations.compiled(service, FakeHostFacts.root()).plan();

        assertThat(plan.ops().stream().map(planned -> planned.op().kind()))
                .containsExactly(
                        OpKind.FDS,
                        OpKind.SIGNALS,
                        OpKind.SETSID,
                        OpKind.OOM_SCORE_ADJ,
                        OpKind.RLIMIT,
                        OpKind.NICE,
                        OpKind.AFFINITY,
                        OpKind.BOUNDING,
                        OpKind.KEEPCAPS,
                        OpKind.GROUPS,
                        OpKind.GID,
                        OpKind.UID,
                        OpKind.CAPSET,
                        OpKind.AMBIENT,
                        OpKind.KEEPCAPS,
                        OpKind.SECUREBITS,
                        OpKind.CAPSET,
                        OpKind.KEYRING,
                        OpKind.DEATH_SIGNAL,
                        OpKind.CHDIR,
                        OpKind.UMASK,
                        OpKind.RLIMIT,
                        OpKind.RLIMIT,
                        OpKind.NO_NEW_PRIVS,
                        OpKind.EXECVE);
    }
}
