package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code stop} returns when nothing of the service is left, and not later; by a cgroup and by a guard. */
class StopIT {
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Longer than any command may take here. */
    private static final String LONG_GRACE = "600s";

    private static String service(String script, String more) {
        return """
                services:
                  it:
                    command: [./%s]
                """.formatted(script) + more.indent(4);
    }

    @ParameterizedTest
    @EnumSource(As.class)
    void endsAServiceThatIgnoresTermAndItsGrandchildInAnotherSession(As as) {
        String stubborn = """
                #!/bin/sh
                trap '' TERM
                setsid sh -c 'setsid sh -c "echo \\$\\$ > escaped; exec sleep 1000" & exit 0'
                exec sleep 1000
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("stubborn.sh", "stop_grace_period: " + GRACE.toSeconds() + "s"))) {
            project.file("stubborn.sh", stubborn).run("up", "-d").ok();
            long main = project.pid("it");
            long escaped = pidIn(project, "escaped");
            assertThat(project.status("it").get("stop_by").asText()).isEqualTo(means(as));
            assertThat(session(escaped)).isNotEqualTo(session(main));

            long begin = System.nanoTime();
            Result stop = project.run("stop", "it").ok();

            assertThat(elapsedSince(begin)).isBetween(GRACE, GRACE.plusSeconds(8));
            assertThat(stop.out())
                    .isEqualTo(
                            "it: stopped as requested by a person, but 2 processes needed SIGKILL (killed by SIGKILL)\n");
            assertThat(List.of(main, escaped)).noneMatch(OstlerProject::isAlive);
        }
    }

    @ParameterizedTest
    @EnumSource(As.class)
    void s8_leaderExitsOnTermAndMembersOfItsGroupDoNot(As as) {
        String leader = """
                #!/bin/sh
                (trap '' TERM; exec sleep 1000) &
                echo $! > first
                (trap '' TERM; exec sleep 1000) &
                echo $! > second
                trap 'exit 0' TERM
                while :; do wait; done
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("leader.sh", "stop_grace_period: " + GRACE.toSeconds() + "s"))) {
            project.file("leader.sh", leader).run("up", "-d").ok();
            List<Long> members = List.of(pidIn(project, "first"), pidIn(project, "second"));
            Eventually.until(
                    "both ignore TERM",
                    () -> members.stream()
                            .allMatch(pid -> OstlerProject.commandLine(pid).startsWith("sleep")));

            long begin = System.nanoTime();
            Result stop = project.run("stop", "it").ok();

            assertThat(elapsedSince(begin)).isGreaterThanOrEqualTo(GRACE);
            assertThat(stop.out())
                    .isEqualTo("it: stopped as requested by a person, but 2 processes needed SIGKILL (exited 0)\n");
            assertThat(members).noneMatch(OstlerProject::isAlive);
        }
    }

    @ParameterizedTest
    @EnumSource(As.class)
    void returnsAtOnceWhenTheServiceEndsAtOnce(As as) {
        String willing = """
                #!/bin/sh
                sleep 1000 &
                echo $! > child
                exec sleep 1000
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("willing.sh", "stop_grace_period: " + LONG_GRACE))) {
            project.file("willing.sh", willing).run("up", "-d").ok();
            long main = project.pid("it");
            long child = pidIn(project, "child");

            Result stop = project.run("stop", "it").ok(); // the harness does not wait for the whole grace

            assertThat(stop.out()).isEqualTo("it: stopped as requested by a person (killed by SIGTERM)\n");
            assertThat(List.of(main, child)).noneMatch(OstlerProject::isAlive);
            assertThat(project.log("it")).anyMatch(line -> line.startsWith("ostler F:1 down: stopped as requested"));
        }
    }

    @ParameterizedTest
    @EnumSource(As.class)
    void whatAnExitedServiceLeavesBehindIsEndedBeforeItsRestart(As as) {
        String leaves = """
                #!/bin/sh
                if [ -e left ] && kill -0 $(cat left); then echo two > overlap; fi
                setsid sh -c 'trap "" TERM; echo $$ > left; exec sleep 1000' &
                [ -e again ] && exec sleep 1000
                until [ -s left ]; do sleep 0.01; done
                cp left again
                exit 1
                """;
        try (OstlerProject project = OstlerProject.create(as, service("leaves.sh", "stop_grace_period: 1s"))) {
            project.file("leaves.sh", leaves).up();
            project.awaitUp();

            project.awaitRun("it", 2);

            assertThat(project.text("overlap")).isEmpty();
            assertThat(OstlerProject.isAlive(pidIn(project, "again"))).isFalse();
            assertThat(project.log("it")).anyMatch(line -> line.startsWith("ostler F:1 backoff: exited 1 after "));
        }
    }

    private static String means(As as) {
        return As.isRoot() && as == As.CURRENT ? "cgroup" : "guard";
    }

    private static long pidIn(OstlerProject project, String file) {
        Eventually.until("a pid in " + file, () -> !project.text(file).isBlank());
        return Long.parseLong(project.text(file).strip());
    }

    private static String session(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Duration elapsedSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
