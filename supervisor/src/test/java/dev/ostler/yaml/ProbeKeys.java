package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.base.TextPattern;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** When a service counts as ready and as healthy. */
final class ProbeKeys extends KeyRows {
    ProbeKeys() {
        readiness();
        health();
        checks();
    }

    private void readiness() {
        Function<ServiceSpec, Object> dependsOn = s -> s.dependsOn().stream()
                .map(d -> d.service() + " " + d.condition() + (d.required() ? "" : " soft")
                        + (d.restart() ? " bound" : ""))
                .toList();
        row("depends_on", "depends_on: [db]", dependsOn, List.of("db " + Dependency.Condition.STARTED), List.of());
        row(
                "depends_on.NAME.condition",
                "depends_on: { db: { condition: ready } }",
                dependsOn,
                List.of("db " + Dependency.Condition.READY),
                List.of());
        row(
                "depends_on.NAME.required",
                "depends_on: { db: { required: false } }",
                dependsOn,
                List.of("db started soft"),
                List.of());
        row(
                "depends_on.NAME.restart",
                "depends_on: { db: { restart: true } }",
                dependsOn,
                List.of("db started bound"),
                List.of());
        LifecycleSpec oneshot = new LifecycleSpec(LifecycleSpec.Type.ONESHOT, false, false, List.of(), Map.of());
        row("type", "type: oneshot", ServiceSpec::lifecycle, oneshot, LifecycleSpec.DEFAULT);
        forking();
        row("remain", "type: oneshot\n    remain: true", s -> s.lifecycle().remain(), true, false);
        row("disabled", "disabled: true", s -> s.lifecycle().disabled(), true, false);
        row("groups", "groups: [a, b]", s -> s.lifecycle().groups().toString(), "[a, b]", "[]");
        Duration timeout = Duration.ofSeconds(30);
        ready(", timeout: 2m", "timeout", r -> r.timeout(), Duration.ofMinutes(2));
        ready(", interval: 1s", "interval", r -> probe(r).interval(), Duration.ofSeconds(1));
        ready(", attempt_timeout: 1s", "attempt_timeout", r -> probe(r).attemptTimeout(), Duration.ofSeconds(1));
        ready(", successes: 2", "successes", r -> probe(r).successes(), 2);
        ready(", jitter: 0.5", "jitter", r -> probe(r).jitter(), 0.5);
        ProbeCheck check = new ProbeCheck.Tcp("127.0.0.1", 1);
        ProbeSpec probe = new ProbeSpec(check, Duration.ofMillis(250), Duration.ofSeconds(5), 1, 1, 0);
        row("ready", "ready: { tcp: 1 }", s -> withoutOrigin(s.ready()), List.of(probe, timeout), List.of());
        told();
    }

    private void forking() {
        Function<ServiceSpec, Object> forking = s -> of(
                s.lifecycle().forking(),
                own -> own.pidFile().map(file -> file.value().toString()).orElse("-") + " " + own.timeout());
        row("pid_file", "type: forking\n    pid_file: /run/a.pid", forking, "/run/a.pid PT30S", "-");
        row("pid_file.path", "type: forking\n    pid_file: { path: /run/a.pid }", forking, "/run/a.pid PT30S", "-");
        row(
                "pid_file.timeout",
                "type: forking\n    pid_file: { path: /run/a.pid, timeout: 2m }",
                forking,
                "/run/a.pid PT2M",
                "-");
    }

    private void told() {
        row("ready.notify", "ready: notify", s -> of(s.ready(), ReadySpec::proof), new ReadySpec.Notify(), "-");
        row(
                "ready.fd",
                "ready: { fd: 3, timeout: 10s }",
                s -> withoutOrigin(s.ready()),
                List.of(new ReadySpec.Descriptor(3), S10),
                List.of());
        Function<ServiceSpec, Object> notify = s -> s.notifications()
                .map(n -> n.access() + " "
                        + n.watchdog()
                                .map(Located::value)
                                .map(Duration::toString)
                                .orElse("-"))
                .orElse("-");
        row("secrets", "secrets: []", s -> s.sandbox().mounts(), List.of(), List.of()); // the others are in SecretsTest
        row("notify_access", "ready: { notify: true }\n    notify_access: main", notify, "MAIN -", "-");
        row("watchdog", "watchdog: 10s", notify, "ALL PT10S", "-");
        row(
                "file_descriptor_store_max",
                "file_descriptor_store_max: 16",
                s -> s.notifications()
                        .flatMap(NotifySpec::storeMax)
                        .map(max -> max.value().toString())
                        .orElse("-"),
                "16",
                "-");
    }

    private static ProbeSpec probe(ReadySpec ready) {
        return ready.probe().orElseThrow();
    }

    private void ready(String yaml, String key, Function<ReadySpec, Object> where, Object set) {
        row("ready." + key, "ready: { tcp: 1" + yaml + " }", s -> of(s.ready(), where), set, "-");
    }

