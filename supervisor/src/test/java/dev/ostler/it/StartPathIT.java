package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the supervisor loads before its first service runs and after it, and what it needs at rest. */
class StartPathIT {
    private static final String YAML = """
            services:
              one:
                command: [sleep, "1000"]
            """;

    /** About 45,000 are needed; without the end of {@code daemon.Settling} it is more than 70,000. */
    private static final long AT_REST_KIB = 58_000;

    private static final Pattern INITIALIZING = Pattern.compile("Initializing '([^']+)'");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void usesNothingThatOnlyACommandNeeds(Jdk jdk) throws IOException {
        try (OstlerProject project = logging(jdk, "class+init")) {
            project.run("up", "-d").ok();
            List<String> atStart = initialized().stream()
                    .takeWhile(name -> !name.equals("dev.ostler.daemon.Settling"))
                    .toList();

            assertThat(atStart).contains("dev.ostler.service.Event$LaunchSucceeded"); // the service runs by then
            for (String prefix : List.of(
                    "picocli.",
                    "com.fasterxml.jackson.",
                    "java.net.http.",
                    "com.cronutils.",
                    "com.google.re2j.",
                    "dev.ostler.base.Syscall",
                    "dev.ostler.linux.Libseccomp",
                    "dev.ostler.plan.filter.")) {
                assertThat(atStart).noneMatch(name -> name.startsWith(prefix));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void takesEveryClassOfAJarThatTheStartNeedsFromTheArchive(Jdk jdk) throws IOException {
        try (OstlerProject project = logging(jdk, "class+load")) {
            project.run("up", "-d").ok();
            List<String> all = Files.readAllLines(log());
            List<String> atStart = all.stream()
                    .takeWhile(line -> !line.contains("dev.ostler.daemon.Settling"))
                    .toList();

            assertThat(all) // those of a cache come together, in any order
                    .anyMatch(line -> line.contains("dev.ostler.supervise.Supervisor ")
                            && line.contains("source: shared objects file"));
            assertThat(atStart)
                    .noneMatch(line -> line.contains("source: file:"))
                    .noneMatch(line -> line.contains("dev.ostler.") && line.contains("$$Lambda")); // made at run time
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void preparesByItselfWhatTheFirstCommandNeeds(Jdk jdk) throws IOException {
        try (OstlerProject project = logging(jdk, "class+init")) {
            project.run("up", "-d").ok();
            Eventually.until(
                    "the code of a command is ready",
                    () -> initialized().containsAll(List.of("picocli.CommandLine", "dev.ostler.cli.StatusReport")));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void givesBackTheMemoryOfTheStart(Jdk jdk) {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, jdk, YAML)) {
            project.run("up", "-d").ok();
            long supervisor = project.supervisorPid().orElseThrow();

            Eventually.until(
                    "its own memory falls below " + AT_REST_KIB + " KiB", () -> anonymousKib(supervisor) < AT_REST_KIB);
        }
    }

    /** Memory that is no file's. */
    private static long anonymousKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private OstlerProject logging(Jdk jdk, String what) throws IOException {
        Path home = copyOfInstallation();
        Path args = home.resolve(jdk.version() >= 24 ? "lib/jvm-25.args" : "lib/jvm-17.args");
        String text = Files.readString(args);
        assertThat(text).contains("-Xlog:disable");
        Files.writeString(
                args,
                text.replace("-Xlog:disable", "-Xlog:disable\n-Xlog:" + what + ":file=" + log() + "::filecount=0"));
        return OstlerProject.create(As.CURRENT, home, jdk, YAML);
    }

    private Path log() {
        return directory.resolve("classes.log");
    }

    /** Classes in the order of their first use; those of a cache are loaded long before. */
    private List<String> initialized() throws IOException {
        return Files.readAllLines(log()).stream()
                .map(INITIALIZING::matcher)
                .filter(Matcher::find)
                .map(line -> line.group(1).replace('/', '.'))
                .toList();
    }

    private Path copyOfInstallation() throws IOException {
        Path copy = directory.resolve("ostler");
        try (Stream<Path> files = Files.walk(OstlerProject.builtHome())) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(OstlerProject.builtHome().relativize(file));
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return copy;
    }
}
