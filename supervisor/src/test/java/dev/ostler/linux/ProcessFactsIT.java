package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** What the kernel says about a running process, by every way there is to ask. */
class ProcessFactsIT {
    private static final Pid NOBODY = new Pid(Integer.MAX_VALUE);

    @Test
    void statusDescribesThisProcess() throws Exception {
        ProcStatus status = ProcStatus.of(Ids.pid());

        assertThat(status.pid()).isEqualTo(Ids.pid().value());
        assertThat(status.uids().effective()).isEqualTo(Ids.effectiveUid());
        assertThat(status.uids().real()).isEqualTo(Ids.uid());
        assertThat(status.gids().effective()).isEqualTo(Ids.effectiveGid());
        assertThat(status.gids().real()).isEqualTo(Ids.gid());
        assertThat(status.groups()).containsExactlyElementsOf(Ids.groups());
        assertThat(status.threads()).isGreaterThan(1);
        assertThat(status.noNewPrivs()).isEqualTo(Prctl.noNewPrivs());
        assertThat(status.capabilities()).isEqualTo(Capabilities.of(Ids.pid()));
        assertThat((long)
                        ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L))
                .isEqualTo(status.parent());
    }

    @Test
    void aChildIsSeenWithItsParentAndCpus() throws Exception {
        int cpu = Affinity.of(Ids.pid()).nextSetBit(0);
        try (Child child = Child.start("taskset", "-c", Integer.toString(cpu), "sleep", "60")) {
            BitSet expected = new BitSet();
            expected.set(cpu);
            while (!Affinity.of(child.pid()).equals(expected)) {
                assertThat(child.process().isAlive()).isTrue();
                Thread.onSpinWait();
            }

            ProcStatus status = ProcStatus.of(child.pid());
            assertThat(status.parent()).isEqualTo(Ids.pid().value());
            assertThat(status.cpusAllowed()).isEqualTo(expected);
        }
    }

    @Test
    void aZombieHasAStatusToo() throws Exception {
        try (Child child = Child.start("sh", "-c", "sleep 0 & echo $!; exec sleep 60")) {
            Pid zombie = new Pid(Integer.parseInt(child.process().inputReader().readLine()));
            while (ProcStatus.of(zombie).state() != 'Z') {
                assertThat(child.process().isAlive()).isTrue();
                Thread.onSpinWait();
            }

            assertThat(ProcStatus.of(zombie).namespacePids()).contains(zombie.value());
            assertThat(ProcStatus.of(zombie).umask()).isEqualTo(-1);
        }
    }

    @Test
    void theBoundingSetOfStatusAgreesWithPrctl() {
        long bounding = Capabilities.of(Ids.pid()).bounding();

        for (int capability = 0; capability <= Capabilities.last(); capability++) {
            assertThat(Prctl.boundingSetHas(capability)).isEqualTo((bounding & 1L << capability) != 0);
        }
        assertThatThrownBy(() -> Prctl.boundingSetHas(63))
                .hasMessage("prctl(PR_CAPBSET_READ) \"63\": EINVAL (Invalid argument)");
    }

    @Test
    void theNamesCoverWhatThisKernelKnows() {
        assertThat(Capabilities.last()).isLessThan(Capabilities.names().size());
    }

    @Test
    void thePersonalSettingsOfThisThreadAreRead() {
        int prSetDeathSignal = 1;
        assertThat(Prctl.keepCaps()).isFalse();
        assertThat(Prctl.childSubreaper()).isFalse();
        assertThat(Prctl.secureBits()).isBetween(0, 0xff);

        var before = Prctl.deathSignal();
        TestLibC.C.prctl(prSetDeathSignal, Signal.CONT.number(), 0, 0, 0);
        assertThat(Prctl.deathSignal()).contains(Signal.CONT);
        TestLibC.C.prctl(prSetDeathSignal, before.map(Signal::number).orElse(0), 0, 0, 0);
        assertThat(Prctl.deathSignal()).isEqualTo(before);
    }

    @Test
    void limitsOfAChildAreRead() throws Exception {
        try (Child child = Child.start("sh", "-c", "ulimit -S -n 77; ulimit -c 0; echo set; exec sleep 60")) {
            assertThat(child.process().getInputStream().read()).isEqualTo('s');

            Rlimits.Limit files = Rlimits.of(child.pid(), LinuxConstants.RLIMIT_NOFILE);
            assertThat(files.soft()).isEqualTo(77);
            assertThat(files.hard())
                    .isEqualTo(
                            Rlimits.of(Ids.pid(), LinuxConstants.RLIMIT_NOFILE).hard());
            assertThat(Rlimits.of(child.pid(), LinuxConstants.RLIMIT_CORE)).hasToString("0/0");
        }
        assertThat(new Rlimits.Limit(1024, LinuxConstants.RLIM_INFINITY)).hasToString("1024/unlimited");
    }

    @Test
    void aProcessThatDoesNotExistIsNamedByEveryCall() {
        assertThatThrownBy(() -> ProcStatus.of(NOBODY))
                .hasMessage("read \"/proc/2147483647/status\": ESRCH (No such process)");
        assertThatThrownBy(() -> Affinity.of(NOBODY))
                .hasMessage("sched_getaffinity \"pid 2147483647\": ESRCH (No such process)");
        assertThatThrownBy(() -> Rlimits.of(NOBODY, LinuxConstants.RLIMIT_CPU))
                .hasMessage("prlimit \"pid 2147483647 resource 0\": ESRCH (No such process)");
    }

    @Test
    void cpusAgreeWithStatus() {
        assertThat(Affinity.of(Ids.pid())).isEqualTo(ProcStatus.of(Ids.pid()).cpusAllowed());
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::statusDescribesThisProcess);
    }
}
