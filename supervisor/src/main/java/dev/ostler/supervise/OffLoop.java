package dev.ostler.supervise;

import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at files for the loop, whose thread must not wait for a disk. A few threads, which end when there is nothing to look
 * at. Loop thread only.
 */
final class OffLoop {
    /** One that hangs, on a network's file system, does not hold up all. */
    private static final int THREADS = 4;

    private static final int IDLE_SECONDS = 5;

    private final Consumer<Runnable> loop;
    private Optional<ThreadPoolExecutor> threads = Optional.empty(); // most projects never need them

    /** @param loop runs something on the loop thread */
    OffLoop(Consumer<Runnable> loop) {
        this.loop = loop;
    }

    private ThreadPoolExecutor threads() {
        if (threads.isEmpty()) {
            ThreadPoolExecutor made = new ThreadPoolExecutor(
                    THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), OffLoop::thread);
            made.allowCoreThreadTimeOut(true);
            threads = Optional.of(made);
        }
        return threads.get();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "look-at-files");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Asks on another thread.
     *
     * @param question throws nothing
     * @param answer gets it on the loop thread, a little later
     */
    <T> void ask(Supplier<T> question, Consumer<T> answer) {
        Runnable task = () -> {
            T found = question.get();
            loop.accept(() -> answer.accept(found));
        };
        try {
            threads().execute(task);
        } catch (OutOfMemoryError ignored) { // how the JVM says that the kernel refused a thread
            task.run();
        }
    }
}
