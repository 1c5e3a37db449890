package dev.ostler.cli;

import dev.ostler.plan.HostFacts;
import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ProfileCatalog;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a local command works with.
 *
 * @param directory the caller's working directory, absolute
 * @param home where Ostler is installed, absolute
 * @param environment the caller's
 * @param facts asked only by commands that compile
 */
record LocalContext(
        Path directory,
        Path home,
        Map<String, String> environment,
        PrintStream out,
        PrintStream err,
        Supplier<HostFacts> facts) {
    static final String DEFAULT_FILE = "ostler.yaml";

    private static final String NO_PROJECT = "profiles: {}\n";

    private static final Path SITE_PROFILES = Path.of("/etc/ostler/profiles");

    /** As {@link #load}, of a text that stands in no file; relative paths count from the caller's directory. */
    LoadResult loadText(String name, String text) {
        Path path = directory.resolve(name);
        ProjectSource source = new ProjectSource(
                path,
                name,
                List.of(SITE_PROFILES),
                home.resolve("profiles"),
                environment,
                file -> file.equals(path) ? text.getBytes(StandardCharsets.UTF_8) : Files.readAllBytes(file));
        return YamlProject.load(source);
    }

    LoadResult load(String file) {
        Path path = directory.resolve(file).normalize();
        ProjectSource source = new ProjectSource(
                path,
                path.getFileName().toString(),
                List.of(SITE_PROFILES),
                home.resolve("profiles"),
                environment,
                FileReader.disk());
        return YamlProject.load(source);
    }

    /** @param file the project file; null for ostler.yaml, which need not be there then */
    ProfileCatalog profiles(String file) {
        Path path = directory.resolve(file == null ? DEFAULT_FILE : file).normalize();
        boolean none = file == null && !Files.exists(path);
        ProjectSource source = new ProjectSource(
                path,
                path.getFileName().toString(),
                List.of(SITE_PROFILES),
                home.resolve("profiles"),
                environment,
                read -> none && read.equals(path)
                        ? NO_PROJECT.getBytes(StandardCharsets.UTF_8)
                        : Files.readAllBytes(read));
        return new ProfileCatalog(source, LocalContext::list);
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