    private void health() {
        Duration timeout = Duration.ofSeconds(30);
        health("start_period: 2m", "start_period", h -> h.startPeriod(), Duration.ofMinutes(2));
        health("interval: 1s", "interval", h -> h.probe().interval(), Duration.ofSeconds(1));
        health("attempt_timeout: 1s", "attempt_timeout", h -> h.probe().attemptTimeout(), Duration.ofSeconds(1));
        health("failures: 1", "failures", h -> h.probe().failures(), 1);
        health("successes: 2", "successes", h -> h.probe().successes(), 2);
        health("jitter: 0", "jitter", h -> h.probe().jitter(), 0.0);
        health("action: none", "action", h -> h.action(), HealthSpec.Action.NONE);
        health("dump: {}", "dump", h -> h.dump().orElseThrow(), dump(Signal.QUIT, Scope.MAIN, 2));
        health("dump: { signal: HUP }", "dump.signal", h -> h.dump().orElseThrow(), dump(Signal.HUP, Scope.MAIN, 2));
        health("dump: { to: all }", "dump.to", h -> h.dump().orElseThrow(), dump(Signal.QUIT, Scope.ALL, 2));
        health("dump: { wait: 7s }", "dump.wait", h -> h.dump().orElseThrow(), dump(Signal.QUIT, Scope.MAIN, 7));
        ProbeCheck check = new ProbeCheck.Tcp("127.0.0.1", 1);
        ProbeSpec probe = new ProbeSpec(check, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, 1, 0.1);
        row(
                "health",
                "health: { tcp: 1 }",
                s -> withoutOrigin(s.health()),
                List.of(probe, timeout, HealthSpec.Action.RESTART, Optional.empty()),
                List.of());
    }

    private void health(String yaml, String key, Function<HealthSpec, Object> where, Object set) {
        row("health." + key, "health: { tcp: 1, " + yaml + " }", s -> of(s.health(), where), set, "-");
    }

    private static HealthSpec.Dump dump(Signal signal, Scope to, int seconds) {
        return new HealthSpec.Dump(new Step.Send(signal, to), Duration.ofSeconds(seconds));
    }

    /** What {@code ready} asks, {@code health} can ask as well. */
    private void checks() {
        check("tcp", "\"[::1]:80\"", new ProbeCheck.Tcp("::1", 80));
        URI uri = URI.create("https://a/x");
        check("http", "\"https://a/x\"", new ProbeCheck.Http(uri));
        check("unix", "run/s", new ProbeCheck.Unix(Path.of("/project/run/s")));
        check("file", "/run/f", new ProbeCheck.FileExists(Path.of("/run/f")));
        check("listening", "80", new ProbeCheck.Listening(80));
        check("ping", "10.0.0.1", new ProbeCheck.Ping("10.0.0.1"));
        Origin readyExec = new Origin("ostler.yaml", 4, 20, "services.web.ready.exec");
        Origin healthExec = new Origin("ostler.yaml", 4, 21, "services.web.health.exec");
        exec("ready", "[./a, 'b c']", readyExec);
        exec("health", "'./a ${UNSET:-b c}'", healthExec); // never becomes three words
        ready("log", "\"a b$\"", new ProbeCheck.LogLine(TextPattern.of("a b$")));
        http("url", "", ProbeCheck.Http.GOOD, "", "", false);
        List<ProbeCheck.StatusRange> status =
                List.of(new ProbeCheck.StatusRange(200, 200), new ProbeCheck.StatusRange(300, 399));
        http("status", ", status: [200, 300-399]", status, "", "", false);
        http("body", ", body: UP", ProbeCheck.Http.GOOD, "UP", "", false);
        http("ca", ", ca: ca.pem", ProbeCheck.Http.GOOD, "", "/project/ca.pem", false);
        http("insecure", ", insecure: true", ProbeCheck.Http.GOOD, "", "", true);
    }

    private void exec(String probe, String yaml, Origin origin) {
        ProbeCheck set = new ProbeCheck.Exec(new ServiceCommand(List.of("./a", "b c"), origin));
        Function<ServiceSpec, Object> check = s -> probe.equals("ready")
                ? of(s.ready(), r -> probe(r).check())
                : of(s.health(), h -> h.probe().check());
        row(probe + ".exec", probe + ": { exec: " + yaml + " }", check, set, "-");
    }

    private void http(
            String key, String yaml, List<ProbeCheck.StatusRange> status, String body, String ca, boolean insecure) {
        ProbeCheck set = new ProbeCheck.Http(
                URI.create("https://a/"),
                status,
                body.isEmpty() ? Optional.empty() : Optional.of(TextPattern.of(body)),
                ca.isEmpty() ? Optional.empty() : Optional.of(Path.of(ca)),
                insecure);
        String probe = "{ http: { url: \"https://a/\"" + yaml + " } }";
        row("ready.http." + key, "ready: " + probe, s -> of(s.ready(), r -> probe(r).check()), set, "-");
    }

    private void ready(String key, String yaml, ProbeCheck set) {
        String probe = "{ " + key + ": " + yaml + " }";
        row("ready." + key, "ready: " + probe, s -> of(s.ready(), r -> probe(r).check()), set, "-");
    }

    private void check(String key, String yaml, ProbeCheck set) {
        ready(key, yaml, set);
        String probe = "{ " + key + ": " + yaml + " }";
        row(
                "health." + key,
                "health: " + probe,
                s -> of(s.health(), h -> h.probe().check()),
                set,
                "-");
    }
}
