package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The life of a project from {@code up} to {@code down}, on every JDK there is. */
class UpIT {
    private static final String TWO_SERVICES = """
            services:
              second:
                command: [sh, -c, 'echo second is here; exec sleep 1000']
                depends_on: [first]
              first:
                command: [sh, -c, 'echo first is here; exec sleep 1000']
            """;

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void startsInOrderPrintsPrefixedLinesAndStopsInReverseOrder(Jdk jdk) throws Exception {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, jdk, TWO_SERVICES)) {
            Process up = project.up();
            project.awaitUp();
            project.await("second", "ready");
            project.await("first", "ready");

            Eventually.until(
                    "both have printed",
                    () -> project.text("up.out").contains("first  | first is here")
                            && project.text("up.out").contains("second | second is here"));
            up.destroy(); // SIGTERM
            assertThat(up.waitFor(20, TimeUnit.SECONDS)).isTrue();

            assertThat(up.exitValue()).isZero();
            assertThat(project.text("up.out")).containsSubsequence("second * down: ", "first  * stopping: ");
            assertThat(project.text("up.err").lines().filter(line -> !line.startsWith("note: no cgroup")))
                    .isEmpty();
            assertThat(project.logs()).doesNotContain("WARNING").doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void detachedUpReturnsWhenAllAreStartedAndDownWhenAllIsGone(Jdk jdk) {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, jdk, TWO_SERVICES)) {
            Result up = project.run("up", "-d");
            assertThat(up.exitCode()).as(up.toString()).isZero();
            long first = project.pid("first");

            Result down = project.run("down");

            assertThat(down.exitCode()).as(down.toString()).isZero();
            assertThat(OstlerProject.isAlive(first)).isFalse();
            assertThat(project.run("up", "-d").exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aSecondUpNamesThePidOfTheFirstAndChangesNothing(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO_SERVICES)) {
            project.run("up", "-d").ok();
            JsonNode services = project.statuses();
            String message = "cannot start: project \"" + project.directory() + "\" is already running (pid "
                    + project.keeperPid() + ")\n";

            assertThat(project.run("up")).isEqualTo(new Result(1, "", message));
            assertThat(project.run("up", "-d")).isEqualTo(new Result(1, "", message));
            assertThat(project.statuses()).isEqualTo(services);
        }
    }

    @Test
    void aFirstThatIsJustEndingIsWaitedFor() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, TWO_SERVICES)) {
            project.run("up", "-d").ok();
            project.run("down").ok();
            String lock = project.shell("echo run/*/lock").ok().out().strip();
            String holds = "exec 9<> " + lock + " && flock 9 && echo > held && while [ ! -e go ]; do sleep 0.02; done";
            project.start(List.of("sh", "-c", holds), List.of(), "ending"); // its socket is gone
            Eventually.until("the lock is held", () -> !project.text("held").isEmpty());

            Process up = project.up("-d");
            Eventually.until(
                    "it waits", () -> up.isAlive() && up.descendants().findAny().isPresent());
            project.file("go", "");

            assertThat(up.onExit()).succeedsWithin(Eventually.PATIENCE);
            assertThat(up.exitValue()).as(project.text("up.err")).isZero();
        }
    }
}
