package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody types into the terminal of whoever started Ostler: C4, C6, P2, P3. */
class TerminalInputIT {
    private static final String PROFILES = """
            services: { unused: { command: ['true'] } }
            profiles:
              box:
                working_dir: /
                sandbox: { namespaces: [mount, pid, ipc], mounts: [ { proc: /proc }, { dev: /dev } ] }
            """;

    private static OstlerProject project(As as) {
        OstlerProject project = OstlerProject.create(as, PROFILES);
        CProgram.build(project, "inject");
        return project;
    }

    private static PlayedTerminal inject(OstlerProject project, String name, String... options) {
        List<String> command = new ArrayList<>(List.of(project.binary(), "run"));
        command.addAll(List.of(options));
        command.addAll(List.of("--", project.directory() + "/inject"));
        return PlayedTerminal.open(project, name, command.toArray(new String[0]));
    }

    /** What the caller's shell would read next; what was typed is there at once. */
    private static void assertNothingTyped(PlayedTerminal terminal) {
        assertThat(terminal.exitCode()).as(terminal.toString()).isZero();
        assertThat(terminal.screen()).containsPattern("\nend\r+\n").doesNotContain("clipboard=used");
        assertThat(terminal.ask("pending")).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c4_c6_p2_p3_aTerminalOfItsOwnIsAllThatCanBeTypedInto(As as) {
        try (OstlerProject project = project(as)) {
            assertNothingTyped(inject(project, "host", "-it"));
            assertNothingTyped(inject(project, "box", "-it", "-p", "./ostler.yaml#box"));
            assertNothingTyped(inject(project, "shown", "-t"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c4_c6_p2_p3_theCallersTerminalIsNotTypedIntoByWhoHoldsIt(As as) {
        try (OstlerProject project = project(as)) {
            for (List<String> options : List.of(List.<String>of(), List.of("-p", "./ostler.yaml#box"))) {
                PlayedTerminal terminal = inject(project, "held-" + options.size(), options.toArray(new String[0]));

                assertNothingTyped(terminal);
                assertThat(terminal.screen())
                        .contains("0 typed=0 ", "1 typed=0 ", "2 typed=0 ", "/dev/tty errno=6\r\n"); // ENXIO
            }
        }
    }

    /** The same program without Ostler: what is denied above is not denied by this kernel anyway. */
    @Test
    void rootWouldTypeIntoATerminalOfAnotherSession() {
        As.needRoot("CAP_SYS_ADMIN, which alone may type into another's terminal");
        try (OstlerProject project = project(As.CURRENT)) {
            PlayedTerminal terminal = PlayedTerminal.open(project, "bare", "setsid", "-w", "./inject");

            assertThat(terminal.exitCode()).isZero();
            assertThat(terminal.screen()).contains("0 typed=3 ");
            assertThat(terminal.ask("pending")).isNotEqualTo("0");
        }
    }

    /** A leader of the caller's session would keep its terminal as the controlling one. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c4_theLeaderOfASessionDoesNotHandItsTerminalOn(As as) {
        try (OstlerProject project = project(as)) {
            project.file("ostler.yaml", "services: { app: { command: [./inject] } }\n");
            project.run("plan", "-o", "app.plan").ok();
            // script(1) starts its command as the leader of a session with a terminal
            PlayedTerminal terminal = PlayedTerminal.open(
                    project, "leader", "script", "-qec", "exec '" + project.binary() + "' exec app.plan", "/dev/null");

            assertThat(terminal.exitCode()).as(terminal.toString()).isZero();
            assertThat(terminal.screen()).contains("/dev/tty errno=6\r\n", "0 typed=0 ");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c4_aServiceHasNoTerminalAtAll(As as) {
        String yaml = "services: { app: { command: [./inject], restart: \"no\" } }\n";
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            CProgram.build(project, "inject");
            PlayedTerminal terminal = PlayedTerminal.open(project, "up", project.binary(), "up");
            project.awaitUp().await("app", "finished");

            assertThat(project.log("app")).contains("stdout F:1 0 typed=0 errno=25", "stdout F:1 /dev/tty errno=6");
            project.run("down").ok();
            assertThat(terminal.exitCode()).isZero();
            assertThat(terminal.ask("pending")).isEqualTo("0");
        }
    }

    /** Whoever is of the same user cannot reach the terminal through the process that relays it. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theRelayCannotBeReachedAndKeepsNoRight(As as) {
        try (OstlerProject project = project(as)) {
            CProgram.build(project, "attach");
            String script = "init=$PPID; relay=$(cut -d' ' -f4 /proc/$init/stat); ./attach $init; ./attach $relay;"
                    + " grep -h CapPrm /proc/$init/status /proc/$relay/status";
            List<String> command = new ArrayList<>(List.of(project.binary(), "run", "-it"));
            if (as.hasRoot()) {
                command.addAll(List.of("-s", "user=\"54321:54321\""));
            }
            command.addAll(List.of("--", "sh", "-c", script));
            PlayedTerminal terminal = PlayedTerminal.open(project, "relay", command.toArray(new String[0]));

            assertThat(terminal.exitCode()).as(terminal.toString()).isZero();
            assertThat(terminal.screen()).contains("tried 6 refused 6\r\ntried 6 refused 6\r\n");
            assertThat(terminal.screen().lines().filter(line -> line.startsWith("CapPrm:")))
                    .hasSize(2)
                    .allMatch(line -> line.endsWith(as.hasRoot() ? "0000000000000020" : "0000000000000000"));
        }
    }
}
