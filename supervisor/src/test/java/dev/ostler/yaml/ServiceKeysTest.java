package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Located;
import dev.ostler.base.Signal;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import dev.ostler.spec.UlimitSpec;
import dev.ostler.spec.UserSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each key of a service: what it means, and what holds without it. A key of the schema without a row fails. */
class ServiceKeysTest {
    private static final Duration S10 = Duration.ofSeconds(10);

    /** One key: YAML that sets it, where it ends up, the value then, and the value without it. */
    private record Row(String yaml, Function<ServiceSpec, Object> where, Object set, Object absent) {}

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private void row(String key, String yaml, Function<ServiceSpec, Object> where, Object set, Object absent) {
        rows.put(key, new Row(yaml, where, set, absent));
    }

    ServiceKeysTest() {
        process();
        identity();
        privileges();
        limits();
        readiness();
        restart();
        stop();
        logs();
    }

    private void process() {
        row("extends", "extends: jvm-service", s -> variable(s, "MALLOC_ARENA_MAX"), "2", "-");
        row(
                "command",
                "command: [java, -jar, 'a b.jar']",
                s -> s.process().command().value(),
                List.of("java", "-jar", "a b.jar"),
                List.of("true-program"));
        row("environment", "environment: { PORT: 8080 }", s -> variable(s, "PORT"), "8080", "-");
        row("env_file", "env_file: web.env", s -> variable(s, "FROM_FILE"), "yes", "-");
        row(
                "working_dir",
                "working_dir: sub/dir",
                s -> s.process().workingDirectory().value(),
                Path.of("/project/sub/dir"),
                Path.of("/project"));
        Function<ServiceSpec, Object> directories = s -> s.process().directories().stream()
                .map(d -> d.path() + " " + Integer.toOctalString(d.mode()))
                .toList();
        row("directories", "directories: [data]", directories, List.of("/project/data 755"), List.of());
        row("directories[].path", "directories: [{ path: /srv/x }]", directories, List.of("/srv/x 755"), List.of());
        row(
                "directories[].mode",
                "directories: [{ path: d, mode: \"0700\" }]",
                directories,
                List.of("/project/d 700"),
                List.of());
        row("umask", "umask: 0027", s -> value(s.process().umask()), 027, 022);
    }

    private void identity() {
        Function<ServiceSpec, Object> user =
                s -> s.process().user().map(ServiceKeysTest::shown).orElse("-");
        row("user", "user: \"app:web\"", user, "app web FAIL", "-");
        row("user.name", "user: { name: 1000 }", user, "1000 - FAIL", "-");
        row("user.group", "user: { name: app, group: 5 }", user, "app 5 FAIL", "-");
        row("user.if_unsupported", "user: { name: app, if_unsupported: warn }", user, "app - WARN", "-");
        row(
                "group_add",
                "group_add: [audio, 1005]",
                s -> s.process().groupAdd().stream().map(Located::value).toList(),
                List.of("audio", "1005"),
                List.of());
    }

    private void privileges() {
        Function<ServiceSpec, Object> keep = s -> value(s.privilege().keep());
        row("capabilities", "capabilities: { keep: [] }", keep, Set.of(), "-");
        row("capabilities.keep", "capabilities: { keep: [CAP_CHOWN, net_raw] }", keep, Set.of("CHOWN", "NET_RAW"), "-");
        row(
                "securebits",
                "securebits: [noroot, noroot_locked]",
                s -> value(s.privilege().securebits()),
                Set.of("noroot", "noroot_locked"),
                "-");
        Function<ServiceSpec, Object> noNewPrivs = s -> value(s.privilege().noNewPrivs());
        row("no_new_privs", "no_new_privs: false", noNewPrivs, false, true);
        row("sandbox", "sandbox: {}", noNewPrivs, true, true);
        row("sandbox.no_new_privs", "sandbox: { no_new_privs: false }", noNewPrivs, false, true);
        row("death_signal", "death_signal: KILL", s -> value(s.privilege().deathSignal()), Signal.KILL, "-");
    }

