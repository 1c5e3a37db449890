package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines as people mistype them, with no supervisor running; and plan files that are none. */
class CommandLineIT {
    private static final String ONE = """
            services:
              web: { command: [sleep, "1000"] }
            """;

    private static final int MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up", "down", "status", "start", "stop", "restart", "logs", "audit", "check", "plan", "exec", "init"
            })
    void everyCommandExplainsItself(String command) {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, ONE)) {
            Result help = project.run(command, "--help");

            assertThat(help.out().lines().findFirst().orElse("").toLowerCase()).startsWith("usage: ostler " + command);
            assertThat(help.err()).isEmpty();
            assertThat(help.exitCode()).isZero();
        }
    }

    @Test
    void wrongCommandLinesEndWithTwoAndSayWhatIsWrong() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, ONE)) {
            wrong(project, "", "usage: ostler COMMAND [ARGUMENTS]");
            wrong(project, "statsu", "unknown command \"statsu\", nearest is \"status\"");
            wrong(project, "up --detached", "unknown option \"--detached\"");
            wrong(project, "up web", "up starts all services; unexpected \"web\"");
            wrong(project, "up -f", "a value is missing after \"-f\"");
            wrong(project, "up --max-children none", "not a number of children: \"none\"");
            wrong(project, "check --bogus", "unknown option: '--bogus'");
            wrong(project, "plan a b c", "one FILE and one SERVICE at most");
            wrong(project, "exec", "usage: ostler exec PLAN [-- ARG...]");
            wrong(project, "init", "usage: ostler init [-g] [--] COMMAND [ARG...] | ostler init PLAN");
        }
    }

    @Test
    void wrongCommandLinesOfARunningSupervisor() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, ONE)) {
            project.run("up", "-d").ok();

            wrong(project, "status --jsn", "unknown option: '--jsn'");
            wrong(project, "logs -n x", "invalid value for option '--lines'");
            wrong(project, "start a/b", "\"a/b\" is not a service name");
            wrong(project, "audit", "missing required parameter: 'SERVICE'");
            wrong(project, "down web", "unmatched argument");
            Result unknown = project.run("start", "wbe");
            assertThat(unknown.err()).isEqualTo("no service \"wbe\"; there is \"web\"\n");
            assertThat(unknown.exitCode()).isEqualTo(1);
        }
    }

    private static void wrong(OstlerProject project, String line, String message) {
        Result result = project.run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(result.err().lines().findFirst().orElse("")).as(line).startsWithIgnoringCase(message);
        assertThat(result.err()).as(line).containsIgnoringCase("ostler");
        assertThat(result.out()).as(line).isEmpty();
        assertThat(result.exitCode()).as(line).isEqualTo(2);
    }

    @Test
    void noSupervisorIsSaidAndDownHasNothingToDo() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, ONE)) {
            String message = "no supervisor is running for \"" + project.directory() + "\"\n";
            for (String command : new String[] {"status", "start", "stop", "restart", "logs"}) {
                Result result = project.run(command);
                assertThat(result.err()).isEqualTo(message);
                assertThat(result.exitCode()).isEqualTo(1);
            }
            Result down = project.run("down");
            assertThat(down.out()).isEqualTo(message);
            assertThat(down.exitCode()).isZero();
        }
    }

    @Test
    void aMebibyteOfGarbageIsNoPlan() throws IOException {
        byte[] garbage = new byte[MEBIBYTE];
        new Random(1).nextBytes(garbage);
        byte[] magic = garbage.clone();
        System.arraycopy("OSTLPLAN".getBytes(), 0, magic, 0, 8);
        byte[] version = magic.clone();
        Arrays.fill(version, 8, 12, (byte) 0);
        version[8] = 1;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, ONE)) {
            Files.write(project.directory().resolve("garbage"), garbage);
            Files.write(project.directory().resolve("magic"), magic);
            Files.write(project.directory().resolve("version"), version);
            Files.write(project.directory().resolve("large"), Arrays.copyOf(version, 2 * MEBIBYTE));

            plan(project, "exec", "garbage", "cannot read plan \"garbage\": it is no plan\n");
            for (String role : new String[] {"exec", "init"}) {
                plan(project, role, "magic", "cannot read plan \"magic\": its version is not 1\n");
                plan(project, role, "version", "cannot read plan \"version\": its length is not that of the header\n");
                plan(project, role, "large", "cannot read plan \"large\": it is larger than 1 MiB\n");
            }
            plan(
                    project,
                    "exec",
                    "nothing",
                    "cannot read plan \"nothing\": open: ENOENT (No such file or directory)\n");
            // without the magic the argument of init is a command
            Result init = project.run("init", "./garbage");
            assertThat(init.err()).isEqualTo("cannot start: execve \"./garbage\": EACCES (Permission denied)\n");
            assertThat(init.exitCode()).isEqualTo(126);
        }
    }

    private static void plan(OstlerProject project, String role, String file, String message) {
        Result result = project.run(role, file);

        assertThat(result.err()).isEqualTo(message);
        assertThat(result.exitCode()).isEqualTo(125);
    }
}
