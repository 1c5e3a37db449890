package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WireMock as a service under {@code jvm-service}: told to answer badly, it is found unhealthy and restarted. */
class WireMockIT {
    private static final Path JAR =
            Path.of("target/test-jars/wiremock-standalone.jar").toAbsolutePath();

    private static final String YAML = """
            services:
              api:
                extends: { profile: jvm-service, with: { read: [ JAR ] } }
                command: ['${JAVA_HOME}/bin/java', -XX:TieredStopAtLevel=1, -jar, JAR, --disable-banner,
                          --bind-address, 127.0.0.1, --port, 'PORT']
                ready: { http: "http://127.0.0.1:PORT/__admin/health", timeout: 60s }
                health: { http: "http://127.0.0.1:PORT/live", interval: 50ms, attempt_timeout: 500ms, failures: 2 }
                restart: { backoff: { initial: 1ms, max: 1ms } }
            """;

    private static final String GOOD = "{ \"request\": { \"url\": \"/live\" }, \"response\": { \"status\": 200 } }";
    private static final String BAD = "{ \"request\": { \"url\": \"/live\" }, \"response\": { %s } }";

    /** What WireMock is to do, and what the log says of the probe. It forgets it with its process. */
    private enum Fault {
        ERROR("\"status\": 500", "500"),
        DELAY("\"status\": 200, \"fixedDelayMilliseconds\": 5000", "500 ms"),
        RESET("\"fault\": \"CONNECTION_RESET_BY_PEER\"", "reset");

        private final String response;
        private final String said;

        Fault(String response, String said) {
            this.response = response;
            this.said = said;
        }
    }

    private static void answer(int port, String response) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/__admin/mappings"))
                .POST(HttpRequest.BodyPublishers.ofString(BAD.formatted(response)))
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        assertThat(status).isEqualTo(201);
    }

    private static void awaitHealthy(OstlerProject project) {
        Eventually.until(
                "it is healthy" + project.logs(),
                () -> project.status("api").at("/health/state").asText().equals("healthy"));
    }

    @Test
    void s22_errorsDelaysAndResetsMakeItUnhealthyAndItIsRestarted() throws Exception {
        int port = FreePort.next();
        String yaml = YAML.replace("JAR", JAR.toString()).replace("PORT", Integer.toString(port));
        List<String> said = new ArrayList<>();
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml).file("mappings/live.json", GOOD)) {
            project.run("up", "-d").ok();
            awaitHealthy(project);
            for (Fault fault : Fault.values()) {
                answer(port, fault.response);

                JsonNode status = project.awaitRun("api", fault.ordinal() + 2);

                assertThat(status.at("/last_exit/cause").asText()).isEqualTo("probe");
                awaitHealthy(project);
                String run = "F:" + (fault.ordinal() + 1);
                said.addAll(project.log("api").stream()
                        .filter(line -> line.contains(run + " stopping: unhealthy, 2 failures in a row"))
                        .toList());
                assertThat(said).hasSize(fault.ordinal() + 1);
                assertThat(said.get(fault.ordinal())).contains(fault.said);
            }
        }
    }
}
