package dev.ostler.activation;

import static dev.ostler.linux.LinuxConstants.IN_CLOSE_WRITE;
import static dev.ostler.linux.LinuxConstants.IN_CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.Trigger;
import dev.ostler.spec.Trigger.AtPath.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathWatchesTest {
    @TempDir
    Path directory;

    private PathWatches of(Kind kind, String name) {
        return PathWatches.of(new Trigger.AtPath(kind, List.of(directory.resolve(name))));
    }

    @Test
    void theDeepestDirectoryIsWatchedForTheNextNameAndThoseAboveForThemselves() throws IOException {
        Files.createDirectories(directory.resolve("a"));
        PathWatches watches = of(Kind.PATH_EXISTS, "a/b/c");

        assertThat(watches.directories()).containsKeys(Path.of("/"), directory, directory.resolve("a"));
        assertThat(watches.directories().get(directory.resolve("a")) & IN_CREATE)
                .isNotZero();
        assertThat(watches.directories().get(directory) & IN_CREATE).isZero();
        assertThat(watches.matters(directory.resolve("a"), "b")).isTrue();
        assertThat(watches.matters(directory.resolve("a"), "other")).isFalse();
        assertThat(watches.matters(directory, "")).isTrue();
        assertThat(watches.matters(directory.resolve("elsewhere"), "b")).isFalse();
    }

    @Test
    void eachLinkOnTheWayIsWatchedAndWhereItLeads() throws IOException {
        Path mount = Files.createDirectories(directory.resolve("mount/..1")).getParent();
        Files.createFile(mount.resolve("..1/app.conf"));
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(mount.resolve("app.conf"), Path.of("..data/app.conf"));
        PathWatches watches = of(Kind.PATH_CHANGED, "mount/app.conf");

        assertThat(watches.matters(mount, "app.conf")).isTrue();
        assertThat(watches.matters(mount, "..data")).isTrue();
        assertThat(watches.matters(mount.resolve("..1"), "app.conf")).isTrue();
        assertThat(watches.matters(mount, "..2")).isFalse();
    }

    @Test
    void linksThatLeadToThemselvesEnd() throws IOException {
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));

        assertThat(of(Kind.PATH_EXISTS, "loop/f").matters(directory, "loop")).isTrue();
    }

    @Test
    void whatIsInADirectoryMattersWhereThatIsAskedFor() throws IOException {
        Files.createDirectories(directory.resolve("in"));

        assertThat(of(Kind.DIRECTORY_NOT_EMPTY, "in").matters(directory.resolve("in"), "x"))
                .isTrue();
        assertThat(of(Kind.PATH_EXISTS, "in").directories()).doesNotContainKey(directory.resolve("in"));
        PathWatches changed = of(Kind.PATH_CHANGED, "in");
        assertThat(changed.matters(directory.resolve("in"), "x")).isTrue();
        assertThat(changed.directories().get(directory.resolve("in")) & IN_CLOSE_WRITE)
                .isNotZero();
    }
}
