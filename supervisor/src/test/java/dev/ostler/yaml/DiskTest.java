package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ProjectSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names of errno as the JDK's file system gives them away, and loading again from what was read. */
class DiskTest {
    @TempDir
    Path directory;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectory(directory.resolve("dir"));
        Files.writeString(directory.resolve("file"), "A=1");
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
    }

    @Test
    void errnoOfFilesThatCannotBeRead() throws IOException {
        String longName = "x".repeat(300);
        project("dir, file/x, loop, none, /dev/zero, " + longName);

        assertThat(load(FileReader.disk()))
                .isInstanceOfSatisfying(
                        LoadResult.Refused.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::message)
                                .containsExactly(
                                        "cannot read \"dir\": read: EISDIR (Is a directory)",
                                        "cannot read \"file/x\": open: ENOTDIR (Not a directory)",
                                        "cannot read \"loop\": open: ELOOP (Too many levels of symbolic links)",
                                        "cannot read \"none\": open: ENOENT (No such file or directory)",
                                        "cannot read \"" + longName + "\": open: ENAMETOOLONG (File name too long)",
                                        "the file has more than 4194304 bytes"));
    }

    @Test
    void sameProjectFromTheFilesThatWereRead() throws IOException {
        project("file");
        LoadResult.Loaded first = (LoadResult.Loaded) load(FileReader.disk());
        Map<Path, byte[]> snapshot = new HashMap<>();
        first.files().forEach(file -> snapshot.put(file.path(), file.bytes()));
        Files.writeString(directory.resolve("ostler.yaml"), "changed");

        ProjectSpec again = ((LoadResult.Loaded) load(path -> {
                    if (!snapshot.containsKey(path)) {
                        throw new NoSuchFileException(path.toString());
                    }
                    return snapshot.get(path);
                }))
                .project();

        assertThat(again).isEqualTo(first.project());
    }

    private void project(String envFiles) throws IOException {
        Files.writeString(
                directory.resolve("ostler.yaml"),
                "services: { web: { extends: jvm-service, command: [x], env_file: [" + envFiles + "] } }");
    }

    private LoadResult load(FileReader reader) {
        return YamlProject.load(new ProjectSource(
                directory.resolve("ostler.yaml"), "ostler.yaml", List.of(), FakeProject.SHIPPED, Map.of(), reader));
    }
}
