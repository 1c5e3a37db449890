package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exact messages. */
class WrongInputTest {
    @Test
    void unknownKeyNamesTheNearest() {
        assertThat(FakeProject.webWith("readyy: { tcp: 1 }").messages())
                .containsExactly(
                        "ostler.yaml:4:5 (services.web.readyy): unknown key \"readyy\", did you mean \"ready\"?");
        assertThat(FakeProject.webWith("frobnicate: 1").messages())
                .containsExactly("ostler.yaml:4:5 (services.web.frobnicate): unknown key \"frobnicate\"");
        assertThat(FakeProject.webWith("sandbox: { no_new_priv: true }").messages())
                .containsExactly("ostler.yaml:4:16 (services.web.sandbox.no_new_priv): unknown key \"no_new_priv\","
                        + " did you mean \"no_new_privs\"?");
        assertThat(FakeProject.of("service: { web: { command: [x] } }").messages())
                .containsExactly(
                        "ostler.yaml:1:1 (service): unknown key \"service\", did you mean \"services\"?",
                        "ostler.yaml:1:1: \"services\" is missing");
    }

    @Test
    void conditionsThatCannotBe() {
        var project = FakeProject.webWith(
                "conditions:", "  path_exists: ''", "  kernel: [landlok]", "  link_up: a/b", "  path_exist: x");

        String conditions = "(services.web.conditions.";
        assertThat(project.messages())
                .containsExactly(
                        "ostler.yaml:5:20 " + conditions + "path_exists): expected text, found an empty one",
                        "ostler.yaml:6:16 " + conditions
                                + "kernel[0]): unknown feature \"landlok\", did you mean \"landlock\"?",
                        "ostler.yaml:7:16 " + conditions + "link_up): \"a/b\" is not the name of an interface: 1 to 15"
                                + " characters, no blank, slash, colon or percent sign",
                        "ostler.yaml:8:7 " + conditions
                                + "path_exist): unknown key \"path_exist\", did you mean \"path_exists\"?");
    }

