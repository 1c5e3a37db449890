package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is part of a service has no say over its supervisor, however far it has gone from the main process. */
class ControlAccessIT {
    private static final String REFUSAL = "ostler: a supervised service may not control its supervisor";

    static Stream<As> users() {
        return Stream.of(As.CURRENT, As.WITHOUT_CGROUPS);
    }

    @ParameterizedTest
    @MethodSource("users")
    void aServiceIsRefused(As as) {
        assertRefused(as, "./ask.sh; exec sleep 1000");
    }

    @ParameterizedTest
    @MethodSource("users")
    void anOrphanInASessionOfItsOwnIsRefused(As as) {
        assertRefused(as, "sh -c 'setsid ./ask.sh $$ &'; exec sleep 1000");
    }

    private static void assertRefused(As as, String script) {
        try (OstlerProject project = OstlerProject.create(as, "")) {
            project.file("ostler.yaml", """
                    services:
                      asks:
                        command: [sh, -c, "%s"]
                        environment: { OSTLER_RUNTIME_DIR: "%s/run" }
                    """.formatted(script, project.directory()));
            project.file("ask.sh", """
                    #!/bin/sh
                    while [ -n "$1" ] && kill -0 "$1" 2>/dev/null; do :; done # until it is nobody's child
                    %s down 2>&1
                    echo "exit code $?"
                    """.formatted(project.binary()));
            project.run("up", "-d").ok();

            String log = Eventually.value(
                    "the answer is in the log",
                    () -> Stream.of(project.run("logs").ok().out())
                            .filter(text -> text.contains("exit code"))
                            .findFirst());

            assertThat(log).contains(REFUSAL).contains("exit code 1");
        }
    }
}
