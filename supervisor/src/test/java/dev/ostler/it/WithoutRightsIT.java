package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** S26: not PID 1, no root, nowhere to write, no cgroup; and a neighbour of the same user that is nobody's business. */
class WithoutRightsIT {
    private static final String YAML = """
            services:
              stubborn:
                command: [sh, -c, 'trap "" TERM; setsid sleep 1003 & exec sleep 1004']
                stop_grace_period: 300ms
              polite:
                command: [sh, -c, 'echo I am here; exec sleep 1005']
            """;

    private OstlerProject project;
    private Process neighbour;

    @BeforeEach
    void startNeighbour() {
        project = OstlerProject.create(As.PLAIN_USER, YAML)
                .without("HOME")
                .without("XDG_STATE_HOME")
                .without("OSTLER_RUNTIME_DIR");
        neighbour = project.start(List.of("sleep", "1006"), List.of(), "neighbour");
    }

    @AfterEach
    void neighbourIsUnharmed() {
        boolean alive = neighbour.isAlive();
        project.close();
        assertThat(alive).as("the neighbour lives").isTrue();
    }

    @Test
    void s26_startsSaysWhatIsWeakerAndStopsByGuard() throws Exception {
        Process up = project.up();
        project.awaitUp().await("stubborn", "ready");
        project.await("polite", "ready");

        assertThat(project.text("up.err"))
                .containsOnlyOnce(
                        "warning: no directory for log files can be written to: logs go to the console only\n");
        assertThat(project.text("up.err")).containsOnlyOnce("note: no cgroup can be made here: a guard process");
        assertThat(project.status("stubborn").get("stop_by").asText()).isEqualTo("guard");
        Eventually.until(
                "the console has the line", () -> project.text("up.out").contains("polite   | I am here"));
        assertThat(project.run("logs", "polite").ok().out()).contains("I am here");

        assertThat(project.run("stop", "stubborn").ok().out()).contains("2 processes needed SIGKILL");
        assertThat(neighbour.isAlive()).isTrue();
        project.run("start", "stubborn").ok();
        up.destroy();
        Eventually.until("the shutdown has begun", () -> project.text("up.err").contains("signal=SIGTERM stop=true"));
        up.destroy(); // at once
        assertThat(up.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void s26_runsOnAReadOnlyFilesystemWithAnAbstractSocket() throws IOException {
        As.needRoot("a mount namespace");
        Path runtime = Path.of("/tmp/ostler-" + As.PLAIN_UID);
        assertThat(Files.isSymbolicLink(runtime)).isFalse();
        String readOnly = "mount --make-rprivate / && mount -o remount,bind,ro / && for m in /tmp /run /dev/shm; do"
                + " mountpoint -q $m && mount -o remount,bind,ro $m; done; exec setpriv --reuid=54321 --regid=54321"
                + " --clear-groups --inh-caps=-all \"$0\" up";
        Process up = project.startAs(
                As.CURRENT, List.of("unshare", "--mount", "sh", "-c", readOnly, project.binary()), "up");

        project.awaitUp().await("stubborn", "ready");

        assertThat(project.text("up.err")).containsOnlyOnce("logs go to the console only\n");
        assertThat(up.children().map(child -> OstlerProject.commandLine(child.pid())))
                .anyMatch(line -> line.contains(" runtime= "));
        assertThat(project.run("stop", "stubborn").ok().out()).contains("2 processes needed SIGKILL");
        project.run("down").ok();
        assertThat(up.toHandle().onExit()).succeedsWithin(10, TimeUnit.SECONDS);
    }
}
