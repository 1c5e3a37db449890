package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.spec.StopSpec;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Takes those steps of stop ladders that may block, each on a thread of its own: there are few of them. Loop thread only. */
final class StopSteps {
    private final Executor loop;

    /** @param loop runs what it is given on the loop thread */
    StopSteps(Executor loop) {
        this.loop = loop;
    }

    /**
     * Begins.
     *
     * @param done gets, on the loop thread, what came of it: {@code http://127.0.0.1:8080/shutdown: status 200}
     * @throws KernelException when no thread could be had for it (pids.max, RLIMIT_NPROC)
     */
    void take(RunKey key, StopSpec.Step.Http step, Consumer<String> done) {
        Thread thread = new Thread(
                () -> {
                    String result = step.uri() + ": " + request(step);
                    loop.execute(() -> done.accept(result));
                },
                "stop-" + key.service());
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