    private void limits() {
        Function<ServiceSpec, Object> ulimits = s -> s.limits().ulimits().stream()
                .map(u -> u.resource() + " " + u.soft() + " " + u.hard())
                .toList();
        row(
                "ulimits",
                "ulimits: { nofile: unlimited }",
                ulimits,
                List.of("NOFILE " + UlimitSpec.INFINITY + " " + UlimitSpec.INFINITY),
                List.of());
        row(
                "ulimits.NAME.soft",
                "ulimits: { core: { soft: 0, hard: unlimited } }",
                ulimits,
                List.of("CORE 0 -1"),
                List.of());
        row(
                "ulimits.NAME.hard",
                "ulimits: { nofile: { soft: 1, hard: 2 } }",
                ulimits,
                List.of("NOFILE 1 2"),
                List.of());
        for (UlimitSpec.Resource resource : UlimitSpec.Resource.values()) {
            String key = resource.name().toLowerCase(Locale.ROOT);
            row("ulimits." + key, "ulimits: { " + key + ": 7 }", ulimits, List.of(resource + " 7 7"), List.of());
        }
        row("nice", "nice: -5", s -> value(s.limits().nice()), -5, "-");
        row("oom_score_adj", "oom_score_adj: 500", s -> value(s.limits().oomScoreAdj()), 500, "-");
        row("cpu_affinity", "cpu_affinity: \"3,0-1\"", s -> value(s.limits().cpuAffinity()), List.of(0, 1, 3), "-");
    }

    private void readiness() {
        Function<ServiceSpec, Object> dependsOn = s -> s.dependsOn().stream()
                .map(d -> d.service() + " " + d.condition())
                .toList();
        row("depends_on", "depends_on: [db]", dependsOn, List.of("db " + Dependency.Condition.STARTED), List.of());
        row(
                "depends_on.NAME.condition",
                "depends_on: { db: { condition: ready } }",
                dependsOn,
                List.of("db " + Dependency.Condition.READY),
                List.of());
        Function<ServiceSpec, Object> ready = s -> value(s.ready());
        Duration timeout = Duration.ofSeconds(30);
        Duration interval = Duration.ofMillis(250);
        row("ready", "ready: { tcp: 9092 }", ready, new ProbeSpec.Tcp("127.0.0.1", 9092, timeout, interval), "-");
        row("ready.tcp", "ready: { tcp: \"[::1]:80\" }", ready, new ProbeSpec.Tcp("::1", 80, timeout, interval), "-");
        row(
                "ready.http",
                "ready: { http: \"http://127.0.0.1:8080/health\" }",
                ready,
                new ProbeSpec.Http(URI.create("http://127.0.0.1:8080/health"), timeout, interval),
                "-");
        row(
                "ready.timeout",
                "ready: { tcp: a:1, timeout: 2m }",
                ready,
                new ProbeSpec.Tcp("a", 1, Duration.ofMinutes(2), interval),
                "-");
        row(
                "ready.interval",
                "ready: { tcp: a:1, interval: 1s }",
                ready,
                new ProbeSpec.Tcp("a", 1, timeout, Duration.ofSeconds(1)),
                "-");
    }

    private void restart() {
        row("restart", "restart: always", s -> s.restart().policy(), Policy.ALWAYS, Policy.ON_FAILURE);
        row("restart.policy", "restart: { policy: no }", s -> s.restart().policy(), Policy.NEVER, Policy.ON_FAILURE);
        row(
                "restart.backoff",
                "restart: { backoff: { max: 1m } }",
                s -> s.restart().initialBackoff(),
                Duration.ofMillis(100),
                Duration.ofMillis(100));
        row(
                "restart.backoff.initial",
                "restart: { backoff: { initial: 1s } }",
                s -> s.restart().initialBackoff(),
                Duration.ofSeconds(1),
                Duration.ofMillis(100));
        row(
                "restart.backoff.max",
                "restart: { backoff: { max: 1m } }",
                s -> s.restart().maxBackoff(),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
        row(
                "restart.backoff.factor",
                "restart: { backoff: { factor: 1.5 } }",
                s -> s.restart().factor(),
                1.5,
                2.0);
        row(
                "restart.backoff.jitter",
                "restart: { backoff: { jitter: 0 } }",
                s -> s.restart().jitter(),
                0.0,
                0.2);
        row(
                "restart.limit",
                "restart: { limit: { count: 5 } }",
                s -> s.restart().limitWithin(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60));
        row(
                "restart.limit.count",
                "restart: { limit: { count: 5 } }",
                s -> s.restart().limitCount(),
                5,
                0);
        row(
                "restart.limit.within",
                "restart: { limit: { within: 10m } }",
                s -> s.restart().limitWithin(),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60));
        row(
                "restart.stable_after",
                "restart: { stable_after: 1m }",
                s -> s.restart().stableAfter(),
                Duration.ofMinutes(1),
                S10);
    }

