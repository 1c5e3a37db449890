package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.linux.KernelException;
import dev.ostler.output.Logs;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.StopSpec;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What people ask of a run that goes on: to take a signal, to read its configuration again. Nothing of it is stored: whoever
 * asked has no answer when the supervisor dies, and asks again. Loop thread only.
 */
public final class RunRequests {
    private final Supervisor supervisor;
    private final Logs logs;
    private final Reload.Tools tools;
    private final Map<ServiceName, Deque<Reload>> reloads = new HashMap<>();

    RunRequests(Reload.Tools tools) {
        this.supervisor = tools.supervisor();
        this.logs = tools.logs();
        this.tools = tools;
    }

    /** Why nobody of a service can get a signal now; empty when somebody can. */
    public Optional<String> cannotSignal(ServiceName name, StopSpec.Scope scope) {
        ServiceStatus status = supervisor.status(name);
        boolean leftovers = scope == StopSpec.Scope.ALL
                && status.state().isEnding()
                && !supervisor.left(name).isEmpty();
        return leftovers || supervisor.processes(name).isPresent()
                ? Optional.empty()
                : Optional.of(cannot("signal", name, "it does not run, it is " + status.state()));
    }

    /** Sends a signal; says why it was not sent, or not to all of them. */
    public Optional<String> signal(ServiceName name, Signal signal, StopSpec.Scope scope) {
        RunKey key = new RunKey(name, supervisor.status(name).run().number());
        Optional<LiveRun> run = supervisor.runs().find(key);
        try {
            if (run.isEmpty() || !RunSignals.send(run.get(), signal, scope)) {
                return Optional.of(cannot("signal", name, "nobody is left to get it"));
            }
        } catch (KernelException | UncheckedIOException e) {
            return Optional.of(cannot("signal", name, e.getMessage()));
        }
        logs.event(key, signal + " to " + RunSignals.whom(scope) + ", as somebody asked");
        return Optional.empty();
    }

    /** Why a service cannot be reloaded now; empty when it can. */
    public Optional<String> cannotReload(ServiceName name) {
        CompiledService service = supervisor.service(name).orElseThrow();
        ServiceStatus status = supervisor.status(name);
        if (service.spec().reload().isEmpty()) {
            return Optional.of(cannot(
                    "reload",
                    name,
                    "it has no \"reload\", which says how, at " + service.spec().origin()));
        }
        boolean up = status.state() == ServiceState.READY && run(name).isPresent();
        return up ? Optional.empty() : Optional.of(cannot("reload", name, Reload.notUp(status)));
    }

    /**
     * Reloads a service that can be; after what is under way of the same.
     *
     * @param done gets why that failed; empty when it succeeded
     */
    public void reload(ServiceName name, Consumer<Optional<String>> done) {
        CompiledService service = supervisor.service(name).orElseThrow();
        Deque<Reload> queue = reloads.computeIfAbsent(name, first -> new ArrayDeque<>());
        queue.add(new Reload(
                tools, service, run(name).orElseThrow(), service.spec().reload().orElseThrow(), failure -> {
                    done.accept(failure.map(why -> cannot("reload", name, why)));
                    next(name, queue);
                }));
        if (queue.size() == 1) {
            queue.element().begin();
        }
    }

    private void next(ServiceName name, Deque<Reload> queue) {
        queue.remove();
        if (queue.isEmpty()) {
            reloads.remove(name);
        } else {
            queue.element().begin();
        }
    }

    private Optional<LiveRun> run(ServiceName name) {
        return supervisor
                .runs()
                .find(new RunKey(name, supervisor.status(name).run().number()));
    }

    private static String cannot(String verb, ServiceName name, String why) {
        return "cannot " + verb + " \"" + name + "\": " + why;
    }
}
