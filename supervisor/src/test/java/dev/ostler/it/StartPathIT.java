package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the supervisor loads before its first service runs, and from where. */
class StartPathIT {
    private static final String YAML = """
            services:
              one:
                command: [sleep, "1000"]
            """;

    /** A row of -Xlog:class+load says this of a class from the archive that the build has made. */
    private static final String FROM_OUR_ARCHIVE = "source: shared objects file (top)";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void loadsNothingThatOnlyACommandNeeds(Jdk jdk) {
        Path home = copyOfInstallation();

        List<String> classes = classesOfAStart(home, jdk);

        assertThat(classes).anyMatch(row -> row.startsWith("dev.ostler.daemon.Main "));
        for (String prefix : List.of("picocli.", "com.fasterxml.jackson.", "java.net.http.", "jnr.posix.")) {
            assertThat(classes).noneMatch(row -> row.startsWith(prefix));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void aMovedInstallationTakesItsClassesFromTheArchive(Jdk jdk) {
        Path home = copyOfInstallation();
        Assumptions.assumeTrue(
                Files.exists(archive(home, jdk)), "skipped: the build has made no class archive for " + jdk);

        List<String> own = classesOfAStart(home, jdk).stream()
                .filter(row -> row.startsWith("dev.ostler."))
                .filter(row -> !row.contains("$$Lambda")) // one of the archive is named like one that is not
                .toList();

        assertThat(own.stream().filter(row -> row.contains(FROM_OUR_ARCHIVE)).count())
                .isGreaterThan(own.size() * 9L / 10);
    }

    static Stream<Arguments> damages() {
        List<Damage> damages = List.of(
                new Damage("missing", bytes -> null),
                new Damage("empty", bytes -> new byte[0]),
                new Damage("cut within its header", bytes -> Arrays.copyOf(bytes, 1000)),
                new Damage("cut in the middle", bytes -> Arrays.copyOf(bytes, bytes.length / 2)),
                new Damage("changed in its header", bytes -> changed(bytes, 200)),
                new Damage("changed in the middle", bytes -> changed(bytes, bytes.length / 2)),
                new Damage("random", StartPathIT::random));
        return Jdk.all().stream().flatMap(jdk -> damages.stream().map(damage -> Arguments.of(jdk, damage)));
    }

    /** One way to spoil an archive; null = it is gone. */
    record Damage(String name, UnaryOperator<byte[]> of) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        Arrays.fill(changed, at, at + 32, (byte) 'X');
        return changed;
    }

    private static byte[] random(byte[] bytes) {
        byte[] random = new byte[bytes.length];
        new Random(1).nextBytes(random);
        return random;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("damages")
    void aDamagedArchiveNeitherStopsTheStartNorIsWarnedOf(Jdk jdk, Damage damage) throws IOException {
        Path home = copyOfInstallation();
        Path archive = archive(home, jdk);
        Assumptions.assumeTrue(Files.exists(archive), "skipped: the build has made no class archive for " + jdk);
        byte[] damaged = damage.of().apply(Files.readAllBytes(archive));
        Files.delete(archive);
        if (damaged != null) {
            Files.write(archive, damaged);
        }

        assertStartsWithoutAWord(home, jdk);
    }

    /** Whole, but of another JDK: the launcher gives it to the JVM, which must refuse it in silence. */
    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void anArchiveOfAnotherJdkNeitherStopsTheStartNorIsWarnedOf(Jdk jdk) throws IOException {
        Path home = copyOfInstallation();
        Path other = home.resolve(jdk.version() >= 24 ? "lib/ostler-17.jsa" : "lib/ostler-25.jsa");
        Assumptions.assumeTrue(Files.exists(other), "skipped: the build has made an archive for one JDK only");
        Path archive = archive(home, jdk);
        Files.copy(other, archive, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(sum(other), sum(archive), StandardCopyOption.REPLACE_EXISTING);

        assertStartsWithoutAWord(home, jdk);
    }

    private static void assertStartsWithoutAWord(Path home, Jdk jdk) {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, home, jdk, YAML)) {
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).as(up.toString()).isZero();
            assertThat(up.out() + up.err()).isEmpty();
            assertThat(project.logs()).doesNotContainIgnoringCase("warning").doesNotContain("shared");
        }
    }

    /** Rows {@code NAME source: PLACE}, in the order of loading, until all services had been started. */
    private List<String> classesOfAStart(Path home, Jdk jdk) {
        Path args = home.resolve(jdk.version() >= 24 ? "lib/jvm-25.args" : "lib/jvm-17.args");
        Path log = directory.resolve("classes.log");
        try {
            String text = Files.readString(args);
            String option = "-Xlog:disable\n-Xlog:class+load:file=" + log + "::filecount=0";
            assertThat(text).contains("-Xlog:disable");
            Files.writeString(args, text.replace("-Xlog:disable", option));
            try (OstlerProject project = OstlerProject.create(As.CURRENT, home, jdk, YAML)) {
                project.run("up", "-d").ok();
                return Files.readAllLines(log).stream()
                        .map(line -> line.substring(line.lastIndexOf("] ") + 2))
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path archive(Path home, Jdk jdk) {
        return home.resolve(jdk.version() >= 24 ? "lib/ostler-25.jsa" : "lib/ostler-17.jsa");
    }

    private static Path sum(Path archive) {
        return archive.resolveSibling(archive.getFileName() + ".sum");
    }

    /** With the times of the files: the JVM compares those of the jars with the archive's. */
    private Path copyOfInstallation() {
        Path copy = directory.resolve("moved/ostler");
        try (Stream<Path> files = Files.walk(OstlerProject.builtHome())) {
            Files.createDirectories(copy.getParent());
            for (Path file : files.toList()) {
                Path target = copy.resolve(OstlerProject.builtHome().relativize(file));
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }
}
