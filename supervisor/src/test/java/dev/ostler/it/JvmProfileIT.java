package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.linux.Landlock;
import dev.ostler.linux.Libseccomp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code jvm-service}: everything a JVM needs, and no more. */
class JvmProfileIT {
    /** Truncation (3) and scopes (6) are what the profile asks most for. */
    private static final int NEEDED_VERSION = 6;

    /** What test/resources/it/Workout.java does when nothing is named. */
    private static final List<String> EXERCISES = List.of(
            "memory",
            "files",
            "mapped",
            "async",
            "watch",
            "names",
            "http",
            "tls",
            "sockets",
            "processes",
            "threads",
            "times",
            "random",
            "native", // J16: a library that is unpacked into java.io.tmpdir and loaded from there
            "management",
            "recording",
            "heap-dump",
            "signal");

    /** The profile lets everybody write below /tmp, where projects of tests usually are. */
    private static final Path ELSEWHERE = Path.of("/var/tmp");

    private static final String UNUSED = "services: { unused: { command: ['true'] } }\n";

    private static Path classes;

    @BeforeAll
    static void compileWorkout() throws Exception {
        classes = Files.createTempDirectory("ostler-workout-");
        Process javac = new ProcessBuilder(
                        Jdk.current().home() + "/bin/javac",
                        "-nowarn",
                        "--release",
                        "17",
                        "-d",
                        classes.toString(),
                        "src/test/resources/it/Workout.java")
                .redirectErrorStream(true)
                .start();
        String said = new String(javac.getInputStream().readAllBytes());
        assertThat(javac.waitFor()).as(said).isZero();
    }

    @AfterAll
    static void removeClasses() {
        Installation.delete(classes);
    }

    @BeforeEach
    void needsBothFilters() {
        int version = Landlock.support().abi();
        assumeTrue(
                version >= NEEDED_VERSION,
                "skipped: needs version " + NEEDED_VERSION + " of Landlock, this kernel has " + version);
        assumeTrue(Libseccomp.load().isPresent(), "skipped: needs libseccomp.so.2 (package libseccomp2)");
    }

    /** Every JDK with every collector; in short each collector with one of them. */
    static Stream<Arguments> machines() {
        List<Jdk> jdks = Jdk.all();
        List<String> collectors = List.of("UseSerialGC", "UseG1GC", "UseZGC");
        return IntStream.range(0, jdks.size() * collectors.size())
                .filter(pair ->
                        Boolean.getBoolean("ostler.long") || pair % jdks.size() == pair / jdks.size() % jdks.size())
                .mapToObj(pair -> {
                    String collector = collectors.get(pair / jdks.size());
                    As as = collector.equals("UseG1GC") ? As.PLAIN_USER : As.CURRENT;
                    return Arguments.of(jdks.get(pair % jdks.size()), collector, as);
                });
    }

