package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.linux.Errno;
import dev.ostler.plan.CgroupVersion;
import dev.ostler.plan.KernelFeature;
import dev.ostler.spec.KernelCondition;
import dev.ostler.supervise.KernelConditions;
import dev.ostler.testing.FakeHostFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Kernels other than this one: what each lacks, and what that takes away. */
class DiagnosisTest {
    private static final KernelAnswers NEW =
            new KernelAnswers(Optional.of("NPTL 2.41"), Optional.empty(), Optional.empty(), Optional.empty());
    private static final KernelAnswers OLD = new KernelAnswers(
            Optional.empty(), Optional.of(Errno.ENOSYS), Optional.of(Errno.EPERM), Optional.of(Errno.ENODEV));

    private final Map<String, String> files = new HashMap<>();

    DiagnosisTest() {
        for (String name : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup")) {
            files.put("/proc/self/ns/" + name, name + ":[1]");
        }
        files.put("/proc/sys/kernel/osrelease", "5.10.0");
    }

    private Optional<String> file(Path path) {
        return Optional.ofNullable(files.get(path.toString()));
    }

    private List<String> missing(FakeHostFacts facts, KernelAnswers answers) {
        return Diagnosis.of(facts, answers, this::file).stream()
                .filter(item -> !item.ok())
                .map(item -> item.name() + ": " + item.missing().orElseThrow())
                .toList();
    }

    @Test
    void namesWhatEachMissingThingTakesAway() {
        FakeHostFacts facts = FakeHostFacts.plainUser()
                .withoutBounding(24)
                .withoutUserNamespaces("user.max_user_namespaces is 0")
                .withControllers(CgroupVersion.V1, "memory");

        assertThat(missing(facts, OLD))
                .contains(
                        "bounding set: raised hard limits, lower oom_score_adj",
                        "user namespaces: namespaces, mounts and networks of sandboxes",
                        "time namespaces: sandbox.namespaces: [time]",
                        "newuidmap: id maps of several ids without root",
                        "/etc/subuid: id maps of several ids without root",
                        "cgroup layout: limits of a service as a whole",
                        "cgroup pids: pids_limit",
                        "cgroup blkio: blkio_config",
                        "pressure: pressure in status --json",
                        "statmount: mounts by id in audit, which reads /proc/PID/mountinfo instead")
                .noneMatch(line -> line.startsWith("cgroup memory"));
    }

    @Test
    void aConditionOnTheKernelIsAnItemAndGetsTheSameAnswer() {
        FakeHostFacts rich =
                FakeHostFacts.root().withControllers(CgroupVersion.V2, "memory", "pids", "cpu", "cpuset", "hugetlb");
        FakeHostFacts poor = FakeHostFacts.plainUser()
                .withoutLandlock(Errno.ENOSYS)
                .withoutLibseccomp()
                .withSeccompActions()
                .withoutUserNamespaces("user.max_user_namespaces is 0");
        for (KernelFeature feature : KernelFeature.values()) {
            poor.without(feature, "not here");
        }

        for (FakeHostFacts facts : List.of(rich, poor)) {
            Map<String, Boolean> items = new HashMap<>();
            Diagnosis.of(facts, NEW, this::file).forEach(item -> items.put(item.name(), item.ok()));
            for (KernelCondition condition : KernelCondition.values()) {
                assertThat(items)
                        .containsEntry(
                                condition.toString(),
                                KernelConditions.obstacle(condition, facts).isEmpty());
            }
        }
    }

    @Test
    void whatIsThereIsTold() {
        files.put("/proc/self/cgroup", "0::/a");

        List<Diagnosis.Item> items =
                Diagnosis.of(FakeHostFacts.root().withControllers(CgroupVersion.V2, "pids", "io"), NEW, this::file);

        assertThat(items)
                .contains(
                        new Diagnosis.Item("bounding set", "all capabilities", Optional.empty()),
                        new Diagnosis.Item("cgroup layout", "version 2", Optional.empty()),
                        new Diagnosis.Item("cgroup io", "version 2", Optional.empty()),
                        new Diagnosis.Item("threads", "NPTL 2.41", Optional.empty()),
                        new Diagnosis.Item("cgroup pids", "version 2", Optional.empty()))
                .anyMatch(item -> item.name().equals("landlock") && item.value().startsWith("ABI 7"));
    }

    @Test
    void theLayoutOfCgroupsIsNamed() {
        files.put("/proc/self/cgroup", "9:name=systemd:/\n4:cpu,cpuacct:/\n0::/");
        assertThat(value("cgroup layout")).isEqualTo("hybrid: versions 1 and 2");

        files.put("/proc/self/cgroup", "4:memory:/");
        assertThat(value("cgroup layout")).isEqualTo("version 1");

        files.put("/proc/self/cgroup", "9:name=systemd:/\n0::/");
        assertThat(value("cgroup layout")).isEqualTo("version 2");
    }

    private String value(String name) {
        return Diagnosis.of(FakeHostFacts.root(), NEW, this::file).stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void j11_coresThatGoToAProgramOfTheHostArePromisedToNobody() {
        files.put("/proc/sys/kernel/core_pattern", "|/usr/bin/catcher");
        assertThat(missing(FakeHostFacts.root(), NEW))
                .contains("core files: they go to a program of the host, which decides where they are kept");

        files.put("/proc/sys/kernel/core_pattern", "core.%p");
        assertThat(missing(FakeHostFacts.root(), NEW)).noneMatch(line -> line.startsWith("core files"));
    }

    @Test
    void j27_aJvmThatLooksForControllersThatAreGoneIsToldToUseFlags() {
        files.put("/proc/cgroups", "#subsys_name\thierarchy\ncpu\t0\t1\t1\npids\t0\t1\t1");
        assertThat(missing(FakeHostFacts.root(), NEW))
                .contains("/proc/cgroups: limits seen by a JVM that looks there (before JDK-8349988): give it -Xmx and"
                        + " -XX:ActiveProcessorCount");
        assertThat(value("/proc/cgroups")).isEqualTo("without memory, cpuset");

        files.put("/proc/cgroups", "cpuset\t0\t1\t1\ncpu\t0\t1\t1\nmemory\t0\t1\t1");
        assertThat(value("/proc/cgroups")).isEqualTo("as JVMs expect it");
    }

    /** Programs read this: names and layout of the JSON stay. */
    @Test
    void theJsonOfAnOldKernelIsAsItWas() throws IOException {
        files.put("/proc/self/cgroup", "4:memory:/");
        files.put("/proc/sys/vm/nr_hugepages", "0");
        FakeHostFacts facts = FakeHostFacts.plainUser().landlock(1).withControllers(CgroupVersion.V1, "memory");

        String json = DoctorCommand.json(Diagnosis.of(facts, OLD, this::file));

        try (InputStream golden = DiagnosisTest.class.getResourceAsStream("doctor-old-kernel.json")) {
            assertThat(json).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
