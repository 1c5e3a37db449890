package dev.ostler.supervise;

import dev.ostler.linux.TcpListeners;
import dev.ostler.loop.EventLoop;
import java.util.function.Consumer;

/** Who listens on a port. Every process is looked at for that, on a thread of its own. */
final class PortHolder {
    private PortHolder() {}

    /**
     * Names it.
     *
     * @param told gets {@code port 8080 is held by process 4711 (nginx)}, on the loop thread, exactly once
     */
    static void name(EventLoop loop, int port, Consumer<String> told) {
        Thread thread = new Thread(
                () -> {
                    String holder =
                            TcpListeners.on(port).map(TcpListeners::holder).orElse("a process that has just gone");
                    loop.inbox().post(() -> told.accept("port " + port + " is held by " + holder));
                },
                "port-holder");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError ignored) { // how the JVM says that the kernel refused a thread
            told.accept("port " + port + " is held by somebody");
        }
    }
}
