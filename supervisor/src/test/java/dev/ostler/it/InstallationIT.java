package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The installation works wherever it is, leaves itself alone, and is what the archive holds. */
class InstallationIT {
    private static final String SLEEPER = """
            services:
              sleeper:
                extends: jvm-service
                command: [sleep, "1000"]
            """;

    @TempDir
    private Path elsewhere;

    static Stream<Arguments> usersAndJdks() {
        return Stream.of(As.CURRENT, As.PLAIN_USER)
                .flatMap(as -> Jdk.all().stream().map(jdk -> Arguments.of(as, jdk)));
    }

    @ParameterizedTest
    @MethodSource("usersAndJdks")
    void runsFromAReadOnlyPlaceWithASpaceInItsName(As as, Jdk jdk) throws Exception {
        Path home = readOnlyCopy(elsewhere.resolve("a copy"));
        Map<Path, String> before = inventory(home);
        try (OstlerProject project = OstlerProject.create(as, home, jdk, SLEEPER)) {
            Path temporary = Files.createDirectory(project.directory().resolve("tmp"));
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
            project.env("TMPDIR", temporary.toString());
            List<String> jffiBefore = jffiFilesInTmp();

            String said = project.run("check").ok().err();
            said += project.run("plan").ok().err();
            said += project.run("up", "-d").ok().err();
            String maps =
                    Files.readString(Path.of("/proc/" + project.supervisorPid().orElseThrow() + "/maps"));
            said += project.run("down").ok().err();

            assertThat(maps).contains(home.resolve("lib/libjffi-1.2.so").toString());
            assertThat(maps)
                    .contains(home.resolve("lib/" + jdk.build() + (jdk.version() >= 25 ? ".aot" : ".jsa"))
                            .toString());
            assertThat(maps.lines().filter(line -> line.contains("jffi") && line.contains(".so")))
                    .allMatch(line -> line.endsWith(home + "/lib/libjffi-1.2.so"));
            assertThat(jffiFilesInTmp()).isEqualTo(jffiBefore);
            assertThat(temporary).isEmptyDirectory();
            assertThat(said + project.logs()).doesNotContainIgnoringCase("warning");
        }
        assertThat(inventory(home)).isEqualTo(before);
    }

    @Test
    void runsAfterAMoveAndThroughASymbolicLinkOnThePath() throws Exception {
        Path first = copy(elsewhere.resolve("first"));
        Path second = elsewhere.resolve("second");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, first, Jdk.current(), SLEEPER)) {
            project.run("up", "-d").ok();
            project.run("down").ok();
        }
        Files.move(first, second);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, second, Jdk.current(), SLEEPER)) {
            Path bin = Files.createDirectory(project.directory().resolve("bin"));
            Files.createSymbolicLink(bin.resolve("ostler"), second.resolve("bin/ostler"));
            project.env("PATH", bin + ":/usr/bin:/bin");

            project.shell("ostler up -d").ok();
            assertThat(project.shell("mkdir -p deep/er && cd deep/er && ostler -f ../../ostler.yaml status || "
                                    + "cd ../.. && ostler status")
                            .ok()
                            .out())
                    .contains("sleeper");
            project.shell("ostler down").ok();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void startsWithoutWhatTheBuildHasMadeReadyWhenItIsCutOff(Jdk jdk) throws Exception {
        Path home = copy(elsewhere.resolve("cut"));
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(jsa|aot)"))
                    .toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(channel.size() / 2);
                }
            }
        }
        try (OstlerProject project = OstlerProject.create(As.CURRENT, home, jdk, SLEEPER)) {
            assertThat(project.run("up", "-d").ok().err().lines())
                    .allMatch(line -> line.startsWith("note: no cgroup can be made here"));
            assertThat(project.run("status").ok().out()).contains("ready");
            project.run("down").ok();
        }
    }

    @Test
    void theArchiveHoldsTheSame() throws Exception {
        Path archive;
        try (Stream<Path> files = Files.list(Installation.built().getParent())) {
            archive = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }
        execute("tar", "-xzf", archive.toString(), "-C", elsewhere.toString());
        Path unpacked;
        try (Stream<Path> roots = Files.list(elsewhere)) {
            unpacked = roots.findFirst().orElseThrow();
        }

        assertThat(unpacked.getFileName().toString()).startsWith("ostler-");
        execute("diff", "-r", Installation.built().toString(), unpacked.toString());
        assertThat(unpacked.resolve("bin/ostler")).isExecutable();
        assertThat(Files.getPosixFilePermissions(unpacked.resolve("lib/libjffi-1.2.so")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static Path copy(Path target) throws Exception {
        execute("cp", "-a", OstlerProject.builtHome().toString(), target.toString());
        // JUnit makes its directory for its own user alone.
        Files.setPosixFilePermissions(target.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        return target;
    }

    private static Path readOnlyCopy(Path target) throws Exception {
        copy(target);
        execute("chmod", "-R", "a-w,a+rX", target.toString());
        return target;
    }

    private static void execute(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    /** Names, sizes and times of change. */
    private static Map<Path, String> inventory(Path home) throws IOException {
        Map<Path, String> inventory = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                inventory.put(
                        home.relativize(file),
                        Files.size(file) + " " + Files.getLastModifiedTime(file) + " "
                                + Files.getAttribute(file, "unix:ctime"));
            }
        }
        return inventory;
    }

    /** Where a JVM without any setting would extract it to. */
    private static List<String> jffiFilesInTmp() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            files.map(Path::toString).filter(name -> name.contains("jffi")).forEach(found::add);
        }
        return found;
    }
}
