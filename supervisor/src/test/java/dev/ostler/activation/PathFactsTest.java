package dev.ostler.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.Trigger;
import dev.ostler.spec.Trigger.AtPath.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathFactsTest {
    @TempDir
    Path directory;

    private PathFacts facts(Kind kind, String... names) {
        return PathFacts.of(new Trigger.AtPath(
                kind, Arrays.stream(names).map(directory::resolve).toList()));
    }

    private long mark(String... names) {
        return facts(Kind.PATH_CHANGED, names).mark();
    }

    @Test
    void oneOfSeveralPathsIsEnough() throws IOException {
        assertThat(facts(Kind.PATH_EXISTS, "a", "b").holds()).isFalse();
        Files.createFile(directory.resolve("b"));
        assertThat(facts(Kind.PATH_EXISTS, "a", "b").holds()).isTrue();
    }

    @Test
    void aDirectoryThatIsNotThereIsEmpty() throws IOException {
        assertThat(facts(Kind.DIRECTORY_NOT_EMPTY, "in").holds()).isFalse();
        Files.createDirectory(directory.resolve("in"));
        assertThat(facts(Kind.DIRECTORY_NOT_EMPTY, "in").holds()).isFalse();
        Files.createFile(directory.resolve("in/.x"));
        assertThat(facts(Kind.DIRECTORY_NOT_EMPTY, "in").holds()).isTrue();
        assertThat(facts(Kind.DIRECTORY_NOT_EMPTY, "in/.x").holds()).isFalse();
    }

    @Test
    void aChangeOfAFileIsSeenAndNoChangeIsNone() throws IOException {
        long none = mark("a");
        Path a = Files.writeString(directory.resolve("a"), "1");
        long one = mark("a");
        assertThat(one).isNotEqualTo(none);
        Files.createFile(directory.resolve("other"));
        assertThat(mark("a")).isEqualTo(one);

        Files.writeString(a, "12");
        long two = mark("a");
        assertThat(two).isNotEqualTo(one);
        Files.setLastModifiedTime(a, FileTime.from(Instant.EPOCH));
        long three = mark("a");
        assertThat(three).isNotEqualTo(two);
        Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rwx------"));
        assertThat(mark("a")).isNotEqualTo(three);
        Files.delete(a);
        assertThat(mark("a")).isEqualTo(none);
    }

    @Test
    void aChangeInADirectoryIsSeen() throws IOException {
        Path in = Files.createDirectory(directory.resolve("in"));
        Files.writeString(in.resolve("x"), "1");
        long one = mark("in");
        assertThat(mark("in")).isEqualTo(one);

        Files.writeString(in.resolve("x"), "12");
        long two = mark("in");
        assertThat(two).isNotEqualTo(one);
        Files.createFile(in.resolve("y"));
        assertThat(mark("in")).isNotEqualTo(two);
    }

    @Test
    void aMarkIsOfItsPathsAlone() {
        Trigger.AtPath first = new Trigger.AtPath(Kind.PATH_CHANGED, List.of(directory));
        Trigger.AtPath second = new Trigger.AtPath(Kind.PATH_CHANGED, List.of(directory.resolve("x")));
        try (PathMark mark = PathMark.create()) {
            assertThat(mark.read(first)).isEmpty();
            mark.write(first, 42);
            try (PathMark next = PathMark.adopt(mark.fd().dup())) {
                assertThat(next.read(first)).hasValue(42);
                assertThat(next.read(second)).isEmpty();
            }
        }
    }
}
