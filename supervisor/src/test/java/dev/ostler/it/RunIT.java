package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One command in a sandbox, and the plan that is kept for the next time. */
class RunIT {
    private static final String NO_PROJECT = "services: { unused: { command: ['true'] } }\n";

    private static final String PROFILES = """
            services: { unused: { command: ['true'] } }
            profiles:
              box:
                working_dir: /
                environment: { SIZE: "${SIZE:-small}" }
                sandbox:
                  namespaces: [mount, pid, ipc, uts]
                  read_only: true
                  mounts: [ { proc: /proc }, { tmpfs: /tmp } ]
            """;

    private static OstlerProject project(As as, String yaml) {
        return OstlerProject.create(as, yaml).env("SIZE", "large");
    }

    /** A JVM cannot be found any more: what works then is the kept plan. */
    private static OstlerProject withoutJava(OstlerProject project) {
        return project.env("JAVA_HOME", "/nonexistent").env("PATH", "/nonexistent");
    }

    private static List<Path> kept(OstlerProject project) throws IOException {
        Path cache = project.directory().resolve(".cache/ostler");
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void runsACommandInASandboxAndEndsWithItsExitCode(As as) {
        try (OstlerProject project = project(as, PROFILES)) {
            Result result = project.run(
                    "run",
                    "-p",
                    "./ostler.yaml#box",
                    "--",
                    "sh",
                    "-c",
                    "echo $SIZE $0; touch /var/tmp/x; exit 7",
                    "argument");

            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.out()).isEqualTo("large argument\n");
            assertThat(result.err()).contains("Read-only file system");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theSecondTimeNoJavaIsStartedWhateverTheArgumentsAre(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            String[] first = {"run", "-s", "sandbox.network=none", "--", "sh", "-c", "exit 3"};
            assertThat(project.run(first).exitCode()).isEqualTo(3);
            assertThat(kept(project))
                    .singleElement()
                    .satisfies(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));

            withoutJava(project);

            assertThat(project.run("run", "-s", "sandbox.network=none", "--", "sh", "-c", "kill -9 $$")
                            .exitCode())
                    .isEqualTo(128 + 9);
            assertThat(project.run("run", "-s", "sandbox.network=host", "--", "sh", "-c", "exit 3")
                            .err())
                    .as("another sandbox is another plan")
                    .contains("java");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aChangedFileOrVariableMakesANewPlan(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.file("p.yaml", "profiles: { p: { environment: { A: \"1\" } } }\n");
            String[] command = {"run", "-p", "./p.yaml#p", "--", "sh", "-c", "echo $A"};
            assertThat(project.run(command).ok().out()).isEqualTo("1\n");

            project.file("p.yaml", "profiles: { p: { environment: { A: \"two\" } } }\n");

            assertThat(project.run(command).ok().out()).isEqualTo("two\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPlanWithSecretsIsNotKept(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.file("secret.env", "PASSWORD=hidden\n");

            Result result = project.run("run", "-s", "env_file=secret.env", "--", "sh", "-c", "echo $PASSWORD");

            assertThat(result.ok().out()).isEqualTo("hidden\n");
            assertThat(kept(project)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aCacheThatOthersMayWriteToIsIgnored(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.shell("mkdir -p .cache/ostler && chmod 0777 .cache/ostler").ok();

            assertThat(project.run("run", "--", "sh", "-c", "exit 4").exitCode())
                    .isEqualTo(4);

            assertThat(kept(project)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void mistakesAreToldWithTheirPlace(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            Result unknown = project.run("run", "-s", "sandbox.netwrk=none", "--", "true");
            assertThat(unknown.exitCode()).isEqualTo(1);
            assertThat(unknown.err())
                    .startsWith("<command line>:")
                    .contains("unknown key \"netwrk\", did you mean \"network\"?");

            Result profile = project.run("run", "-p", "nosuch", "--", "true");
            assertThat(profile.exitCode()).isEqualTo(1);
            assertThat(profile.err()).contains("nosuch");

            assertThat(project.run("run", "true").exitCode()).isEqualTo(2);
            assertThat(project.run("run", "-s", "nothing", "--", "true").err())
                    .startsWith("\"nothing\" is not KEY=VALUE\n");
            Result missing = project.run("run", "--", "no-such-program");
            assertThat(missing.exitCode()).isEqualTo(127);
            assertThat(missing.err()).startsWith("cannot start: execve \"no-such-program\": ENOENT");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theNearestProfileIsNamed(As as) {
        try (OstlerProject project = project(as, PROFILES)) {
            assertThat(project.run("run", "-p", "strct", "--", "true").err())
                    .contains("unknown profile \"strct\", did you mean \"strict\"?");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void ofTwoProfilesTheLaterWins(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.file("p.yaml", "profiles: { a: { environment: { X: a, Y: a } }, b: { environment: { X: b } } }\n");

            Result result = project.run("run", "-p", "./p.yaml#a", "-p", "./p.yaml#b", "--", "sh", "-c", "echo $X$Y");

            assertThat(result.ok().out()).isEqualTo("ba\n");
        }
    }

    /** The program has what is declared and what every program has, whatever the caller's environment holds. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p39_nothingOfTheCallersEnvironmentIsPassedOn(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.env("LD_PRELOAD", "/nonexistent.so")
                    .env("GLIBC_TUNABLES", "glibc.malloc.check=3")
                    .env("LD_LIBRARY_PATH", "/tmp")
                    .env("BASH_ENV", "/tmp/x")
                    .env("TOKEN", "hidden");
            for (int time = 0; time < 2; time++) { // compiled, then kept
                Result result = project.run("run", "-s", "environment={A: \"1\"}", "--", "env");

                assertThat(result.ok().out().lines().map(line -> line.substring(0, line.indexOf('='))))
                        .contains("A", "PATH", "HOME")
                        .isSubsetOf("A", "PATH", "HOME", "USER", "LOGNAME", "SHELL");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aFileThatIsNoProgramIs126(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.file("text", "no program\n");

            Result result = project.run("run", "--", "./text");

            assertThat(result.exitCode()).isEqualTo(126);
            assertThat(result.err()).startsWith("cannot start: execve \"" + project.directory() + "/text\": EACCES");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void inputAndOutputOfAnySizePass(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            Result result = project.shell("head -c 20000000 /dev/zero | '" + project.binary()
                    + "' run -s sandbox.network=none -- cat | wc -c");

            assertThat(result.ok().out().strip()).isEqualTo("20000000");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aCacheThatCannotBeWrittenOrNobodysHomeIsNoObstacle(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.env("XDG_CACHE_HOME", "/proc");
            assertThat(project.run("run", "--", "sh", "-c", "exit 5")).isEqualTo(new Result(5, "", ""));
            project.env("XDG_CACHE_HOME", project.directory() + "/ostler.yaml");
            assertThat(project.run("run", "--", "sh", "-c", "exit 5")).isEqualTo(new Result(5, "", ""));

            project.without("XDG_CACHE_HOME").without("HOME");
            assertThat(project.run("run", "--", "sh", "-c", "exit 6")).isEqualTo(new Result(6, "", ""));
            assertThat(kept(project)).isEmpty();
        }
    }

    /** For a shell: a run that only a kept plan makes possible. */
    private static String kept(OstlerProject project, String prefix) {
        return prefix + " env JAVA_HOME=/nonexistent PATH=/nonexistent '" + project.binary()
                + "' run -- sh -c 'exit 4'";
    }

    /** A plan of somebody else's would be run with our rights. */
    @Test
    void aCacheOfAnotherUserIsIgnored() throws IOException {
        As.needRoot("CAP_CHOWN");
        try (OstlerProject project = project(As.CURRENT, NO_PROJECT)) {
            project.run("run", "--", "sh", "-c", "exit 4");
            assertThat(kept(project)).hasSize(1);

            project.shell("chown 54321 .cache/ostler").ok();
            assertThat(project.shell(kept(project, "")).err()).contains("java");
            project.shell("chown 0 .cache/ostler; chown 54321 .cache/ostler/*").ok();
            assertThat(project.shell(kept(project, "")).err()).contains("java");
            project.shell("chown 0 .cache/ostler/*").ok();
            assertThat(project.shell(kept(project, ""))).isEqualTo(new Result(4, "", ""));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatTheRightsWereIsPartOfTheKey(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.run("run", "--", "sh", "-c", "exit 4");

            assertThat(project.shell(kept(project, ""))).isEqualTo(new Result(4, "", ""));
            for (String other : List.of("ulimit -S -n 64;", "nice", "cd /;")) {
                assertThat(project.shell(kept(project, other)).err()).as(other).contains("java");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void runsAtTheSameTimeDoNotDisturbEachOther(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            String one = "'" + project.binary() + "' run -- sh -c 'exit 4'; [ $? = 4 ] || echo bad";

            Result result = project.shell("for i in 1 2; do { " + one + "; } & done; wait");

            assertThat(result).isEqualTo(new Result(0, "", ""));
            assertThat(kept(project))
                    .hasSize(1)
                    .allMatch(path -> path.toString().endsWith(".plan"));
            assertThat(project.shell(kept(project, ""))).isEqualTo(new Result(4, "", ""));
        }
    }

    /** P34: to the caller's terminal its own session belongs, to the command another; each signal arrives once. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p34_signalsArriveOnceAndAStopIsSeen(As as) {
        String child = "trap 'echo INT >> said' INT; trap 'echo HUP >> said' HUP; trap 'echo USR1 >> said' USR1;"
                + " trap 'exit 7' TERM; echo $$ > pid; while :; do echo x >> beat; sleep 0.02; done";
        try (OstlerProject project =
                project(as, "services: { app: { command: [sh, -c, \"" + child.replace("$", "$$") + "\"] } }\n")) {
            project.run("plan", "-o", "app.plan").ok();
            for (List<String> role : List.of(
                    List.of("run", "--", "sh", "-c", child),
                    List.of("run", "-s", "sandbox.namespaces=[pid]", "--", "sh", "-c", child),
                    List.of("exec", "app.plan"),
                    List.of("init", "app.plan"))) {
                project.shell("rm -f said pid beat").ok();
                String name = "terminal" + role.hashCode();
                List<String> command = new ArrayList<>(List.of(project.binary()));
                command.addAll(role);
                PlayedTerminal terminal = PlayedTerminal.open(project, name, command.toArray(new String[0]));
                Eventually.until("it beats", () -> !project.text("beat").isEmpty());

                terminal.type("\u0003"); // ^C
                Eventually.until("INT has come", () -> project.text("said").equals("INT\n"));
                terminal.say("kill 1");
                terminal.say("kill 10");
                Eventually.until("both have come", () -> project.text("said").length() >= "INT\nHUP\nUSR1\n".length());
                terminal.type("\u001a"); // ^Z
                assertThat(terminal.awaitStop(1)).as(role.toString()).isEqualTo(20);
                Eventually.until("it has stopped", () -> {
                    String before = project.text("beat");
                    project.shell("sleep 0.1");
                    return project.text("beat").equals(before);
                });
                String stopped = project.text("beat");
                terminal.say("fg");
                Eventually.until("it goes on", () -> project.text("beat").length() > stopped.length());
                terminal.say("kill 15");

                assertThat(terminal.exitCode()).as(role.toString()).isEqualTo(7);
                assertThat(project.text("said")).as(role.toString()).isIn("INT\nHUP\nUSR1\n", "INT\nUSR1\nHUP\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void tellsTheCallerWhatHappens(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            String run = project.binary() + " run --started-fd=3 --status-fd=4 -s sandbox.namespaces=[uts] -- ";

            project.shell(run + "sh -c 'readlink /proc/self/ns/uts; ls /proc/self/fd; exit 5' 3>started 4>status >out");
            assertThat(project.text("started")).matches("(?s)\\{\"child-pid\": \\d+,\n.*uts-namespace\": \\d+}\n");
            assertThat(project.text("status")).matches("\\{\"child-pid\": \\d+, .*}\n\\{\"exit-code\": 5}\n");
            String uts = project.text("out").replaceFirst("(?s)uts:\\[(\\d+)].*", "$1");
            assertThat(project.text("started")).contains("\"uts-namespace\": " + uts + "}");
            assertThat(project.text("out")).as("the command does not get them").endsWith("]\n0\n1\n2\n3\n");

            project.shell(run + "/none 3>started 4>status");
            assertThat(project.text("status")).as("it was never executed").doesNotContain("exit-code");

            Result closed = project.shell(run + "true");
            assertThat(closed.exitCode()).isEqualTo(2);
            assertThat(closed.err()).isEqualTo("\"--started-fd=3\": no open descriptor\n");
        }
    }

    /** Whether the command takes the place of {@code ostler run} or is its child. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theDeathSignalComesWhenTheCallerDies(As as) {
        for (String sandbox : List.of("", "-s sandbox.namespaces=[uts]", "-s sandbox.namespaces=[pid]")) {
            try (OstlerProject project = project(as, NO_PROJECT)) {
                String run = project.binary() + " run -s death_signal=KILL " + sandbox;
                project.shell(run + " -- sleep 0").ok(); // the plan is kept
                Process caller = project.start(List.of("sh", "-c"), List.of(run + " -- sleep 1000; true"), "caller");
                long pid = Eventually.value(
                                "the command runs",
                                () -> caller.descendants()
                                        .filter(process -> OstlerProject.commandLine(process.pid())
                                                .equals("sleep 1000 "))
                                        .findFirst())
                        .pid();

                caller.destroyForcibly();

                Eventually.until("the command is gone", () -> !OstlerProject.isAlive(pid));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void makesNamespacesInAUserNamespaceThatItJoins(As as) throws InterruptedException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            String run = project.binary() + " run --started-fd=3 -s sandbox.namespaces=[user] -- sh -c ";
            project.shell(run + "true 3>started && mkfifo end").ok(); // the plan is kept
            Process holder = project.start(
                    List.of("sh", "-c"), List.of(run + "'echo > ready; read x < end' 3>started"), "holder");
            Eventually.until("it is there", () -> !project.text("ready").isEmpty());
            String pid = project.text("started").replaceFirst("(?s).*child-pid\": (\\d+).*", "$1");

            Result joined = project.run(
                    "run",
                    "-s",
                    "sandbox.join={ user: /proc/" + pid + "/ns/user }",
                    "-s",
                    "sandbox.namespaces=[pid]",
                    "-s",
                    "sandbox.hostname=inside",
                    "-s",
                    "sandbox.mounts=[{ proc: /proc }]",
                    "--",
                    "sh",
                    "-c",
                    "stat -L -c %i /proc/self/ns/user; uname -n; ls /proc | grep -c '^[0-9]'");

            String started = project.text("started");
            String user = started.replaceFirst("(?s).*user-namespace\": (\\d+).*", "$1");
            assertThat(joined.out()).as(joined.toString()).startsWith(user + "\ninside\n");
            project.shell("echo > end");
            assertThat(holder.waitFor()).isZero();
        }
    }
}
