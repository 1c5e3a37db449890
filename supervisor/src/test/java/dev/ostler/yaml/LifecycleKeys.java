package dev.ostler.yaml;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.spec.ExitStatuses;
import dev.ostler.spec.FreePortsSpec;
import dev.ostler.spec.ReloadSpec;
import dev.ostler.spec.RestartSpec.OomPolicy;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Restarts, stops, reloads, logs. */
final class LifecycleKeys extends KeyRows {
    LifecycleKeys() {
        restart();
        stop();
        reload();
        logs();
    }

    private void restart() {
        row("restart", "restart: always", s -> s.restart().policy(), Policy.ALWAYS, Policy.ON_FAILURE);
        row("restart.policy", "restart: { policy: no }", s -> s.restart().policy(), Policy.NEVER, Policy.ON_FAILURE);
        row(
                "restart.backoff",
                "restart: { backoff: { max: 1m } }",
                s -> s.restart().backoff().initial(),
                Duration.ofMillis(100),
                Duration.ofMillis(100));
        row(
                "restart.backoff.initial",
                "restart: { backoff: { initial: 1s } }",
                s -> s.restart().backoff().initial(),
                Duration.ofSeconds(1),
                Duration.ofMillis(100));
        row(
                "restart.backoff.max",
                "restart: { backoff: { max: 1m } }",
                s -> s.restart().backoff().max(),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
        row(
                "restart.backoff.factor",
                "restart: { backoff: { factor: 1.5 } }",
                s -> s.restart().backoff().factor(),
                1.5,
                2.0);
        row(
                "restart.backoff.jitter",
                "restart: { backoff: { jitter: 0 } }",
                s -> s.restart().backoff().jitter(),
                0.0,
                0.2);
        row(
                "restart.limit",
                "restart: { limit: { count: 5 } }",
                s -> s.restart().limit().within(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60));
        row(
                "restart.limit.count",
                "restart: { limit: { count: 5 } }",
                s -> s.restart().limit().count(),
                5,
                0);
        row(
                "restart.limit.within",
                "restart: { limit: { within: 10m } }",
                s -> s.restart().limit().within(),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60));
        row(
                "restart.limit.retry_after",
                "restart: { limit: { count: 5, retry_after: 10m } }",
                s -> s.restart().limit().retryAfter(),
                Optional.of(Duration.ofMinutes(10)),
                Optional.empty());
        row(
                "restart.success_exit_status",
                "restart: { success_exit_status: [75, USR1] }",
                s -> s.restart().success(),
                new ExitStatuses(Set.of(75), Set.of(Signal.USR1)),
                ExitStatuses.NONE);
        row(
                "restart.prevent_exit_status",
                "restart: { prevent_exit_status: [2, 3, SIGSYS] }",
                s -> s.restart().prevent(),
                new ExitStatuses(Set.of(2, 3), Set.of(Signal.SYS)),
                ExitStatuses.NONE);
        Function<ServiceSpec, Object> ports = s -> s.restart().freePorts();
        FreePortsSpec http = new FreePortsSpec(List.of(8080), Duration.ofSeconds(5));
        row("free_ports", "free_ports: { tcp: [8080] }", ports, http, FreePortsSpec.NONE);
        row("free_ports.tcp", "free_ports: { tcp: [\"8080\"] }", ports, http, FreePortsSpec.NONE);
        row(
                "free_ports.within",
                "free_ports: { tcp: [8080], within: 0s }",
                ports,
                new FreePortsSpec(List.of(8080), Duration.ZERO),
                FreePortsSpec.NONE);
        row("oom_policy", "oom_policy: stop", s -> s.restart().oomPolicy(), OomPolicy.STOP, OomPolicy.CONTINUE);
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
        URI shutdown = URI.create("http://a:1/stop");
        Duration five = Duration.ofSeconds(5);
        row(
                "stop[].http",
                "stop: [{ http: \"http://a:1/stop\" }]",
                steps,
                List.of(new Step.Http(shutdown, "POST", five)),
                absent);
        row(
                "stop[].method",
                "stop: [{ http: \"http://a:1/stop\", method: GET }]",
                steps,
                List.of(new Step.Http(shutdown, "GET", five)),
                absent);
        row(
                "stop[].timeout",
                "stop: [{ http: \"http://a:1/stop\", timeout: 2s }]",
                steps,
                List.of(new Step.Http(shutdown, "POST", Duration.ofSeconds(2))),
                absent);
        Origin command = new Origin("ostler.yaml", 4, 20, "services.web.stop[0].exec");
        row(
                "stop[].exec",
                "stop: [{ exec: './a b', timeout: 2s }]",
                steps,
                List.of(new Step.Exec(new ServiceCommand(List.of("./a", "b"), command), Duration.ofSeconds(2))),
                absent);
        row("stop[].kill", "stop: [{ kill: all }]", steps, List.of(), absent);
        row(
                "heap_dump_grace_period",
                "heap_dump_grace_period: 10m",
                s -> s.stop().heapDumpGrace(),
                Duration.ofMinutes(10),
                Duration.ZERO);
        row("stop_signal", "stop_signal: RTMIN+3", steps, ladder(new Signal(37), Scope.MAIN, S10), absent);
        row(
                "stop_grace_period",
                "stop_grace_period: 1m",
                steps,
                ladder(Signal.TERM, Scope.MAIN, Duration.ofMinutes(1)),
                absent);
    }