    private void stop() {
        Function<ServiceSpec, Object> steps = s -> s.stop().steps();
        List<Step> absent = ladder(Signal.TERM, Scope.MAIN, S10);
        row(
                "stop",
                "stop: [{ signal: INT }, { wait: 1s }]",
                steps,
                ladder(Signal.INT, Scope.MAIN, Duration.ofSeconds(1)),
                absent);
        row("stop[].signal", "stop: [{ signal: 15 }]", steps, List.of(new Step.Send(Signal.TERM, Scope.MAIN)), absent);
        row(
                "stop[].to",
                "stop: [{ signal: HUP, to: group }]",
                steps,
                List.of(new Step.Send(Signal.HUP, Scope.GROUP)),
                absent);
        row("stop[].wait", "stop: [{ wait: 250ms }]", steps, List.of(new Step.Wait(Duration.ofMillis(250))), absent);
        row("stop[].kill", "stop: [{ kill: all }]", steps, List.of(), absent);
        row("stop_signal", "stop_signal: RTMIN+3", steps, ladder(new Signal(37), Scope.MAIN, S10), absent);
        row(
                "stop_grace_period",
                "stop_grace_period: 1m",
                steps,
                ladder(Signal.TERM, Scope.MAIN, Duration.ofMinutes(1)),
                absent);
    }

    private void logs() {
        Function<ServiceSpec, Object> size = s -> s.logs().rotateSize();
        row("logs", "logs: {}", size, new ByteSize(16 << 20), new ByteSize(16 << 20));
        row("logs.rotate", "logs: { rotate: {} }", size, new ByteSize(16 << 20), new ByteSize(16 << 20));
        row("logs.rotate.size", "logs: { rotate: { size: 64k } }", size, new ByteSize(65536), new ByteSize(16 << 20));
        row("logs.rotate.keep", "logs: { rotate: { keep: 0 } }", s -> s.logs().keep(), 0, 5);
        row("logs.timestamps", "logs: { timestamps: false }", s -> s.logs().timestamps(), false, true);
    }

    @TestFactory
    Stream<DynamicTest> meansWhatTheRowSays() {
        return rows.entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    Row row = entry.getValue();

                    assertThat(row.where().apply(project(row.yaml()).service())).isEqualTo(row.set());
                }));
    }

    @TestFactory
    Stream<DynamicTest> hasItsDefault() {
        ServiceSpec bare = project("").service();
        return rows.entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(),
                        () -> assertThat(entry.getValue().where().apply(bare))
                                .isEqualTo(entry.getValue().absent())));
    }

    @Test
    void everyKeyOfAServiceHasARow() {
        List<String> keys = new ArrayList<>();
        Arrays.stream(Schema.values()).filter(s -> s != Schema.TOP).forEach(s -> keys.addAll(s.documentedKeys()));

        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(keys);
    }

    private static FakeProject project(String line) {
        String command = line.startsWith("command") ? "" : "command: [true-program]";
        return FakeProject.of("services:", "  web:", "    " + command, "    " + line, "  db: { command: [d] }")
                .file("web.env", "FROM_FILE=yes");
    }

    private static List<Step> ladder(Signal signal, Scope scope, Duration wait) {
        return List.of(new Step.Send(signal, scope), new Step.Wait(wait));
    }

    private static Object value(Optional<? extends Located<?>> located) {
        return located.isPresent() ? located.get().value() : "-";
    }

    private static String variable(ServiceSpec service, String name) {
        return service.process().environment().stream()
                .filter(v -> v.name().equals(name))
                .map(v -> v.value())
                .findFirst()
                .orElse("-");
    }

    private static String shown(UserSpec user) {
        IfUnsupported otherwise = user.ifUnsupported();
        return user.user() + " " + user.group().orElse("-") + " " + otherwise;
    }
}
