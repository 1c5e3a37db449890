package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hundreds of descriptors with the caller, the keeper and the supervisor; a service has its own three. */
class ExtraDescriptorsIT {
    private static final int EXTRA = 200;

    /** Two pipes each, so that the keeper holds 200. */
    private static final int SERVICES = Integer.getInteger("ostler.services", 100);

    private static final String LOOK = """
            services:
              look: { command: [./inside] }
            """;

    @TempDir
    private Path elsewhere;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatUpInheritsReachesNeitherTheSupervisorNorAService(As as) throws IOException {
        try (OstlerProject project = project(as, OstlerProject.builtHome(), LOOK)) {
            assertThat(withExtra(project, "./inside").ok().out().lines())
                    .filteredOn(line -> line.endsWith("/passed"))
                    .hasSize(EXTRA);

            withExtra(project, "'" + project.binary() + "' up -d").ok();

            assertThat(OpenFiles.on(passed(project), supervisor(project))).isZero();
            assertSeesThree(Inside.of(project, "look"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatUpInheritsDoesNotStayInTheKeeper(As as) throws IOException {
        As.needRoot("CAP_SYS_PTRACE, as the keeper of a plain user is not dumpable");
        try (OstlerProject project = project(as, OstlerProject.builtHome(), LOOK)) {
            withExtra(project, "'" + project.binary() + "' up -d").ok();

            assertThat(OpenFiles.of(project.keeperPid())).hasSizeLessThan(EXTRA);
            assertThat(OpenFiles.on(passed(project), project.keeperPid())).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatExecAndInitInheritDoesNotReachTheProgramOfAPlan(As as) {
        try (OstlerProject project = project(as, OstlerProject.builtHome(), LOOK)) {
            project.run("plan", "ostler.yaml", "look", "-o", "look.plan").ok();

            for (String role : List.of("exec", "init")) {
                Result result = withExtra(project, "'" + project.binary() + "' " + role + " look.plan")
                        .ok();

                assertThat(result.out().lines().filter(line -> line.startsWith("fd ")))
                        .as(role)
                        .hasSize(3)
                        .noneMatch(line -> line.endsWith("/passed"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aServiceThatStartsAfterAllOthersHasThreeDescriptorsAlsoUnderTheNextSupervisor(As as) throws Exception {
        Path file = Files.createFile(elsewhere.resolve("opened by the supervisor"));
        try (OstlerProject project = project(as, homeWithDescriptors(file), manyServices())) {
            withExtra(project, "'" + project.binary() + "' up -d").ok();
            long first = supervisor(project);
            assertIsOpenWithoutCloseOnExec(file, first);
            assertThat(logPipes(first)).isGreaterThanOrEqualTo(2 * SERVICES);

            project.run("start", "look").ok(); // it had ended: its second run

            assertSeesThree(Inside.of(project, "look"));
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            Eventually.until("another supervisor", () -> supervisor(project) != first);
            project.run("start", "look").ok();
            assertThat(project.status("look").get("run").asInt()).isEqualTo(3);
            assertIsOpenWithoutCloseOnExec(file, supervisor(project));
            assertSeesThree(Inside.of(project, "look"));
            for (JsonNode status : project.statuses()) {
                if (!status.get("name").asText().equals("look")) {
                    assertThat(OpenFiles.of(status.get("pid").asLong())).containsOnlyKeys(0, 1, 2);
                }
            }
        }
    }

    @Test
    void aKeeperFullOfPipesGivesNoneToAGuard() throws Exception {
        As.needRoot("CAP_SYS_PTRACE, as the guard of a plain user is not dumpable");
        try (OstlerProject project = project(As.PLAIN_USER, OstlerProject.builtHome(), manyServices())) {
            project.run("up", "-d").ok();

            assertThat(logPipes(project.keeperPid())).isGreaterThanOrEqualTo(2 * SERVICES);
            for (JsonNode status : project.statuses()) {
                if (!status.get("name").asText().equals("look")) {
                    long guard = ProcessHandle.of(status.get("pid").asLong())
                            .flatMap(ProcessHandle::parent)
                            .orElseThrow()
                            .pid();
                    assertThat(guard).isNotEqualTo(project.keeperPid());
                    assertThat(OpenFiles.of(guard).values())
                            .hasSize(3)
                            .contains("/proc", "anon_inode:[signalfd]")
                            .noneMatch(target -> target.startsWith("pipe:"));
                }
            }
        }
    }

    private static OstlerProject project(As as, Path home, String yaml) {
        OstlerProject project = OstlerProject.create(as, home, Jdk.current(), yaml);
        CProgram.build(project, Inside.PROGRAM);
        CProgram.build(project, "with_descriptors");
        return project.file("passed", "");
    }

    private static Path passed(OstlerProject project) {
        return project.directory().resolve("passed");
    }

    /** Runs it with {@link #EXTRA} descriptors that it inherits. */
    private static Result withExtra(OstlerProject project, String command) {
        return project.shell("exec ./with_descriptors " + EXTRA + " passed " + command);
    }

    private static String manyServices() {
        StringBuilder yaml = new StringBuilder(LOOK);
        for (int i = 0; i < SERVICES; i++) {
            yaml.append("  s").append(i).append(": { command: [sleep, '1000'] }\n");
        }
        return yaml.toString();
    }

    /** A copy of the installation whose supervisor opens {@code file} so often at its start. */
    private Path homeWithDescriptors(Path file) throws IOException, URISyntaxException {
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path home = elsewhere.resolve("ostler");
        Installation.copy(OstlerProject.builtHome(), home);
        Path classes = Path.of(MainWithDescriptors.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        for (Class<?> type : List.of(MainWithDescriptors.class, MainWithDescriptors.LibC.class)) {
            String name = type.getName().replace('.', '/') + ".class";
            Path target = home.resolve("lib/extra").resolve(name);
            Files.createDirectories(target.getParent());
            Files.copy(classes.resolve(name), target);
        }
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            for (Path args :
                    files.filter(name -> name.toString().endsWith(".args")).toList()) {
                String text = Files.readString(args);
                assertThat(text).containsOnlyOnce("-cp ./");
                Files.writeString(
                        args,
                        text.replace("-cp ./", "-cp ./extra:./")
                                + "\n-D" + MainWithDescriptors.COUNT + "=" + EXTRA
                                + "\n\"-D" + MainWithDescriptors.FILE + "=" + file + "\"\n"
                                + MainWithDescriptors.class.getName() + "\n");
            }
        }
        return home;
    }

    private static void assertIsOpenWithoutCloseOnExec(Path file, long pid) throws IOException {
        Eventually.until("the supervisor has opened the file", () -> OpenFiles.on(file, pid) == EXTRA);
        for (Map.Entry<Integer, String> open : OpenFiles.of(pid).entrySet()) {
            if (open.getValue().equals(file.toRealPath().toString())) {
                assertThat(OpenFiles.isClosedByExecve(pid, open.getKey())).isFalse();
            }
        }
    }

    private static long logPipes(long pid) {
        return OpenFiles.of(pid).values().stream()
                .filter(target -> target.startsWith("pipe:"))
                .count();
    }

    private static void assertSeesThree(Inside inside) {
        List<String> descriptors = inside.all("fd").stream().sorted().toList();

        assertThat(descriptors).hasSize(3);
        assertThat(descriptors.get(0)).isEqualTo("0 /dev/null");
        assertThat(descriptors.get(1)).startsWith("1 pipe:");
        assertThat(descriptors.get(2)).startsWith("2 pipe:");
        assertThat(descriptors.get(1).substring(2))
                .isNotEqualTo(descriptors.get(2).substring(2));
    }

    private static long supervisor(OstlerProject project) {
        return project.supervisorPid().orElse(0L);
    }
}
