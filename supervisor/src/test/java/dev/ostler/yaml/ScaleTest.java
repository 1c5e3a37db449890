package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** S35, the reader's part: a thousand services. */
class ScaleTest {
    @Test
    void s35_thousandServicesAreLoadedEachWithWhatItsLayersSay() {
        StringBuilder text = new StringBuilder("services:\n");
        for (int i = 0; i < 1000; i++) {
            text.append("  s")
                    .append(i)
                    .append(":\n    extends: jvm-service\n    command: [java, -jar, app.jar, --id, \"")
                    .append(i)
                    .append("\"]\n    environment: { PORT: \"8080\", NAME: s")
                    .append(i)
                    .append(" }\n    ready: { tcp: 9092, timeout: 30s }\n    ulimits: { nofile: 4096 }\n");
            if (i > 0) {
                text.append("    depends_on: [s").append(i - 1).append("]\n");
            }
        }

        var services = FakeProject.of(text.toString()).loaded().project().services();

        assertThat(services).hasSize(1000).allSatisfy(service -> {
            assertThat(service.process().command().value()).hasSize(5).startsWith("java");
            assertThat(service.ready()).isPresent();
            assertThat(service.limits().ulimits()).hasSize(1);
        });
        assertThat(services.subList(1, 1000))
                .allSatisfy(service -> assertThat(service.dependsOn()).hasSize(1));
    }
}
