package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at files for the loop, whose thread must not wait for a disk. A few threads, which end when there is nothing to look
 * at; one look of a service at a time. Those that hang, on a network's file system, hold up no other service for long: there are
 * more threads then, at most one for each service. Loop thread only.
 */
final class OffLoop {
    private static final int THREADS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int IDLE_SECONDS = 5;

    private final EventLoop loop;
    private final Clock clock;
    /** What waits behind the look of a service that is under way. */
    private final Map<ServiceName, Queue<Runnable>> underWay = new HashMap<>();

    private Optional<ThreadPoolExecutor> threads = Optional.empty(); // most projects never need them
    private Optional<Timer> patience = Optional.empty();

    OffLoop(EventLoop loop, Clock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    /**
     * Asks on another thread, after all that was asked for this service before.
     *
     * @param question throws nothing
     * @param answer gets it on the loop thread, a little later
     */
    <T> void ask(ServiceName service, Supplier<T> question, Consumer<T> answer) {
        Runnable task = () -> {
            Runnable then = () -> {}; // others of the service go on in any case
            try {
                T found = question.get();
                then = () -> answer.accept(found);
            } finally {
                Runnable told = then;
                loop.inbox().post(() -> {
                    over(service);
                    told.run();
                });
            }
        };
        Queue<Runnable> behind = underWay.get(service);
        if (behind != null) {
            behind.add(task);
            return;
        }
        underWay.put(service, new ArrayDeque<>());
        begin(task);
    }

    private void begin(Runnable task) {
        try {
            threads().execute(task);
        } catch (OutOfMemoryError ignored) { // how the JVM says that the kernel refused a thread
            task.run();
        }
        growUnlessEnough();
    }

    private void over(ServiceName service) {
        Runnable next = underWay.get(service).poll();
        if (next != null) {
            begin(next);
            return;
        }
        underWay.remove(service);
        if (underWay.isEmpty()) {
            patience.ifPresent(Timer::cancel);
            patience = Optional.empty();
            resize(THREADS);
        }
    }

    private void growUnlessEnough() {
        if (patience.isEmpty() && underWay.size() > threads().getCorePoolSize()) {
            long then = clock.monotonicNanos() + PATIENCE.toNanos();
            patience = Optional.of(loop.timers().schedule(then, () -> {
                patience = Optional.empty();
                if (underWay.size() > threads().getCorePoolSize()) {
                    resize(threads().getCorePoolSize() + THREADS);
                }
                growUnlessEnough();
            }));
        }
    }

    private void resize(int size) {
        ThreadPoolExecutor pool = threads();
        if (size > pool.getCorePoolSize()) {
            pool.setMaximumPoolSize(size);
            growTo(size, pool);
        } else {
            pool.setCorePoolSize(size);
            pool.setMaximumPoolSize(size);
        }
    }

    private static void growTo(int size, ThreadPoolExecutor pool) {
        try {
            pool.setCorePoolSize(size);
        } catch (OutOfMemoryError ignored) { // no thread more; those that there are go on
        }
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
}