    @Test
    void activationsThatCannotBe() {
        assertThat(FakeProject.webWith("activation: { every: 10m, cron: '@daily' }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:17 (services.web.activation): expected one of every, cron, path_exists, path_changed, directory_not_empty");
        assertThat(FakeProject.webWith("activation: { path_exists: [], jitter: 1s }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:32 (services.web.activation.path_exists): no path to wait for",
                        "ostler.yaml:4:44 (services.web.activation.jitter): only beside \"every\" or \"cron\"");
        assertThat(FakeProject.webWith("activation: { every: 0s, persistent: true }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:26 (services.web.activation.every): \"0s\" is too short; at least 1ms",
                        "ostler.yaml:4:42 (services.web.activation.persistent): only beside \"cron\"");
        assertThat(FakeProject.webWith("activation: { cron: '61 * * * *', time_zone: Nowhere, first: 1m }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:25 (services.web.activation.cron): \"61 * * * *\" is no time of crontab(5):"
                                + " Failed to parse cron expression. Value 61 not in range [0, 59]",
                        "ostler.yaml:4:50 (services.web.activation.time_zone): \"Nowhere\" is not a time zone; write"
                                + " Europe/Berlin, UTC or +02:00",
                        "ostler.yaml:4:66 (services.web.activation.first): only beside \"every\"");
        assertThat(FakeProject.webWith("type: oneshot", "remain: true", "activation: { every: 1h }")
                        .messages())
                .containsExactly("ostler.yaml:6:17 (services.web.activation): what remains up after its work is not"
                        + " started again: \"remain\" or \"activation\"");
        assertThat(FakeProject.webWith("activation: hourly").messages())
                .containsExactly(
                        "ostler.yaml:4:17 (services.web.activation): unknown activation \"hourly\"; one of boot,"
                                + " traffic");
    }

    @Test
    void nothingCanDependOnWhatIsStartedByItsTime() {
        assertThat(FakeProject.of("""
                        services:
                          job: { command: [x], activation: { every: 1h } }
                          web: { command: [x], depends_on: [job] }
                        """).messages())
                .containsExactly("ostler.yaml:3:37 (services.web.depends_on[0]): \"job\" is started by its own"
                        + " activation: nothing can depend on it");
    }

    @Test
    void landlockThatCannotBe() {
        var project = FakeProject.webWith(
                "sandbox:",
                "  landlock:",
                "    read: [data, /srv, \"\", { optional: true }, { path: ./x }, [/a]]",
                "    execute: /usr",
                "    write: [{ path: /tmp, optional: maybe }, { path: /var, mode: 1 }]",
                "    tcp: { bind: [-1, 65536, http], connect: [0], listen: [80] }",
                "    scope: [signals]",
                "    if_unsupported: ignore");

        String landlock = "(services.web.sandbox.landlock";
        assertThat(project.messages())
                .containsExactly(
                        "ostler.yaml:6:28 " + landlock + ".read[2]): expected text, found an empty one",
                        "ostler.yaml:6:32 " + landlock + ".read[3]): \"path\" is missing",
                        "ostler.yaml:6:67 " + landlock + ".read[5]): expected a path or a mapping, found a list",
                        "ostler.yaml:7:18 " + landlock + ".execute): expected a list, found text",
                        "ostler.yaml:8:41 " + landlock + ".write[0].optional): expected true or false, found \"maybe\"",
                        "ostler.yaml:8:64 " + landlock + ".write[1].mode): unknown key \"mode\"",
                        "ostler.yaml:9:23 " + landlock + ".tcp.bind[0]): \"-1\" is not a whole number from 0 to 65535",
                        "ostler.yaml:9:27 " + landlock
                                + ".tcp.bind[1]): \"65536\" is not a whole number from 0 to 65535",
                        "ostler.yaml:9:34 " + landlock
                                + ".tcp.bind[2]): \"http\" is not a whole number from 0 to 65535",
                        "ostler.yaml:9:51 " + landlock
                                + ".tcp.connect[0]): \"0\" is not a whole number from 1 to 65535",
                        "ostler.yaml:9:55 " + landlock + ".tcp.listen): unknown key \"listen\"",
                        "ostler.yaml:10:17 " + landlock
                                + ".scope[0]): unknown scope \"signals\", did you mean \"signal\"?",
                        "ostler.yaml:11:25 " + landlock
                                + ".if_unsupported): unknown choice \"ignore\"; one of fail, warn");
    }

    @Test
    void landlockThatRestrictsNothing() {
        assertThat(FakeProject.webWith("sandbox: { landlock: {} }").messages())
                .containsExactly(
                        "ostler.yaml:4:26 (services.web.sandbox.landlock): there is nothing in it that" + " restricts");
        assertThat(FakeProject.webWith("sandbox: { landlock: { if_unsupported: warn } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:26 (services.web.sandbox.landlock): there is nothing in it that" + " restricts");
        assertThat(FakeProject.webWith("sandbox: { landlock: { tcp: {} } }").messages())
                .containsExactly("ostler.yaml:4:33 (services.web.sandbox.landlock.tcp): expected bind or connect");
        assertThat(FakeProject.webWith("sandbox: { landlock: [/usr] }").messages())
                .containsExactly("ostler.yaml:4:26 (services.web.sandbox.landlock): expected a mapping, found a list");
    }

    @Test
    void allProblemsOfAllFilesAtOnce() {
        var project = FakeProject.of(
                        "services:",
                        "  web:",
                        "    extends: p",
                        "    command: [x]",
                        "    nice: 99",
                        "    env_file: [bad.env, missing.env]",
                        "  db:",
                        "    depends_on: [webb]")
                .file("profiles/p.yaml", "profiles: { p: { umaks: 1, stop_grace_period: soon } }")
                .file("bad.env", "A=1", "nonsense");

        assertThat(project.messages())
                .containsExactly(
                        "ostler.yaml:5:11 (services.web.nice): \"99\" is not a whole number from -20 to 19",
                        "ostler.yaml:6:25 (services.web.env_file[1]): cannot read \"missing.env\": open: ENOENT"
                                + " (No such file or directory)",
                        "ostler.yaml:7:3 (services.db): \"command\" is missing",
                        "ostler.yaml:8:18 (services.db.depends_on[0]): unknown service \"webb\", did you mean \"web\"?",
                        "bad.env:2:1: expected NAME=value",
                        "profiles/p.yaml:1:18 (profiles.p.umaks): unknown key \"umaks\", did you mean \"umask\"?",
                        "profiles/p.yaml:1:47 (profiles.p.stop_grace_period): \"soon\" is not a duration; write 250ms,"
                                + " 10s, 5m or 1h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only this\n", "---\n", "~"})
    void emptyFile(String text) {
        assertThat(FakeProject.of(text).messages()).containsExactly("ostler.yaml:1:1: the file is empty");
    }

    @Test
    void missingProjectFile() {
        assertThat(new FakeProject().messages())
                .containsExactly(
                        "ostler.yaml:1:1: cannot read \"ostler.yaml\": open: ENOENT (No such file or directory)");
    }

    @Test
    void noServices() {
        assertThat(FakeProject.of("version: 1").messages()).containsExactly("ostler.yaml:1:1: \"services\" is missing");
        assertThat(FakeProject.of("services: {}").messages())
                .containsExactly("ostler.yaml:1:11 (services): there are no services");
        assertThat(FakeProject.of("services:").messages())
                .containsExactly("ostler.yaml:1:10 (services): expected a mapping, found nothing");
    }

    @Test
    void otherVersion() {
        assertThat(FakeProject.of("version: 2", "services: { web: { command: [x] } }")
                        .messages())
                .containsExactly("ostler.yaml:1:10 (version): version \"2\" is not known; this is version 1");
    }

    @Test
    void badServiceName() {
        assertThat(FakeProject.of("services: { a b: { command: [x] } }").messages())
                .containsExactly(
                        "ostler.yaml:1:13 (services.a b): \"a b\" is not a service name: 1 to 63 letters, digits"
                                + " and . _ @ -, a letter or digit first");
    }

    @Test
    void duplicateKeyNamesBothPlaces() {
        assertThat(FakeProject.webWith("nice: 1", "nice: 2").messages())
                .containsExactly("ostler.yaml:5:5 (services.web.nice): duplicate key \"nice\", the first is at"
                        + " ostler.yaml:4:5");
    }

    @Test
    void twoServicesOfOneName() {
        assertThat(FakeProject.of("services:", "  web: { command: [x] }", "  web: { command: [y] }")
                        .messages())
                .containsExactly("ostler.yaml:3:3 (services.web): two services named \"web\", the first is at"
                        + " ostler.yaml:2:3");
    }

    @Test
    void keyBesideItsAppendingForm() {
        assertThat(FakeProject.web("command: [x]", "+command: [y]").messages())
                .containsExactly(
                        "ostler.yaml:4:5 (services.web.+command): both \"+command\" and \"command\"; keep one of"
                                + " them");
    }

    @Test
    void variableGivenTwice() {
        assertThat(FakeProject.webWith("environment: [A=1, B=2, A=3]").messages())
                .containsExactly("ostler.yaml:4:29 (services.web.environment[2]): \"A\" is given twice, the first is at"
                        + " ostler.yaml:4:19");
    }

    @Test
    void aliasBomb() {
        StringBuilder bomb = new StringBuilder("profiles:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            String alias = "*a" + (i - 1) + ", ";
            bomb.append("  a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append(alias.repeat(10))
                    .append("]\n");
        }

        assertThat(FakeProject.of(bomb.toString()).messages())
                .containsExactly("ostler.yaml:7:7 (profiles.a5): aliases unfold to more than 1000000 values");
    }

    @Test
    void aliasesDeeperThanAnyLanguage() {
        StringBuilder deep = new StringBuilder("profiles:\n  a0: &a0 { x: y }\n");
        for (int i = 1; i < 1000; i++) {
            deep.append("  a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" { x: *a")
                    .append(i - 1)
                    .append(" }\n");
        }

        assertThat(FakeProject.of(deep.toString()).messages())
                .containsExactly("ostler.yaml:33:8 (profiles.a31): aliases unfold to more than 32 levels");
    }

    @Test
    void anchorThatHoldsItself() {
        assertThat(FakeProject.of("services: &s { web: *s }").messages())
                .containsExactly("ostler.yaml:1:11 (services.web): the anchor \"s\" holds an alias of itself");
    }

    @Test
    void deepNesting() {
        assertThat(FakeProject.of("[".repeat(100_000)).messages())
                .containsExactly("ostler.yaml:1:33: not valid YAML: nested more than 32 deep");
    }

    @Test
    void dependencyCycleNamesAllMembersInOrder() {
        assertThat(FakeProject.of(
                                "services:",
                                "  z: { command: [z], depends_on: [a] }",
                                "  a: { command: [a], depends_on: [b] }",
                                "  b: { command: [b], depends_on: { c: { condition: started } } }",
                                "  c: { command: [c], depends_on: [a] }",
                                "  self: { command: [s], depends_on: [self] }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:5:35 (services.c.depends_on[0]): dependency cycle: a -> b -> c -> a",
                        "ostler.yaml:6:38 (services.self.depends_on[0]): dependency cycle: self -> self");
    }

    @Test
    void chainsAreNoCycles() {
        StringBuilder chain = new StringBuilder("services:\n  s0: { command: [x] }\n");
        for (int i = 1; i < 5000; i++) {
            String name = "s" + (i - 1);
            chain.append("  s" + i + ": { command: [x], depends_on: [" + name + "] }\n");
        }

        assertThat(FakeProject.of(chain.toString()).messages()).isEmpty();
    }

    @Test
    void hooks() {
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [a], type: oneshot, hooks: { post_start: x } }",
                                "  b: { command: [b], hooks: { pre_strat: x, pre_start: { timeout: 1s }, post_stop: [] } }",
                                "  c: { command: [c], hooks: [x] }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:58 (services.a.hooks.post_start): a one-shot is not up while it runs: use post_stop",
                        "ostler.yaml:3:31 (services.b.hooks.pre_strat): unknown key \"pre_strat\", did you mean \"pre_start\"?",
                        "ostler.yaml:3:56 (services.b.hooks.pre_start): \"command\" is missing",
                        "ostler.yaml:3:84 (services.b.hooks.post_stop): the command is empty",
                        "ostler.yaml:4:29 (services.c.hooks): expected a mapping, found a list");
    }

    @Test
    void groupsAndDisabledServices() {
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [a], disabled: true, groups: [\"@g\", g, g] }",
                                "  b: { command: [b], depends_on: [a] }",
                                "  c: { command: [c], depends_on: [a], disabled: true }",
                                "  d: { command: [d], depends_on: { a: { required: false } } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:47 (services.a.groups[0]): \"@g\" is not a group name: 1 to 63 letters, digits and"
                                + " . _ @ -, a letter or digit first",
                        "ostler.yaml:2:56 (services.a.groups[2]): \"g\" is named twice",
                        "ostler.yaml:3:35 (services.b.depends_on[0]): \"a\" is disabled, so \"b\" would never be started");
    }

    @Test
    void daemons() {
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [a], pid_file: /run/a.pid }",
                                "  b: { command: [b], type: forking, pid_file: { timeout: 1s, pth: x } }",
                                "  c: { command: [c], type: forking, sandbox: { namespaces: [pid], init: false } }",
                                "  d: { command: [d], type: forking, sandbox: { join: { pid: /proc/1/ns/pid } } }",
                                "  e: { command: [e], type: forking, pid_file: / }",
                                "  f: { command: [f], type: forking, pid_file: { path: /run/.. } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:32 (services.a.pid_file): \"pid_file\" is for \"type: forking\"",
                        "ostler.yaml:3:47 (services.b.pid_file): \"path\" is missing",
                        "ostler.yaml:3:62 (services.b.pid_file.pth): unknown key \"pth\", did you mean \"path\"?",
                        "ostler.yaml:4:28 (services.c.type): a daemon needs Ostler's init in its pid namespace: neither"
                                + " \"init: false\" nor a joined one",
                        "ostler.yaml:5:28 (services.d.type): a daemon needs Ostler's init in its pid namespace: neither"
                                + " \"init: false\" nor a joined one",
                        "ostler.yaml:6:47 (services.e.pid_file): \"/\" is no file",
                        "ostler.yaml:7:55 (services.f.pid_file.path): \"/\" is no file");
    }

    @Test
    void whatCanNeverBeDone() {
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [a], type: oneshot, restart: always, ready: { tcp: 1 } }",
                                "  b: { command: [b], remain: true }",
                                "  c: { command: [c], restart: always }",
                                "  d: { command: [d], type: once, depends_on: { c: { condition: completed } } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:46 (services.a.restart): a one-shot that is always restarted is never done",
                        "ostler.yaml:2:61 (services.a.ready): a one-shot is ready when it has done its work",
                        "ostler.yaml:3:30 (services.b.remain): \"remain\" is for \"type: oneshot\"",
                        "ostler.yaml:5:28 (services.d.type): unknown type \"once\"; one of simple, oneshot, forking",
                        "ostler.yaml:5:48 (services.d.depends_on.c): \"c\" is always restarted, so it never is completed");
    }

    @Test
    void dependencies() {
        assertThat(FakeProject.webWith("depends_on: [web1, zzzzzz, web1, { a: b }]")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:18 (services.web.depends_on[0]): unknown service \"web1\", did you mean \"web\"?",
                        "ostler.yaml:4:24 (services.web.depends_on[1]): unknown service \"zzzzzz\"",
                        "ostler.yaml:4:32 (services.web.depends_on[2]): unknown service \"web1\", did you mean \"web\"?",
                        "ostler.yaml:4:38 (services.web.depends_on[3]): expected text, found a mapping");
        assertThat(FakeProject.webWith("depends_on: { wbe: { condition: red } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:19 (services.web.depends_on.wbe): unknown service \"wbe\", did you mean \"web\"?");
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [x] }",
                                "  b: { command: [x], depends_on: { a: { condition: redy } } }")
                        .messages())
                .containsExactly("ostler.yaml:3:52 (services.b.depends_on.a.condition): unknown condition \"redy\", did"
                        + " you mean \"ready\"?");
    }

    @Test
    void healthyWithoutAnyoneWhoAsks() {
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [x], ready: { tcp: 1 } }",
                                "  b: { command: [x], depends_on: { a: { condition: healthy } } }")
                        .messages())
                .containsExactly("ostler.yaml:3:52 (services.b.depends_on.a.condition): \"a\" has no \"health\":"
                        + " nothing would tell that it is healthy");
    }

    @Test
    void unreadableEnvFile() {
        assertThat(FakeProject.webWith("env_file: secret.env")
                        .unreadable("secret.env")
                        .messages())
                .containsExactly("ostler.yaml:4:15 (services.web.env_file): cannot read \"secret.env\": open: EACCES"
                        + " (Permission denied)");
        assertThat(FakeProject.webWith("env_file: /etc/x.env").messages())
                .containsExactly("ostler.yaml:4:15 (services.web.env_file): cannot read \"/etc/x.env\": open: ENOENT"
                        + " (No such file or directory)");
        assertThat(FakeProject.webWith("env_file: d")
                        .failing("d", new FileSystemException("d", null, "Is a directory"))
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:15 (services.web.env_file): cannot read \"d\": read: EISDIR (Is a directory)");
    }

    @Test
    void invalidYaml() {
        assertThat(FakeProject.of("services:", "  web: [").messages())
                .containsExactly(
                        "ostler.yaml:3:1: not valid YAML: while parsing a flow node: expected the node content,"
                                + " but found '<stream end>'");
        assertThat(FakeProject.of("services:", "\tweb: x").messages())
                .containsExactly("ostler.yaml:2:1: not valid YAML: while scanning for the next token: found character"
                        + " '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)");
        assertThat(FakeProject.of("a: *nothing").messages())
                .containsExactly("ostler.yaml:1:4: not valid YAML: found undefined alias nothing");
        assertThat(FakeProject.of("a: 1", "---", "b: 1").messages())
                .containsExactly("ostler.yaml:2:1: not valid YAML: expected a single document in the stream: but found"
                        + " another document");
        assertThat(FakeProject.of("just text").messages())
                .containsExactly("ostler.yaml:1:1: expected a mapping, found text");
        assertThat(FakeProject.of("? [a]", ": 1").messages()).contains("ostler.yaml:1:3: a key must be text");
    }

    @Test
    void notText() {
        byte[] latin1 = "services:\n  wéb: 1\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(new FakeProject().bytes("ostler.yaml", latin1).messages())
                .containsExactly("ostler.yaml:2:4: not UTF-8: byte 0xe9");
        assertThat(FakeProject.of("services: \0").messages())
                .containsExactly("ostler.yaml:1:11: the character U+0000 is not allowed");
        assertThat(new FakeProject().bytes("ostler.yaml", new byte[5_000_000]).messages())
                .containsExactly("ostler.yaml:1:1: the file has more than 4194304 bytes");
        assertThat(FakeProject.webWith("working_dir: \"a\\0b\"").messages())
                .containsExactly("ostler.yaml:4:18 (services.web.working_dir): the text holds a NUL character");
    }

    @Test
    void tags() {
        assertThat(FakeProject.webWith("nice: !!javax.script.ScriptEngineManager [x]", "umask: !secret x")
                        .messages())
                .contains(
                        "ostler.yaml:4:11 (services.web.nice): the tag \"!!javax.script.ScriptEngineManager\" has no"
                                + " meaning here; remove it",
                        "ostler.yaml:5:12 (services.web.umask): the tag \"!secret\" has no meaning here; remove it");
    }

    @Test
    void mergeKeyOfNoMapping() {
        assertThat(FakeProject.webWith("<<: [x]").messages())
                .containsExactly("ostler.yaml:4:10 (services.web.<<[0]): expected a mapping to merge, found text");
    }

    @Test
    void wrongKinds() {
        assertThat(FakeProject.web(
                                "command: { a: b }",
                                "working_dir: [x]",
                                "user: [x]",
                                "directories: d",
                                "logs: 5",
                                "depends_on: web",
                                "cpu_affinity: {}",
                                "ready: [tcp]",
                                "nice:",
                                "stop: TERM")
                        .messages())
                .containsExactly(
                        "ostler.yaml:3:14 (services.web.command): expected a list, found a mapping",
                        "ostler.yaml:4:18 (services.web.working_dir): expected text, found a list",
                        "ostler.yaml:5:11 (services.web.user): expected a name, a number, \"user:group\" or a mapping,"
                                + " found a list",
                        "ostler.yaml:6:18 (services.web.directories): expected a list, found text",
                        "ostler.yaml:7:11 (services.web.logs): expected a mapping, found text",
                        "ostler.yaml:8:17 (services.web.depends_on): expected a list or a mapping, found text",
                        "ostler.yaml:9:19 (services.web.cpu_affinity): expected a CPU list, found a mapping",
                        "ostler.yaml:10:12 (services.web.ready): expected a mapping, found a list",
                        "ostler.yaml:11:10 (services.web.nice): expected text, found nothing",
                        "ostler.yaml:12:11 (services.web.stop): expected a list, found text");
    }

    @Test
    void interpolation() {
        assertThat(FakeProject.webWith(
                                "user: ${WHO}",
                                "umask: ${MASK:?say it}",
                                "nice: ${x",
                                "oom_score_adj: ${}",
                                "environment: { A: \"${EMPTY:?}\" }")
                        .variable("EMPTY", "")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:11 (services.web.user): variable \"WHO\" is not set",
                        "ostler.yaml:5:12 (services.web.umask): variable \"MASK\" is not set: say it",
                        "ostler.yaml:6:11 (services.web.nice): \"${\" without its \"}\"; write $$ for a dollar",
                        "ostler.yaml:7:20 (services.web.oom_score_adj): \"${}\" is not ${NAME}, ${NAME:-default} or"
                                + " ${NAME:?message}; write $$ for a dollar",
                        "ostler.yaml:8:23 (services.web.environment.A): variable \"EMPTY\" is not set");
    }

    /** Line 4 of the file, the place after its key, the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "stop_grace_period: 20 | stop_grace_period | \"20\" is not a duration; write 250ms, 10s, 5m or 1h",
                "stop_grace_period: 9999h | stop_grace_period | \"9999h\" is too long; at most 8760h",
                "death_signal: KIL | death_signal | unknown signal \"KIL\"; write TERM, SIGTERM, RTMIN+3 or 15",
                "no_new_privs: yes | no_new_privs | expected true or false, found \"yes\"",
                "cpu_affinity: 3-1 | cpu_affinity | \"3-1\" is not a CPU list: 3 comes after 1",
                "cpu_affinity: 0-99999 | cpu_affinity | \"0-99999\" is not a CPU list; write 0, 0-1 or 0-1,3",
                "cpu_affinity: [] | cpu_affinity | expected at least one CPU",
                "restart: unless-stopped | restart | unknown restart policy \"unless-stopped\"; one of always,"
                        + " on-failure, on-abnormal, never, no",
                "restart: on-failre | restart | unknown restart policy \"on-failre\", did you mean \"on-failure\"?",
                "umask: 0888 | umask | \"0888\" is not an octal number from 0 to 0777",
                "oom_score_adj: 1001 | oom_score_adj | \"1001\" is not a whole number from -1000 to 1000",
                "ready: {} | ready | expected one of \"tcp\", \"http\", \"unix\", \"file\","
                        + " \"listening\", \"log\", \"ping\", \"exec\", \"notify\", \"fd\"",
                "stop: [] | stop | expected at least one step",
                "capabilities: {} | capabilities | \"keep\" is missing",
                "user: app:x:y | user | \"x:y\" is not a name or number",
                "user: ~ | user | expected a name, a number, \"user:group\" or a mapping, found nothing",
            })
    void badValue(String line, String key, String message) {
        int column = 5 + line.indexOf(' ') + 1;

        assertThat(FakeProject.webWith(line).messages())
                .containsExactly("ostler.yaml:4:" + column + " (services.web." + key + "): " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "capabilities: { keep: [NET_BIND] } | unknown capability \"NET_BIND\"",
                "capabilities: { keep: [cap_sys_admn] } | unknown capability \"cap_sys_admn\", did you mean"
                        + " \"SYS_ADMIN\"?",
                "securebits: [norot] | unknown securebit \"norot\", did you mean \"noroot\"?",
                "ready: { tcp: 70000 } | \"70000\" is not a port from 1 to 65535",
                "ready: { tcp: ':80' } | \":80\" is not a port or host:port; write 9092, db.local:9092 or"
                        + " \"[::1]:9092\"",
                "ready: { http: ftp://a } | \"ftp://a\" is not an http address; write"
                        + " http://127.0.0.1:8080/health",
                "ready: { tcp: 1, timeout: 0s } | \"0s\" is too short; at least 1ms",
                "ready: { tcp: 1, http: 'http://a' } | expected one of \"tcp\", \"http\","
                        + " \"unix\", \"file\", \"listening\", \"log\", \"ping\", \"exec\", \"notify\", \"fd\"",
                "ready: { log: '(' } | \"(\" is not a regular expression: missing closing )",
                "ready: { http: { url: 'http://a', status: 99 } } | \"99\" is not a status; write 200 or 200-299",
                "ready: { http: { url: 'http://a', status: 300-200 } } | \"300-200\" is not a status; write 200 or"
                        + " 200-299",
                "ready: { http: { url: 'http://a', status: [] } } | expected at least one status",
                "ready: { http: { url: 'http://a', ca: x } } | \"ca\" is for https",
                "ready: { http: { url: 'https://a', ca: x, insecure: true } } | \"ca\" says whom to believe; leave one"
                        + " of them out",
                "ready: { http: { status: 200 } } | \"url\" is missing",
                "ready: { exec: [] } | the command is empty",
                "ready: { exec: '' } | the command is empty",
                "ready: { exec: { a: b } } | expected a list, found a mapping",
                "ready: { ping: '::1' } | \"::1\" is not a name or an IPv4 address; write 10.0.0.1",
                "ready: { listening: 0 } | \"0\" is not a port from 1 to 65535",
                "health: { tcp: 1, timeout: 1s } | unknown key \"timeout\"",
                "health: { tcp: 1, failures: 0 } | \"0\" is not a whole number from 1 to 1000",
                "health: { tcp: 1, action: kill } | unknown action \"kill\"; one of restart, none",
                "health: { tcp: 1, dump: { to: me } } | unknown receiver \"me\"; one of main, group, all",
                "logs: { rotate: { size: 16mb } } | \"16mb\" is not a size; write 4096, 64k, 512m or 2g",
                "logs: { rotate: { size: 0 } } | \"0\" is too small; at least 1 byte",
                "logs: { rotate: { size: 99999999g } } | -",
                "logs: { rotate: { size: 99999999999g } } | \"99999999999g\" is too large a size",
                "ulimits: { nofile: { soft: 2, hard: 1 } } | the soft limit is above the hard limit",
                "ulimits: { nofile: { soft: unlimited, hard: 1 } } | the soft limit is above the hard limit",
                "ulimits: { nofile: { soft: 2 } } | \"hard\" is missing",
                "ulimits: { nofile: -1 } | \"-1\" is not a limit; write a whole number or unlimited",
                "ulimits: { nofiles: 1 } | unknown key \"nofiles\", did you mean \"nofile\"?",
                "restart: { backoff: { initial: 2m } } | the backoff starts above its max",
                "restart: { backoff: { factor: 0.5 } } | \"0.5\" is not a number from 1.0 to 100.0",
                "restart: { backoff: { jitter: NaN } } | \"NaN\" is not a number from 0.0 to 1.0",
                "restart: on-abnormall | unknown restart policy \"on-abnormall\", did you mean \"on-abnormal\"?",
                "restart: { limit: { retry_after: 0s } } | \"0s\" is too short; at least 1ms",
                "restart: { success_exit_status: [256] } | \"256\" is not a whole number from 0 to 255",
                "restart: { prevent_exit_status: [TERMM] } | unknown signal \"TERMM\"; write TERM, SIGTERM, RTMIN+3 or 15",
                "free_ports: { within: 1s } | \"tcp\" is missing",
                "free_ports: { tcp: [0] } | \"0\" is not a whole number from 1 to 65535",
                "restart: { prevent_exit_status: 2 } | expected a list, found text",
                "stop: [{ kill: all }, { wait: 1s }] | \"kill: all\" ends the ladder",
                "stop: [{ kill: any }] | unknown receiver \"any\"; one of main, group, all",
                "ready: notified | unknown kind of readiness \"notified\"; one of notify",
                "ready: { notify: false } | only true makes sense here: without \"ready\" nothing is waited for",
                "ready: { fd: 2 } | \"2\" is not a whole number from 3 to 1023",
                "ready: { notify: true, interval: 1s } | nobody asks again and again: the service tells",
                "notify_access: none | unknown access \"none\"; one of all, main",
                "sockets: { a: { tcp: localhost:80 } } | \"localhost:80\" is not a port or address:port; write 8080,"
                        + " \"0.0.0.0:8080\" or \"[::]:8080\"; names are not looked up",
                "sockets: { a: { tcp: 80, udp: 80 } } | expected one of \"tcp\", \"udp\" and \"unix\"",
                "sockets: { a: { tcp: 80, mode: '0600' } } | only for a unix socket",
                "sockets: { a: { udp: 80, cork: true } } | only for a tcp socket",
                "sockets: { a: { unix: x, reuse_port: true } } | only for a tcp or udp socket",
                "sockets: { 'a b': { tcp: 80 } } | \"a b\" is no name for a socket: 1 to 40 letters, digits and . _ -",
                "sockets: { a: { tcp: 80, as: stdin }, b: { tcp: 81, as: stdin } } | only one socket can be standard input",
                "sockets: { a: { tcp: 80, receive_buffer: 4g } } | \"4g\" is no size of a buffer; at most 1023m",
                "activation: traffic | \"traffic\" needs \"sockets\" that it can come in on",
                "file_descriptor_store_max: 129 | \"129\" is not a whole number from 0 to 128",
                "watchdog: 0s | \"0s\" is too short; at least 1ms",
                "stop: [{ wait: 1s, method: GET }] | \"method\" belongs to \"http\"",
                "stop: [{ http: 'http://a/', method: PATCH }] | unknown method \"PATCH\"; one of GET, POST, PUT, DELETE",
                "stop: [{ signal: TERM, wait: 1s }] | expected one of \"http\", \"exec\", \"signal\", \"wait\" and \"kill\"",
                "stop: [{ wait: 1s, to: all }] | \"to\" belongs to \"signal\"",
                "stop: [{ signal: TERM, to: alll }] | unknown receiver \"alll\", did you mean \"all\"?",
                "stop: [{ wait: 1s }], stop_signal: INT | both \"stop\" and \"stop_signal\"; put stop_signal into the"
                        + " ladder",
                "reload: HUP | expected a list, found text",
                "reload: [] | expected at least one step",
                "reload: { signal: HUP, wait: 1s } | unknown key \"wait\"",
                "reload: {} | expected one of \"http\", \"exec\", \"signal\" and \"ready\"",
                "reload: { signal: HUP, ready: 1s } | expected one of \"http\", \"exec\", \"signal\" and \"ready\"",
                "reload: { signal: HUP, timeout: 1s } | \"timeout\" belongs to \"http\"",
                "reload: { exec: [a], to: all } | \"to\" belongs to \"signal\"",
                "ready: notify, reload: { ready: 1s } | \"ready\" comes after what tells the service to reload",
                "ready: notify, reload: [{ ready: 1s }, { signal: HUP }] | \"ready\" is the last step",
                "reload: [{ signal: HUP }, { ready: 1s }] | a service can tell that only with \"ready: notify\" or \"watchdog\"",
                "no_new_privs: true, sandbox: { no_new_privs: false } | -",
                "sandbox: { seccomp: {} } | expected \"allow\" or \"deny\"",
                "sandbox: { seccomp: { deny: [sockett] } } | unknown system call \"sockett\", did you mean \"socket\"?",
                "sandbox: { seccomp: { deny: [{ call: opnat }] } } | unknown system call \"opnat\", did you mean"
                        + " \"openat\"?",
                "sandbox: { seccomp: { deny: ['@mounts'] } } | unknown group \"@mounts\", did you mean \"@mount\"?",
                "sandbox: { seccomp: { allow: [{ args: [] }] } } | \"call\" is missing",
                "sandbox: { seccomp: { allow: [{ call: read, action: kill }] } } | unknown key \"action\"",
                "sandbox: { seccomp: { allow: [], default: explode } } | unknown action \"explode\"; one of errno, kill,"
                        + " kill_thread, trap, log, EPERM, ENOENT, EIO, EAGAIN, ENOMEM, EACCES, ENODEV, EINVAL, ENOTTY,"
                        + " ENOSPC, EROFS, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT",
                "sandbox: { seccomp: { deny: [{ call: '@mount', args: [{ index: 0, op: eq, value: 1 }] }] } } | a group has"
                        + " no arguments; name the system call",
                "sandbox: { seccomp: { deny: [{ call: clone3, args: [{ index: 0, op: eq, value: 1 }] }] } } | clone3 passes"
                        + " its arguments in memory, where no filter can see them",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 6, op: eq, value: 1 }] }] } } | \"6\" is not"
                        + " a whole number from 0 to 5",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: eq }] }] } } | \"value\" is missing",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: like, value: 1 }] }] } } | unknown"
                        + " comparison \"like\"; one of eq, ne, lt, le, gt, ge, masked_eq, in",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: eq, value: AF_INT }] }] } } |"
                        + " \"AF_INT\" is neither a number nor a name that is known here, did you mean \"AF_INET\"?",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: eq, value: 0x100000000 }] }] } } |"
                        + " \"0x100000000\" does not fit: the kernel takes 32 bits of this argument",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: eq, value: -1 }] }] } } | -",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: in, value: [] }] }] } } | expected at"
                        + " least one value",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: eq, mask: 1, value: 1 }] }] } } | only"
                        + " masked_eq has a mask",
                "sandbox: { seccomp: { deny: [{ call: socket, args: [{ index: 0, op: masked_eq, value: 1 }] }] } } | \"mask\""
                        + " is missing",
                "user: { group: g } | \"name\" is missing",
                "user: { name: a, if_unsupported: ignore } | unknown choice \"ignore\"; one of fail, warn",
                "directories: [{ mode: 1 }] | \"path\" is missing",
                "directories: [''] | expected text, found an empty one",
                "environment: [A] | expected NAME=value, found \"A\"",
                "environment: { 1A: x } | \"1A\" is not a variable name",
                "environment: { A: [x] } | expected text, found a list",
                "group_add: ['a:b'] | \"a:b\" is not a name or number",
            })
    void badValueInside(String lines, String message) {
        String[] messages = FakeProject.of("services: { web: { command: [x], " + lines + " } }").messages().stream()
                .map(m -> m.substring(m.indexOf("): ") + 3))
                .toArray(String[]::new);

        if (lines.startsWith("no_new_privs")) {
            assertThat(messages)
                    .singleElement()
                    .asString()
                    .startsWith("\"no_new_privs\" is given twice, the first is at");
        } else if (message.equals("-")) {
            assertThat(messages).isEmpty();
        } else {
            assertThat(messages).containsExactly(message);
        }
    }

    @Test
    void commands() {
        assertThat(FakeProject.web("command: []").messages())
                .containsExactly("ostler.yaml:3:14 (services.web.command): the command is empty");
        assertThat(FakeProject.web("command: ''").messages())
                .containsExactly("ostler.yaml:3:14 (services.web.command): the command is empty");
        assertThat(FakeProject.web("command: ['', x]").messages())
                .containsExactly("ostler.yaml:3:14 (services.web.command): the command is empty");
        assertThat(FakeProject.web("command: say 'x").messages())
                .containsExactly("ostler.yaml:3:14 (services.web.command): the command has a ' without its end");
        assertThat(FakeProject.web("command: say \\").messages())
                .containsExactly("ostler.yaml:3:14 (services.web.command): the command ends in a backslash");
    }
}