    private static OstlerProject project(As as, Jdk jdk, String arguments, String... keys) {
        StringBuilder yaml = new StringBuilder("services:\n  app:\n    extends: jvm-service\n    restart: never\n")
                .append("    command: [")
                .append(jdk.home())
                .append("/bin/java, -Xmx128m, ")
                .append(arguments)
                .append("]\n");
        Stream.of(keys).forEach(key -> yaml.append("    ").append(key).append('\n'));
        OstlerProject project = OstlerProject.create(as, jdk, yaml.toString());
        try {
            Installation.copy(classes, project.directory().resolve("classes"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return project;
    }

    private static void says(OstlerProject project, String line) {
        Eventually.until(
                "\"" + line + "\" in" + project.logs(), () -> project.log("app").contains("stdout F:1 " + line));
    }

    /** J12, J16: Java's own threads, and native libraries in java.io.tmpdir, among all the rest. */
    @ParameterizedTest
    @MethodSource("machines")
    void j12_j16_everythingAJvmDoesWorksAndItIsAttachedToFromOutside(Jdk jdk, String collector, As as) {
        String arguments = "-XX:+" + collector + ", -cp, classes, Workout, /etc/passwd, /var, /root, /home, /dev/shm";
        try (OstlerProject project = project(as, jdk, arguments)) {
            project.run("up", "-d").ok();

            for (String exercise : EXERCISES) {
                says(project, exercise + " done");
            }
            says(project, "read /etc/passwd done");
            for (String elsewhere : List.of("/var", "/root", "/home", "/dev/shm")) {
                says(project, "read " + elsewhere + " denied");
            }
            says(project, "ready");
            attach(project, jdk);
            assertThat(project.run("audit", "app").ok().out())
                    .containsPattern("(?m)^  seccomp +1 filter +1 filter in \\d+ threads")
                    .contains("landlock ");
            assertThat(project.supervisorSaid()).doesNotContain("degraded").doesNotContain("warning");
            project.run("stop", "app").ok();
        }
    }

    private static void attach(OstlerProject project, Jdk jdk) {
        String jcmd = jdk.home() + "/bin/jcmd " + project.pid("app") + " ";
        assertThat(project.shell(jcmd + "Thread.print").ok().out()).contains("\"main\"");
        project.shell(jcmd + "JFR.start name=outside").ok();
        project.shell(jcmd + "JFR.dump name=outside filename=outside.jfr").ok();
        project.shell(jcmd + "GC.heap_dump outside.hprof").ok();
        assertThat(project.directory().resolve("outside.jfr")).isNotEmptyFile();
        assertThat(project.directory().resolve("outside.hprof")).isNotEmptyFile();
        project.shell(jcmd + "GC.run").ok();
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void j17_aPortBelow1024WithoutRoot(Jdk jdk) {
        try (OstlerProject project = project(
                As.PLAIN_USER,
                jdk,
                "-cp, classes, Workout, low-port",
                "capabilities: { keep: [NET_BIND_SERVICE] }",
                "sandbox: { network: loopback }")) {
            project.run("up", "-d").ok();

            says(project, "low-port done");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void j34_memoryNearTheProcessorIsAllowedAndNothingIsComplainedOf(Jdk jdk) {
        try (OstlerProject project = project(
                As.CURRENT,
                jdk,
                "-XX:+UseNUMA, -XX:+UseParallelGC, -XX:+AlwaysPreTouch, -cp, classes, Workout, memory")) {
            project.run("up", "-d").ok();

            says(project, "ready");
            assertThat(project.log("app"))
                    .filteredOn(line -> line.startsWith("std"))
                    .containsExactlyInAnyOrder(
                            "stderr F:1 NOTE: Picked up JDK_JAVA_OPTIONS: -XX:+ExitOnOutOfMemoryError",
                            "stdout F:1 memory done",
                            "stdout F:1 ready");
        }
    }

    private static String run(OstlerProject project, String script, String... parameters) {
        List<String> arguments = Stream.of(
                        Stream.of("run", "-p", "jvm-service"),
                        Stream.of(parameters).flatMap(parameter -> Stream.of("-P", parameter)),
                        Stream.of("--", "sh", "-c", script))
                .flatMap(words -> words)
                .toList();
        Result result = project.run(arguments.toArray(new String[0]));
        return result.out() + result.err();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theProjectIsWrittenToAndNothingElse(As as) throws IOException {
        try (OstlerProject project = OstlerProject.createIn(ELSEWHERE, as, UNUSED)) {
            Path directory = project.directory();

            assertThat(run(project, "touch made; cat ostler.yaml; echo x > /dev/null && echo null"))
                    .contains("unused", "null\n");
            assertThat(directory.resolve("made")).exists();
            assertThat(run(project, "touch /var/tmp/ostler-x /dev/shm/ostler-x /etc/ostler-x; ls /var/tmp"))
                    .contains(
                            "cannot touch '/var/tmp/ostler-x'",
                            "cannot touch '/dev/shm/ostler-x'",
                            "cannot touch '/etc/ostler-x'",
                            "cannot open directory '/var/tmp'");
            assertThat(run(project, "f=/tmp/ostler-$$; cp /bin/true $f; $f; rm $f"))
                    .contains("Permission denied");
            assertThat(run(project, "cp /bin/true own; ./own && echo own program"))
                    .contains("own program");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void parametersNarrowAndWidenIt(As as) throws IOException {
        try (OstlerProject project = OstlerProject.createIn(ELSEWHERE, as, UNUSED)) {
            Path data = Files.createDirectory(project.directory().resolve("data"));
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));

            assertThat(run(project, "touch data/x; touch y; cat ostler.yaml", "write=[data]"))
                    .contains("cannot touch 'y': Permission denied", "unused");
            assertThat(data.resolve("x")).exists();
            assertThat(run(project, "ls /var/lib >/dev/null && echo listed; touch /var/lib/x", "read=/var/lib"))
                    .contains("listed")
                    .contains("denied");
            assertThat(run(project, "true", "raed=/var/lib"))
                    .contains("profile \"jvm-service\" has no parameter \"raed\", did you mean \"read\"?");
        }
    }
}
