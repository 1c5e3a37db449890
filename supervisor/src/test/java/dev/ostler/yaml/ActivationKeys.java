package dev.ostler.yaml;

import dev.ostler.base.CronSchedule;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.SocketSpec.MtuDiscovery;
import dev.ostler.spec.SocketSpec.UnixType;
import dev.ostler.spec.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What else begins or precedes a start. */
final class ActivationKeys extends KeyRows {
    ActivationKeys() {
        hooks();
        sockets();
        conditions();
    }

    private void hooks() {
        row("hooks", "hooks: { pre_start: migrate }", hook(HookSpec.Kind.PRE_START), "[migrate] PT30S", "-");
        for (HookSpec.Kind kind : HookSpec.Kind.values()) {
            row("hooks." + kind, "hooks: { " + kind + ": 'a \"b c\"' }", hook(kind), "[a, b c] PT30S", "-");
        }
        Function<ServiceSpec, Object> preStart = hook(HookSpec.Kind.PRE_START);
        row("hooks.pre_start.command", "hooks: { pre_start: { command: [a] } }", preStart, "[a] PT30S", "-");
        row("hooks.pre_start.timeout", "hooks: { pre_start: { command: a, timeout: 2m } }", preStart, "[a] PT2M", "-");
    }

    private static Function<ServiceSpec, Object> hook(HookSpec.Kind kind) {
        return service -> service.lifecycle()
                .hook(kind)
                .map(hook -> hook.command().value() + " " + hook.timeout())
                .orElse("-");
    }

    private void sockets() {
        Function<ServiceSpec, Object> address = s -> s.activation().sockets().stream()
                .map(socket -> socket.name() + " " + socket.address())
                .collect(Collectors.joining(", "));
        row("sockets", "sockets: { http: { tcp: 80 } }", address, "http tcp 127.0.0.1:80", "");
        row("sockets.NAME.tcp", "sockets: { a: { tcp: \"[::]:80\" } }", address, "a tcp [::]:80", "");
        row("sockets.NAME.udp", "sockets: { a: { udp: \"0.0.0.0:53\" } }", address, "a udp 0.0.0.0:53", "");
        row("sockets.NAME.unix", "sockets: { a: { unix: x.sock } }", address, "a unix /project/x.sock", "");
        socket("type", "unix: x, type: datagram", s -> unix(s).type(), UnixType.DATAGRAM);
        socket("mode", "unix: x, mode: \"0600\"", s -> unix(s).mode(), 0600);
        socket("owner", "unix: x, owner: \"a:b\"", s -> value(unix(s).owner()), "a:b");
        socket("backlog", "tcp: 80, backlog: 5", s -> s.options().backlog(), 5);
        socket("defer_accept", "tcp: 80, defer_accept: 10s", s -> s.options().deferAccept(), Optional.of(S10));
        socket("cork", "tcp: 80, cork: true", s -> s.options().cork(), true);
        socket(
                "mtu_discover",
                "udp: 80, mtu_discover: do",
                s -> s.options().mtuDiscovery(),
                Optional.of(MtuDiscovery.DO));
        socket(
                "receive_buffer",
                "udp: 80, receive_buffer: 1m",
                s -> s.options().receiveBufferBytes(),
                OptionalInt.of(1 << 20));
        socket("send_buffer", "udp: 80, send_buffer: 1m", s -> s.options().sendBufferBytes(), OptionalInt.of(1 << 20));
        socket("reuse_port", "tcp: 80, reuse_port: true", s -> s.options().reusePort(), true);
        socket("as", "tcp: 80, as: stdin", SocketSpec::standardInput, true);
        row(
                "activation",
                "activation: traffic\n    sockets: { a: { tcp: 80 } }",
                s -> s.activation().trigger(),
                new Trigger.Traffic(),
                new Trigger.Boot());
        trigger("every", "every: 10m", every(10, 10, 0));
        trigger("first", "every: 10m, first: 1m", every(10, 1, 0));
        trigger("jitter", "every: 10m, jitter: 2m", every(10, 10, 2));
        trigger("cron", "cron: \"0 3 * * *\"", calendar(Optional.empty(), false));
        trigger(
                "time_zone",
                "cron: \"0 3 * * *\", time_zone: Europe/Berlin",
                calendar(Optional.of(ZoneId.of("Europe/Berlin")), false));
        trigger(
                "path_exists",
                "path_exists: run/go",
                new Trigger.AtPath(Trigger.AtPath.Kind.PATH_EXISTS, List.of(Path.of("/project/run/go"))));
        trigger(
                "path_changed",
                "path_changed: [a, /b]",
                new Trigger.AtPath(Trigger.AtPath.Kind.PATH_CHANGED, List.of(Path.of("/project/a"), Path.of("/b"))));
        trigger(
                "directory_not_empty",
                "directory_not_empty: in",
                new Trigger.AtPath(Trigger.AtPath.Kind.DIRECTORY_NOT_EMPTY, List.of(Path.of("/project/in"))));
        trigger("persistent", "cron: \"0 3 * * *\", persistent: true", calendar(Optional.empty(), true));
    }

    private static Trigger every(int interval, int first, int jitter) {
        return new Trigger.Every(Duration.ofMinutes(interval), Duration.ofMinutes(first), Duration.ofMinutes(jitter));
    }

    private static Trigger calendar(Optional<ZoneId> zone, boolean persistent) {
        return new Trigger.Calendar(CronSchedule.of("0 3 * * *"), zone, Duration.ZERO, persistent);
    }

    private void trigger(String key, String yaml, Trigger set) {
        row(
                "activation." + key,
                "activation: { " + yaml + " }",
                s -> s.activation().trigger(),
                set,
                new Trigger.Boot());
    }

    private void conditions() {
        Function<ServiceSpec, Object> conditions = s -> s.activation().conditions().stream()
                .map(each -> each.kind() + " " + each.object())
                .toList();
        row("conditions", "conditions: { link_up: eth0 }", conditions, List.of("link_up eth0"), List.of());
        row(
                "conditions.path_exists",
                "conditions: { path_exists: [a, /b] }",
                conditions,
                List.of("path_exists /project/a", "path_exists /b"),
                List.of());
        row(
                "conditions.path_absent",
                "conditions: { path_absent: run/off }",
                conditions,
                List.of("path_absent /project/run/off"),
                List.of());
        row(
                "conditions.kernel",
                "conditions: { kernel: [user namespaces, landlock] }",
                conditions,
                List.of("kernel user namespaces", "kernel landlock"),
                List.of());
        row("conditions.link_up", "conditions: { link_up: [lo] }", conditions, List.of("link_up lo"), List.of());
    }

    private void socket(String key, String yaml, Function<SocketSpec, Object> where, Object set) {
        row(
                "sockets.NAME." + key,
                "sockets: { a: { " + yaml + " } }",
                s -> s.activation().sockets().stream().findFirst().map(where).orElse("-"),
                set,
                "-");
    }

    private static SocketSpec.Unix unix(SocketSpec socket) {
        return (SocketSpec.Unix) socket.address();
    }
}
