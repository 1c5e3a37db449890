package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM that writes its heap to a slow disk as it has run out of memory is not killed in the middle of that. */
class HeapDumpIT {
    private static final Path SOURCES = Path.of("src/test/resources/it");

    static Stream<Arguments> usersAndJdks() {
        return Stream.concat(
                Jdk.all().stream().map(jdk -> Arguments.of(As.CURRENT, jdk)),
                Stream.of(Arguments.of(As.PLAIN_USER, Jdk.current())));
    }

    /** @param more lines of the service */
    private static OstlerProject dumping(As as, Jdk jdk, String... more) throws IOException {
        int port = FreePort.next();
        String yaml = """
                services:
                  app:
                    command: ['${JAVA_HOME}/bin/java', -Xmx64m, -XX:+UseSerialGC, -XX:+HeapDumpOnOutOfMemoryError, Dumping.java, '%d']
                    environment: { LD_PRELOAD: '${HOME}/slow.so' }
                    ready: { tcp: %d, timeout: 60s }
                    heap_dump_grace_period: 10m
                """.formatted(port, port);
        String rest =
                String.join("\n", more).replace("PORT", Integer.toString(port)).indent(4);
        OstlerProject project = OstlerProject.create(as, jdk, yaml + rest);
        CProgram.compile(project, "slow.so", Files.readString(SOURCES.resolve("slow-disk.c")), "-shared", "-fPIC");
        project.file("Dumping.java", Files.readString(SOURCES.resolve("Dumping.java")))
                .run("up", "-d")
                .ok();
        return project;
    }

    private static void awaitWaiting(OstlerProject project, String dump) {
        Eventually.until(
                "the dump is waited for",
                () -> project.log("app").stream().anyMatch(line -> line.contains("waiting for a heap dump: " + dump)));
    }

    /** Its last record is HEAP_DUMP_END: a tag, a time, and a length of 0 (hprof_b_spec.h). */
    private static void assertWhole(Path dump) throws IOException {
        ByteBuffer end = ByteBuffer.allocate(9);
        try (FileChannel file = FileChannel.open(dump)) {
            file.read(end, file.size() - end.capacity());
        }
        assertThat(end.get(0)).isEqualTo((byte) 0x2c);
        assertThat(end.getInt(5)).isZero();
    }

    @ParameterizedTest
    @MethodSource("usersAndJdks")
    void j8_aStopWaitsForTheDumpAlsoOverTheDeathOfTheSupervisor(As as, Jdk jdk) throws IOException {
        try (OstlerProject project = dumping(as, jdk, "stop_grace_period: 100ms")) {
            String dump = "java_pid" + project.pid("app") + ".hprof";
            project.file("fill", "");
            Eventually.until(
                    "the dump has begun", () -> Files.exists(project.directory().resolve(dump)));

            Process stop = project.start(List.of(project.binary()), List.of("stop", "app"), "stop");
            awaitWaiting(project, dump);
            project.killSupervisor();
            assertThat(project.awaitUp().status("app").get("state").asText()).isEqualTo("stopping");
            project.file("fast", "");

            Eventually.until("it has stopped", () -> !stop.isAlive());
            JsonNode status = project.status("app");
            assertThat(status.at("/last_exit/cause").asText())
                    .as(project.logs())
                    .isEqualTo("requested-stop");
            assertThat(status.at("/last_exit/code").asInt()).isEqualTo(143);
            assertWhole(project.directory().resolve(dump));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void j8_aProbeThatGetsNoAnswerDuringTheDumpIsNoReasonForARestart(As as) throws IOException {
        String health =
                "health: { http: \"http://127.0.0.1:PORT/\", interval: 50ms, attempt_timeout: 500ms, failures: 3 }";
        try (OstlerProject project = dumping(as, Jdk.current(), health)) {
            String dump = "java_pid" + project.pid("app") + ".hprof";
            Eventually.until("it is healthy", () -> isHealthy(project));

            project.file("fill", "");
            awaitWaiting(project, dump);
            project.file("fast", "");

            Eventually.until("it goes on", () -> project.log("app").contains("stdout F:1 goes on"));
            Eventually.until("it is healthy", () -> isHealthy(project));
            assertThat(project.status("app").get("run").asInt())
                    .as(project.logs())
                    .isEqualTo(1);
            assertWhole(project.directory().resolve(dump));
        }
    }

    private static boolean isHealthy(OstlerProject project) {
        return project.status("app").at("/health/state").asText().equals("healthy");
    }
}
