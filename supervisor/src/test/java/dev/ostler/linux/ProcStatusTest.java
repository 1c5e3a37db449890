package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProcStatusTest {
    private static final String TEXT = """
            Name:\tweb: odd name
            Umask:\t0022
            State:\tS (sleeping)
            Tgid:\t4711
            Pid:\t4711
            PPid:\t42
            TracerPid:\t0
            Uid:\t1000\t1001\t1002\t4294967294
            Gid:\t7\t7\t7\t7
            FDSize:\t64
            Groups:\t7 20 4000000000\s
            NStgid:\t4711\t5
            NSpid:\t4711\t5
            Threads:\t12
            SigBlk:\t0000000000004001
            SigIgn:\t0000000000001000
            SigCgt:\tfffffffe7bfbfeff
            CapInh:\t0000000000000400
            CapPrm:\t0000000000000401
            CapEff:\t0000000000000402
            CapBnd:\t000001fffeffffff
            CapAmb:\t0000000000000000
            NoNewPrivs:\t1
            Seccomp:\t2
            Cpus_allowed:\t3
            Cpus_allowed_list:\t0-1
            """;

    @Test
    void readsEveryField() {
        ProcStatus status = ProcStatus.parse(TEXT);

        assertThat(status.name()).isEqualTo("web: odd name");
        assertThat(status.umask()).isEqualTo(022);
        assertThat(status.state()).isEqualTo('S');
        assertThat(status.pid()).isEqualTo(4711);
        assertThat(status.parent()).isEqualTo(42);
        assertThat(status.uids()).isEqualTo(new ProcStatus.Quad(1000, 1001, 1002, 4294967294L));
        assertThat(status.uids().isAll(1000)).isFalse();
        assertThat(status.gids().isAll(7)).isTrue();
        assertThat(status.groups()).containsExactly(7L, 20L, 4000000000L);
        assertThat(status.namespacePids()).containsExactly(4711, 5);
        assertThat(status.threads()).isEqualTo(12);
        assertThat(status.signalsBlocked()).isEqualTo(0x4001);
        assertThat(status.signalsIgnored()).isEqualTo(0x1000);
        assertThat(status.signalsCaught()).isEqualTo(0xfffffffe7bfbfeffL);
        assertThat(status.capabilities()).isEqualTo(new CapabilitySets(0x402, 0x401, 0x400, 0x1fffeffffffL, 0));
        assertThat(status.noNewPrivs()).isTrue();
        assertThat(status.seccomp()).isEqualTo(2);
        assertThat(status.cpusAllowed().stream()).containsExactly(0, 1);
    }

    @Test
    void anEmptyGroupListIsNoGroup() {
        assertThat(ProcStatus.parse(TEXT.replace("7 20 4000000000 ", "")).groups())
                .isEmpty();
    }

    @Test
    void aZombieHasNoUmask() {
        assertThat(ProcStatus.parse(TEXT.replace("Umask:\t0022\n", "")).umask()).isEqualTo(-1);
    }

    @Test
    void aMissingLineIsNamed() {
        assertThatThrownBy(() -> ProcStatus.parse(TEXT.replace("CapAmb", "Other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no line \"CapAmb\"");
    }

    @Test
    void theCpuSetCannotBeChangedFromOutside() {
        ProcStatus status = ProcStatus.parse(TEXT);
        status.cpusAllowed().clear();

        assertThat(status.cpusAllowed().cardinality()).isEqualTo(2);
    }
}