    private void reload() {
        Function<ServiceSpec, Object> steps =
                s -> s.reload().map(ReloadSpec::steps).orElse(List.of());
        Duration five = Duration.ofSeconds(5);
        URI refresh = URI.create("http://a:1/refresh");
        Step.Send hangUp = new Step.Send(Signal.HUP, Scope.MAIN);
        row("reload", "reload: { signal: HUP }", steps, List.of(hangUp), List.of());
        row(
                "reload[].signal",
                "reload: [{ signal: USR1 }, { signal: 1 }]",
                steps,
                List.of(new Step.Send(Signal.USR1, Scope.MAIN), hangUp),
                List.of());
        row(
                "reload[].to",
                "reload: { signal: HUP, to: all }",
                steps,
                List.of(new Step.Send(Signal.HUP, Scope.ALL)),
                List.of());
        row(
                "reload[].http",
                "reload: { http: \"http://a:1/refresh\" }",
                steps,
                List.of(new Step.Http(refresh, "POST", five)),
                List.of());
        row(
                "reload[].method",
                "reload: { http: \"http://a:1/refresh\", method: GET }",
                steps,
                List.of(new Step.Http(refresh, "GET", five)),
                List.of());
        Origin command = new Origin("ostler.yaml", 4, 21, "services.web.reload.exec");
        row(
                "reload[].exec",
                "reload: { exec: './a b' }",
                steps,
                List.of(new Step.Exec(new ServiceCommand(List.of("./a", "b"), command), five)),
                List.of());
        row(
                "reload[].timeout",
                "reload: { exec: './a b', timeout: 2s }",
                steps,
                List.of(new Step.Exec(new ServiceCommand(List.of("./a", "b"), command), Duration.ofSeconds(2))),
                List.of());
        row(
                "reload[].ready",
                "ready: notify\n    reload: [{ signal: HUP }, { ready: 20s }]",
                s -> s.reload().flatMap(ReloadSpec::ready),
                Optional.of(Duration.ofSeconds(20)),
                Optional.empty());
    }

    private void logs() {
        Function<ServiceSpec, Object> size = s -> s.logs().rotateSize();
        row("logs", "logs: {}", size, new ByteSize(16 << 20), new ByteSize(16 << 20));
        row("logs.rotate", "logs: { rotate: {} }", size, new ByteSize(16 << 20), new ByteSize(16 << 20));
        row("logs.rotate.size", "logs: { rotate: { size: 64k } }", size, new ByteSize(65536), new ByteSize(16 << 20));
        row("logs.rotate.keep", "logs: { rotate: { keep: 0 } }", s -> s.logs().keep(), 0, 5);
        row("logs.timestamps", "logs: { timestamps: false }", s -> s.logs().timestamps(), false, true);
    }
}
