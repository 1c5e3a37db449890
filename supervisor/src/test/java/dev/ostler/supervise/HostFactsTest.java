package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.linux.Accounts;
import dev.ostler.linux.Landlock;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.spec.UlimitSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostFactsTest {
    @Test
    void anIdMapHasItsRangesAndNothingElse() {
        IdMap map = IdMap.parse("         0       1000          1\n         1     100000      65536\n");

        assertThat(map.has(0)).isTrue();
        assertThat(map.has(65536)).isTrue();
        assertThat(map.has(65537)).isFalse();
    }

    @Test
    void theCpusetIsSoughtInBothVersionsOfCgroups() {
        assertThat(Cpuset.candidates("8:cpuset,cpu:/a\n0::/b\n"))
                .containsExactly(
                        Path.of("/sys/fs/cgroup/cpuset/a/cpuset.effective_cpus"),
                        Path.of("/sys/fs/cgroup/b/cpuset.cpus.effective"),
                        Path.of("/sys/fs/cgroup/unified/b/cpuset.cpus.effective"));
    }

    @Test
    void thisHostAnswersEveryQuestion() {
        SystemHostFacts facts = SystemHostFacts.capture(new Accounts());

        assertThat(facts.onlineCpus()).isNotEmpty().containsAll(facts.allowedCpus());
        assertThat(facts.isUserMapped(facts.uid())).isTrue();
        assertThat(facts.isGroupMapped(facts.gid())).isTrue();
        assertThat(facts.lastCapability()).isBetween(36, 62);
        if (Files.exists(Path.of("/proc/sys/kernel/seccomp/actions_avail"))) {
            assertThat(facts.seccompActions()).contains("allow", "errno", "kill_thread");
        }
        assertThat(facts.nice()).isBetween(-20, 19);
        assertThat(facts.oomScoreAdj()).isBetween(-1000, 1000);
        assertThat(facts.limit(UlimitSpec.Resource.NOFILE).hard()).isNotZero();
        assertThat(facts.landlock()).isEqualTo(Landlock.support());
        assertThat(facts.user("root").orElseThrow().uid()).isZero();
        assertThat(facts.user("no-such-user-here")).isEmpty();
        assertThat(facts.user("4000000000")).isEmpty();
        assertThat(facts.group("root")).contains(0L);
        assertThat(facts.groupsOf(facts.user("root").orElseThrow())).contains(0L);
        assertThat(facts.executable(Path.of("/bin/sh"))).isEqualTo(Executable.EXECUTABLE);
        assertThat(facts.executable(Path.of("/etc"))).isEqualTo(Executable.NOT_EXECUTABLE);
        assertThat(facts.executable(Path.of("/no/such/file"))).isEqualTo(Executable.MISSING);
    }

    @Test
    void releasesOfTheKernel() {
        assertThat(SystemHostFacts.isAtLeast62("6.2.0-1-amd64")).isTrue();
        assertThat(SystemHostFacts.isAtLeast62("6.18.44")).isTrue();
        assertThat(SystemHostFacts.isAtLeast62("7.0")).isTrue();
        assertThat(SystemHostFacts.isAtLeast62("6.1.170")).isFalse();
        assertThat(SystemHostFacts.isAtLeast62("5.14.0-503.el9")).isFalse();
        assertThat(SystemHostFacts.isAtLeast62("unknown")).isFalse();
    }
}
