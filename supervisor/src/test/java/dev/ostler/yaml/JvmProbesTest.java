package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmProbesTest {
    private static List<String> warnings(String probe) {
        return FakeProject.webWith(probe).loaded().warnings().stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void j25_aProbeThatStartsAJvmOftenIsAWarningWithItsCost() {
        assertThat(warnings("health: { exec: [jcmd, \"1\", VM.version], interval: 10s }"))
                .containsExactly(
                        "ostler.yaml:4:21 (services.web.health.exec): a JVM started every 10 s takes about 3 % of a"
                                + " CPU; \"http\", \"tcp\", \"unix\" and \"listening\" ask without starting anything");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ready: { exec: /opt/jdk/bin/java -jar check.jar }",
                "health: { exec: [sh, -c, 'x=1 java -jar check.jar'] }",
                "health: { exec: [timeout, '5', /opt/jdk/bin/java, -version] }"
            })
    void j25_itIsFoundBehindOtherPrograms(String probe) {
        assertThat(warnings(probe)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "health: { exec: [java, -jar, check.jar], interval: 1m }",
                "health: { exec: [curl, http://127.0.0.1/java] }",
                "health: { exec: [cat, data/java.pid] }"
            })
    void othersAreNone(String probe) {
        assertThat(warnings(probe)).isEmpty();
    }
}
