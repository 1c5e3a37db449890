package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a supervised service is born with to hear and to tell: sockets, a readiness descriptor, notifications. Descriptors, ops and
 * variables. A plan that runs without the supervisor has nobody to tell, and cannot have sockets.
 */
final class Passed {
    private final Draft draft;
    private final ServiceSpec service;
    private final List<PassedDescriptor> passed;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private Passed(Draft draft, boolean supervised) {
        this.draft = draft;
        this.service = draft.service();
        this.passed = supervised ? PassedDescriptor.of(service) : List.of();
    }

    static Passed compile(Draft draft, boolean supervised) {
        Passed all = new Passed(draft, supervised);
        if (supervised) {
            all.emit();
        } else {
            draft.service().activation().sockets().stream()
                    .findFirst()
                    .ifPresent(socket -> draft.problem(
                            socket.origin(),
                            "sockets need the supervisor: they cannot be part of a plan that runs without it"));
        }
        return all;
    }

    private void emit() {
        if (passed.isEmpty() && service.notifications().isEmpty()) {
            return;
        }
        List<String> ownPid = new ArrayList<>();
        List<String> names = passed.stream()
                .filter(one -> one.kind() == PassedDescriptor.Kind.SOCKET && one.target() > 0)
                .map(PassedDescriptor::name)
                .toList();
        if (!names.isEmpty()) {
            variables.put("LISTEN_FDS", Integer.toString(names.size()));
            variables.put("LISTEN_FDNAMES", String.join(":", names));
            variables.put("LISTEN_PID", "");
            ownPid.add("LISTEN_PID");
        }
        passed.stream()
                .filter(one -> one.kind() == PassedDescriptor.Kind.NOTIFY)
                .forEach(channel -> {
                    draft.op(LaunchOrder.NOTIFY_SOCKET, new NotifyOp.Socket(channel.target()), origin());
                    variables.put("NOTIFY_SOCKET", "");
                });
        service.notifications().flatMap(NotifySpec::storeMax).ifPresent(max -> {
            variables.put("FDSTORE", max.value().toString());
            if (names.isEmpty()) {
                ownPid.add("LISTEN_PID"); // which a run that gets some of them back has
            }
        });
        service.notifications().flatMap(NotifySpec::watchdog).ifPresent(period -> {
            variables.put("WATCHDOG_USEC", Long.toString(micros(period.value())));
            variables.put("WATCHDOG_PID", "");
            ownPid.add("WATCHDOG_PID");
        });
        if (!ownPid.isEmpty()) {
            draft.op(LaunchOrder.OWN_PID, new NotifyOp.OwnPid(ownPid), origin());
        }
        refuseOwn();
        refuseTaken();
    }

    private void refuseTaken() {
        Map<Integer, PassedDescriptor> taken = new LinkedHashMap<>();
        for (PassedDescriptor one : passed) {
            PassedDescriptor other = taken.putIfAbsent(one.target(), one);
            if (other != null) {
                draft.problem(
                        one.kind() == PassedDescriptor.Kind.READY
                                ? service.ready().orElseThrow().origin()
                                : service.activation().sockets().get(0).origin(),
                        "descriptor " + one.target() + " is that of the socket \"" + other.name() + "\"");
            } else if (one.kind() == PassedDescriptor.Kind.READY && StoredDescriptors.mayTake(service, one.target())) {
                draft.problem(
                        service.ready().orElseThrow().origin(),
                        "descriptor " + one.target() + " may be one of those that the service has stored,"
                                + " which begin behind its sockets; take one from "
                                + StoredDescriptors.end(service) + " on");
            }
        }
    }

    private static long micros(Duration period) {
        return period.toNanos() / 1000;
    }

    private void refuseOwn() {
        service.process().environment().stream()
                .filter(variable -> variables.containsKey(variable.name()))
                .forEach(variable -> draft.problem(
                        variable.origin(), "\"" + variable.name() + "\" is set by Ostler, for this run alone"));
    }

    private Origin origin() {
        Optional<Origin> socket =
                service.activation().sockets().stream().map(SocketSpec::origin).findFirst();
        Optional<Origin> ready = service.ready().map(ReadySpec::origin).or(() -> socket);
        return service.notifications()
                .flatMap(NotifySpec::watchdog)
                .map(Located::origin)
                .or(() -> service.notifications().flatMap(NotifySpec::storeMax).map(Located::origin))
                .or(() -> ready)
                .orElseGet(() -> draft.byDefault("ready"));
    }

    /** Those given, and behind them what the service is born with beside. */
    Descriptors among(Descriptors given) {
        if (passed.isEmpty()) {
            return given;
        }
        Map<Integer, Descriptors.Entry> entries = new LinkedHashMap<>();
        given.entries().forEach(entry -> entries.put(entry.target(), entry));
        int next = given.passed();
        for (PassedDescriptor one : passed) {
            entries.put(one.target(), one.entry(next++));
        }
        return new Descriptors(List.copyOf(entries.values()));
    }

    /** Variables of the environment; the launch fills in those that are empty. */
    Map<String, String> variables() {
        return variables;
    }
}
