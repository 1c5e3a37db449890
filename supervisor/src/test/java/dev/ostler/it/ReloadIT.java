package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people ask of services that run: to take a signal, to read their own configuration again. */
class ReloadIT {
    /** Says its name upon USR1. */
    private static final String LISTEN = """
            #!/bin/sh
            trap "echo $1 heard" USR1
            echo $1 listens
            while :; do sleep 1000 2> /dev/null & wait $!; done
            """;

    private static long count(OstlerProject project, String line) {
        return project.log("web").stream()
                .filter(each -> each.endsWith(" " + line))
                .count();
    }

    private static void awaitCount(OstlerProject project, String line, int count) {
        Eventually.until(line + " " + count + " times", () -> count(project, line) == count);
    }

    private static void assertRefused(Result result, String text) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).isEqualTo(text + "\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void aSignalGoesToWhomItIsForAndIsNoStop(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, './listen member & setsid ./listen apart & exec ./listen main']
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml).file("listen", LISTEN)) {
            project.run("up", "-d").ok();
            List.of("main", "member", "apart").forEach(name -> awaitCount(project, name + " listens", 1));

            project.run("signal", "USR1", "web").ok();
            awaitCount(project, "main heard", 1);
            project.run("signal", "SIGUSR1", "web", "--to", "group").ok();
            awaitCount(project, "main heard", 2);
            awaitCount(project, "member heard", 1);
            project.run("signal", "--to=all", "10", "web").ok();
            awaitCount(project, "main heard", 3);
            awaitCount(project, "member heard", 2);
            awaitCount(project, "apart heard", 1);

            project.run("signal", "KILL", "web").ok();
            assertThat(project.awaitRun("web", 2).at("/last_exit/text").asText())
                    .startsWith("killed by SIGKILL");
            project.run("stop", "web").ok();
            assertRefused(project.run("signal", "HUP", "web"), "cannot signal \"web\": it does not run, it is down");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aReloadTakesItsStepsAndTheFirstThatFailsIsTold(As as) {
        String yaml = """
                services:
                  web:
                    command: [./listen, main]
                    reload:
                      - { exec: [sh, -c, 'cat answer; echo $$OSTLER_SERVICE > asked; test ! -e bad'] }
                      - { signal: USR1 }
                  deaf:
                    command: [sleep, '1000']
                """;
        try (OstlerProject project =
                OstlerProject.create(as, yaml).file("listen", LISTEN).file("answer", "not now")) {
            project.run("up", "-d").ok();
            awaitCount(project, "main listens", 1);
            long main = project.pid("web");

            project.run("reload", "web").ok();
            awaitCount(project, "main heard", 1);
            assertThat(project.text("asked")).isEqualTo("web\n");
            assertThat(count(project, "reloaded")).isEqualTo(1);

            project.file("bad", "");
            assertRefused(project.run("reload", "web"), "cannot reload \"web\": exec sh: exited 1: not now");
            assertThat(count(project, "main heard")).isEqualTo(1);
            assertThat(project.pid("web")).isEqualTo(main);

            Result none = project.run("reload", "web", "deaf");
            assertThat(none.exitCode()).isEqualTo(1);
            assertThat(none.err())
                    .startsWith("cannot reload \"deaf\": it has no \"reload\", which says how, at ostler.yaml:7:");
            assertThat(project.log("web"))
                    .filteredOn(line -> line.contains("reload failed"))
                    .hasSize(1);

            project.run("stop", "web").ok();
            assertThat(project.run("reload", "web").err())
                    .startsWith("cannot reload \"web\": it is not up, it is down: ");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aReloadEndsWithTheRun(As as) {
        String yaml = """
                services:
                  web:
                    command: [sleep, '1000']
                    reload: { exec: [sh, -c, 'echo > asked; exec sleep 1000'], timeout: 10m }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();
            Process reload = project.start(List.of(project.binary()), List.of("reload", "web"), "reload");
            Eventually.until("it is asked", () -> !project.text("asked").isEmpty());

            project.run("stop", "web").ok();

            Eventually.until("it is told", () -> !reload.isAlive());
            assertThat(reload.exitValue()).isEqualTo(1);
            assertThat(project.text("reload.err"))
                    .isEqualTo("cannot reload \"web\": it is not up, it is stopping: stop requested by a person\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s33_aReloadIsOverWhenTheServiceSaysSoAlsoOverTheDeathOfTheSupervisor(As as) {
        String yaml = """
                services:
                  web:
                    command: [./web]
                    ready: notify
                    reload: [ { signal: HUP }, { ready: 30s } ]
                  slow:
                    command: [sh, -c, 'trap "" HUP; ./notify READY=1; exec sleep 1000']
                    ready: notify
                    reload: [ { signal: HUP }, { ready: 100ms } ]
                """;
        String web = """
                #!/bin/sh
                reload() {
                    ./notify RELOADING=1
                    while [ ! -e done ]; do sleep 0.02; done
                    ./notify --barrier READY=1
                }
                trap reload HUP
                ./notify READY=1
                while :; do sleep 1000 & wait $!; kill $!; done
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml).file("web", web)) {
            CProgram.build(project, "notify");
            project.run("up", "-d").ok();
            assertRefused(project.run("reload", "slow"), "cannot reload \"slow\": not ready again within 100 ms");

            Process reload = project.start(List.of(project.binary()), List.of("reload", "web"), "reload");
            Eventually.until("it reloads", () -> project.status("web").has("reloading"));
            project.killSupervisor();
            assertThat(project.awaitUp().status("web").has("reloading")).isTrue();
            assertThat(reload.isAlive()).isTrue();
            project.file("done", "");

            Eventually.until("it is over", () -> !reload.isAlive());
            assertThat(reload.exitValue()).as(project.text("reload.err")).isZero();
            assertThat(project.status("web").has("reloading")).isFalse();
        }
    }
}
