package dev.ostler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layouts of hosts other than this one, in a directory. */
class HierarchiesTest {
    @TempDir
    private Path root;

    private Hierarchies unified(String path) {
        return new Hierarchies(List.of("30 22 0:26 / " + root + " rw - cgroup2 cgroup2 rw"), List.of("0::" + path));
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void aDelegatedControllerOfVersion2CanBeUsed() throws IOException {
        file("app/cgroup.events", "populated 1\n");
        file("app/cgroup.controllers", "cpu memory pids\n");
        file("app/cgroup.subtree_control", "memory pids\n");

        Hierarchies.Place place = unified("/app").controller("memory");

        assertThat(place.usable()).isTrue();
        assertThat(place.first()).isFalse();
        assertThat(place.directory()).contains(root.resolve("app"));
    }

    @Test
    void oneThatIsNotHandedOnCannotAndTheFileIsNamed() throws IOException {
        file("app/cgroup.events", "populated 1\n");
        file("app/cgroup.controllers", "cpu memory pids\n");
        file("app/cgroup.subtree_control", "memory pids\n");

        assertThat(unified("/app").controller("cpu").obstacle())
                .isEqualTo("it is not enabled in \"" + root + "/app/cgroup.subtree_control\"");
    }

    @Test
    void theRootOfTheHierarchyMayHandOnAnyController() throws IOException {
        file("cgroup.controllers", "cpu memory pids\n");
        file("cgroup.subtree_control", "\n");

        assertThat(unified("/").controller("cpu").usable()).isTrue();
    }

    @Test
    void oneThatTheCgroupDoesNotHaveIsSaidToBeMissing() throws IOException {
        file("app/cgroup.controllers", "cpu\n");

        assertThat(unified("/app").controller("memory").obstacle()).isEqualTo("\"" + root + "/app\" does not have it");
    }

    @Test
    void onAHybridHostEachControllerIsFoundInItsOwnHierarchy() throws IOException {
        file("memory/a/tasks", "");
        Hierarchies hybrid = new Hierarchies(
                List.of(
                        "31 22 0:27 / " + root + "/memory rw - cgroup cgroup rw,memory",
                        "32 22 0:28 / " + root + "/unified rw - cgroup2 cgroup2 rw"),
                List.of("4:memory:/a", "0::/b"));
        file("unified/b/cgroup.controllers", "hugetlb\n");

        assertThat(hybrid.controller("memory").first()).isTrue();
        assertThat(hybrid.controller("memory").directory()).contains(root.resolve("memory/a"));
        assertThat(hybrid.controller("hugetlb").first()).isFalse();
        assertThat(hybrid.controller("hugetlb").directory()).contains(root.resolve("unified/b"));
    }

    @Test
    void withoutAnyCgroupNothingCanBeLimited() {
        assertThat(new Hierarchies(List.of(), List.of()).controller("pids").obstacle())
                .isEqualTo("it is in no cgroup hierarchy that is mounted");
    }
}
