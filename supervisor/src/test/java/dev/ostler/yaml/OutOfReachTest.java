package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Jars that a JVM would not find are told before it starts. */
class OutOfReachTest {
    private static List<String> warnings(String extending, String... lines) {
        String keys = String.join("\n    ", lines);
        return FakeProject.web("extends: " + extending, keys).loaded().warnings().stream()
                .map(Problem::message)
                .map(message -> message.substring(0, message.indexOf(" for ")))
                .toList();
    }

    @Test
    void aJarOutsideOfTheProjectIsAWarning() {
        assertThat(warnings("jvm-service", "command: [java, -cp, \"a.jar:/opt/lib/*\", -jar, /opt/app.jar]"))
                .containsExactly("\"/opt/lib\" is out of reach", "\"/opt/app.jar\" is out of reach");
        assertThat(warnings("jvm-service", "command: [java, -javaagent:/opt/agent.jar=x, -jar, ../app.jar]"))
                .containsExactly("\"/opt/agent.jar\" is out of reach", "\"/app.jar\" is out of reach");
    }

    @Test
    void soAreAnotherProgramAndAnotherDirectory() {
        assertThat(warnings("jvm-service", "command: [/opt/jdk/bin/java, -jar, app.jar]", "working_dir: /srv/demo"))
                .containsExactlyInAnyOrder(
                        "\"/srv/demo\" is out of reach",
                        "\"/opt/jdk/bin/java\" is out of reach",
                        "\"/srv/demo/app.jar\" is out of reach");
    }

    @Test
    void whatTheProfileWasToldOfIsWithinReach() {
        assertThat(warnings(
                        "{ profile: jvm-service, with: { read: [/opt/app], java_home: /opt/jdk, write: [data] } }",
                        "command: [/opt/jdk/bin/java, -cp, \"lib/*:/opt/app/app.jar\", -Dx=/etc/x, Main]"))
                .isEmpty();
        assertThat(warnings(
                        "jvm-service",
                        "command: [java, -jar, /opt/app/app.jar]",
                        "sandbox: { landlock: { +read: [/opt/app] } }"))
                .isEmpty();
    }

    @Test
    void theWarningNamesServiceAndPlace() {
        assertThat(FakeProject.web("extends: jvm-service", "command: [java, -jar, /opt/app.jar]")
                        .loaded()
                        .warnings())
                .extracting(Problem::toString)
                .singleElement()
                .asString()
                .startsWith(
                        "ostler.yaml:4:14 (services.web.command): \"/opt/app.jar\" is out of reach for \"web\": no path of"
                                + " its landlock holds it, add it to \"read\" (<shipped>/jvm-service.yaml:");
    }
}
