package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** S35, the reader's part: a thousand services. */
class ScaleTest {
    @Test
    void s35_thousandServicesLoadInUnderASecond() {
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
        FakeProject project = FakeProject.of(text.toString());
        project.loaded();

        long start = System.nanoTime();
        var loaded = project.loaded();
        long millis = (System.nanoTime() - start) / 1_000_000;

        assertThat(loaded.project().services()).hasSize(1000);
        assertThat(millis).as("milliseconds, second load").isLessThan(1000);
    }
}
