package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.KernelException;
import dev.ostler.service.Action;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes those steps of stop ladders that take time. Loop thread only. */
final class StopSteps {
    private final Asks asks;
    private final Map<ServiceName, RunKey> running = new HashMap<>();

    StopSteps(Asks asks) {
        this.asks = asks;
    }

    /**
     * Begins.
     *
     * @param main the main process of the service, as its command is told
     * @param done gets, on the loop thread, what came of it
     * @throws KernelException as {@link Asks#begin}
     */
    void take(CompiledService service, Optional<Pid> main, Action.TakeStopStep step, Consumer<String> done) {
        end(service.name());
        asks.begin(service, main, step.ask(), step.time(), answer -> done.accept(answer.text()))
                .ifPresent(command -> running.put(service.name(), command));
    }

    /** Of a command of this service no result comes any more. */
    void end(ServiceName service) {
        Optional.ofNullable(running.remove(service)).ifPresent(asks::abandon);
    }
}
