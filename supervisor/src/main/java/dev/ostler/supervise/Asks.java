package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.plan.Plan;
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

/**
 * Asks running services for something, by requests and by commands; requests each on a thread of its own, as they are few. Loop
 * thread only.
 */
final class Asks {
    private static final int FIRST_GOOD_STATUS = 200;
    private static final int FIRST_BAD_STATUS = 400;

    private final Executor loop;
    private final CommandRuns commands;

    /** @param loop runs what it is given on the loop thread */
    Asks(Executor loop, CommandRuns commands) {
        this.loop = loop;
        this.commands = commands;
    }

    /**
     * What came of it.
     *
     * @param text {@code http://127.0.0.1:8080/shutdown: status 200}
     */
    record Answer(boolean good, String text) {}

    /**
     * Begins.
     *
     * @param main the main process of the service, as its command is told
     * @param time the command is killed after it
     * @param done gets the answer, on the loop thread
     * @return the run of the command, if it is one
     * @throws KernelException when no thread could be had for it (pids.max, RLIMIT_NPROC)
     */
    Optional<RunKey> begin(
            CompiledService service, Optional<Pid> main, StopSpec.Step.Ask ask, Duration time, Consumer<Answer> done) {
        if (ask instanceof StopSpec.Step.Exec exec) {
            return Optional.of(run(service, main, exec, time, done));
        }
        request(service.name(), (StopSpec.Step.Http) ask, done);
        return Optional.empty();
    }

    /** No answer of this command comes any more. */
    void abandon(RunKey command) {
        commands.abandon(command);
    }

    private RunKey run(
            CompiledService service,
            Optional<Pid> main,
            StopSpec.Step.Exec step,
            Duration time,
            Consumer<Answer> done) {
        Map<String, String> variables =
                new HashMap<>(Map.of("OSTLER_SERVICE", service.name().value()));
        main.ifPresent(pid -> variables.put("OSTLER_MAIN_PID", pid.toString()));
        Plan plan = service.commands().get(step.command()).with(variables);
        String program = step.command().program();
        Consumer<Optional<String>> listener = failure ->
                done.accept(new Answer(failure.isEmpty(), "exec " + program + ": " + failure.orElse("done")));
        return commands.start(service.name(), program, plan, time, listener);
    }

    private void request(ServiceName service, StopSpec.Step.Http step, Consumer<Answer> done) {
        Thread thread = new Thread(
                () -> {
                    Answer answer = request(step);
                    loop.execute(() -> done.accept(answer));
                },
                "ask-" + service);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // how the JVM says that the kernel refused a thread
            throw new KernelException("clone", "thread of a request", Errno.EAGAIN);
        }
    }

    private static Answer request(StopSpec.Step.Http step) {
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
                int status = connection.getResponseCode();
                boolean good = status >= FIRST_GOOD_STATUS && status < FIRST_BAD_STATUS;
                return new Answer(good, step.uri() + ": status " + status);
            } finally {
                connection.disconnect();
            }
        } catch (IOException | RuntimeException e) { // the JDK's HTTP client throws some of its own
            return new Answer(false, step.uri() + ": " + e.getMessage());
        }
    }
}
