package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.CgroupVersion;
import dev.ostler.testing.FakeHostFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static Optional<String> files(Path path) {
        if (path.startsWith("/proc/self/ns")) {
            return path.endsWith("time") ? Optional.empty() : Optional.of(path.getFileName() + ":[1]");
        }
        return path.endsWith("core_pattern") ? Optional.of("|/usr/bin/catcher") : Optional.empty();
    }

    private static List<String> missing(FakeHostFacts facts) {
        return Diagnosis.of(facts, DiagnosisTest::files).stream()
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

        assertThat(missing(facts))
                .contains(
                        "core files: they go to a program of the host, which decides where they are kept",
                        "bounding set: raised hard limits, lower oom_score_adj",
                        "user namespaces: namespaces, mounts and networks of sandboxes",
                        "time namespaces: sandbox.namespaces: [time]",
                        "newuidmap: id maps of several ids without root",
                        "cgroup pids: pids_limit")
                .noneMatch(line -> line.startsWith("cgroup memory"));
    }

    @Test
    void whatIsThereIsTold() {
        List<Diagnosis.Item> items =
                Diagnosis.of(FakeHostFacts.root().withControllers(CgroupVersion.V2, "pids"), DiagnosisTest::files);

        assertThat(items)
                .contains(
                        new Diagnosis.Item("bounding set", "all capabilities", Optional.empty()),
                        new Diagnosis.Item("cgroup pids", "version 2", Optional.empty()))
                .anyMatch(item -> item.name().equals("landlock") && item.value().startsWith("ABI 7"));
    }
}
