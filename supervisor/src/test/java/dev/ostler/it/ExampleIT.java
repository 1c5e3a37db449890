package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples as they are in the repository: the database and the web application, and hello. */
class ExampleIT {
    private static final Path EXAMPLES = Path.of("../examples").toAbsolutePath().normalize();
    private static final String NOBODY = "65534";

    private final HttpClient client = HttpClient.newHttpClient();

    static Stream<Arguments> usersAndJdks() {
        return Stream.of(As.CURRENT, As.PLAIN_USER)
                .flatMap(as -> Jdk.all().stream().map(jdk -> Arguments.of(as, jdk)));
    }

    @ParameterizedTest
    @MethodSource("usersAndJdks")
    void theVisitCountGoesOnWhenTheDatabaseIsKilledAndWhenTheSupervisorIs(As as, Jdk jdk) throws Exception {
        int port = FreePort.next();
        try (OstlerProject project = h2AndWeb(as, jdk, port)) {
            Result up = project.run("up", "-d").ok();
            assertWarning(as, up);
            long web = project.pid("web");
            long db = project.pid("db");
            assertThat(visit(port)).hasValue("visit 1\n");
            assertThat(visit(port)).hasValue("visit 2\n");
            assertThat(visit(port)).hasValue("visit 3\n");
            assertPrivileges(as, web);
            assertPrivileges(as, db);

            ProcessHandle.of(db).ifPresent(ProcessHandle::destroyForcibly);
            long again = project.awaitRun("db", 2).get("pid").asLong();

            assertThat(again).isNotEqualTo(db);
            assertThat(Eventually.value("web has recovered", () -> visit(port))).isEqualTo("visit 4\n");
            assertThat(project.pid("web")).isEqualTo(web);

            long supervisor = project.supervisorPid().orElseThrow();
            ProcessHandle.of(supervisor).ifPresent(ProcessHandle::destroyForcibly);
            assertThat(visit(port)).hasValue("visit 5\n");
            assertThat(project.pid("web")).isEqualTo(web);
            assertThat(project.pid("db")).isEqualTo(again);
            assertThat(project.status("db").get("restarts").asInt()).isEqualTo(1);

            project.run("down").ok();
            assertThat(List.of(web, again)).noneMatch(OstlerProject::isAlive);
            assertThat(String.join("\n", project.logFile("web"))).contains("web: stopped");
        }
    }

    private OstlerProject h2AndWeb(As as, Jdk jdk, int webPort) throws IOException {
        Path example = EXAMPLES.resolve("h2-and-web");
        assumeThat(example.resolve("target/web.jar"))
                .as("skipped: the example is built by the whole build only")
                .exists();
        OstlerProject project = OstlerProject.create(as, jdk, Files.readString(example.resolve("ostler.yaml")))
                .env("WEB_PORT", Integer.toString(webPort))
                .env("DB_PORT", Integer.toString(FreePort.next()));
        Path target = Files.createDirectory(project.directory().resolve("target"));
        for (String jar : List.of("web.jar", "h2.jar")) {
            Files.copy(example.resolve("target").resolve(jar), target.resolve(jar));
        }
        return project;
    }

    private static void assertWarning(As as, Result up) {
        if (As.isRoot() && as == As.CURRENT) {
            assertThat(up.err()).isEmpty();
        } else {
            assertThat(up.err())
                    .contains("ostler.yaml:8:19 (profiles.java-app.user.name): cannot run \"web\" as user \"nobody\"")
                    .doesNotContain("Exception")
                    .doesNotContain("WARNING");
        }
    }

    private static void assertPrivileges(As as, long pid) throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .map(line -> line.replaceAll("\\s+", " "))
                .toList();
        String id = !As.isRoot() ? Long.toString(uid()) : as == As.CURRENT ? NOBODY : Integer.toString(As.PLAIN_UID);
        String none = "0000000000000000";
        assertThat(status)
                .contains(String.join(" ", "Uid:", id, id, id, id))
                .contains("CapEff: " + none, "CapPrm: " + none, "CapInh: " + none, "CapAmb: " + none)
                .contains("NoNewPrivs: 1", "Cpus_allowed_list: 0");
        if (As.isRoot() && as == As.CURRENT) {
            assertThat(status).contains("CapBnd: " + none);
        }
    }

    private static long uid() throws IOException {
        return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    }

    @ParameterizedTest
    @MethodSource("usersAndJdks")
    void helloGreetsUntilItIsStopped(As as, Jdk jdk) throws Exception {
        String yaml = Files.readString(EXAMPLES.resolve("hello/ostler.yaml"));
        try (OstlerProject project = OstlerProject.create(as, jdk, yaml)) {
            project.run("up", "-d").ok();
            String greeting = "stdout F:1 hello from " + project.pid("hello");

            Eventually.until(
                    "two greetings",
                    () -> project.log("hello").stream().filter(greeting::equals).count() > 1);

            assertThat(project.run("stop", "hello").ok().out()).startsWith("hello: stopped as requested by a person");
        }
    }

    @Test
    void everyExampleIsWithoutFault() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            for (Path file : files.filter(path -> path.endsWith("ostler.yaml")).toList()) {
                try (OstlerProject project = OstlerProject.create(As.CURRENT, Files.readString(file))) {
                    // the program of a container's plan is in the container
                    project.run(file.getParent().endsWith("container") ? "plan" : "check")
                            .ok();
                }
            }
        }
    }

    /** Empty while the application, or its database, does not answer. */
    private Optional<String> visit(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    }
}
