package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.plan.Plan;
import dev.ostler.service.Action;
import dev.ostler.spec.StopSpec;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Takes those steps of stop ladders that take time: requests each on a thread of its own, as they are few. Loop thread only. */
final class StopSteps {
    private final Executor loop;
    private final CommandRuns commands;
    private final Map<ServiceName, RunKey> running = new HashMap<>();

    /** @param loop runs what it is given on the loop thread */
    StopSteps(Executor loop, CommandRuns commands) {
        this.loop = loop;
        this.commands = commands;
    }

    /**
     * Begins.
     *
     * @param main the main process of the service, as its command is told
     * @param done gets, on the loop thread, what came of it: {@code http://127.0.0.1:8080/shutdown: status 200}
     * @throws KernelException when no thread could be had for it (pids.max, RLIMIT_NPROC)
     */
    void take(CompiledService service, Optional<Pid> main, Action.TakeStopStep step, Consumer<String> done) {
        end(service.name());
        if (step.ask() instanceof StopSpec.Step.Exec exec) {
            run(service, main, exec, step.time(), done);
        } else {
            ask(service.name(), (StopSpec.Step.Http) step.ask(), done);
        }
    }

    /** Of a command of this service no result comes any more. */
    void end(ServiceName service) {
        Optional.ofNullable(running.remove(service)).ifPresent(commands::abandon);
    }

    private void run(
            CompiledService service,
            Optional<Pid> main,
            StopSpec.Step.Exec step,
            Duration time,
            Consumer<String> done) {
        Map<String, String> variables =
                new HashMap<>(Map.of("OSTLER_SERVICE", service.name().value()));
        main.ifPresent(pid -> variables.put("OSTLER_MAIN_PID", pid.toString()));
        Plan plan = service.commands().get(step.command()).with(variables);
        String program = step.command().program();
        Consumer<Optional<String>> listener = failure -> done.accept("exec " + program + ": " + failure.orElse("done"));
        running.put(service.name(), commands.start(service.name(), program, plan, time, listener));
    }

    private void ask(ServiceName service, StopSpec.Step.Http step, Consumer<String> done) {
        Thread thread = new Thread(
                () -> {
                    String result = step.uri() + ": " + request(step);
                    loop.execute(() -> done.accept(result));
                },
                "stop-" + service);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // how the JVM says that the kernel refused a thread
            throw new KernelException("clone", "thread of a stop step", Errno.EAGAIN);
        }
    }

    private static String request(StopSpec.Step.Http step) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) step.uri().toURL().openConnection(Proxy.NO_PROXY);
            int timeoutMillis = (int) Math.min(Integer.MAX_VALUE, step.timeout().toMillis());
            connection.setConnectTimeout(timeoutMillis);
            connection.setReadTimeout(timeoutMillis);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestMethod(step.method());
            connection.setRequestProperty("Connection", "close");
            try {
                return "status " + connection.getResponseCode();
            } finally {
                connection.disconnect();
            }
        } catch (IOException | RuntimeException e) { // the JDK's HTTP client throws some of its own
            return String.valueOf(e.getMessage());
        }
    }
}
