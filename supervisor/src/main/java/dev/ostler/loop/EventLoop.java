package dev.ostler.loop;

import static dev.ostler.linux.LinuxConstants.EPOLLIN;

import dev.ostler.base.Clock;
import dev.ostler.linux.Epoll;
import dev.ostler.linux.EventFd;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.TimerFd;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One epoll loop with one fixed order per turn: signals, exits, timers, commands, I/O. One thread runs it and owns all it
 * touches; other threads only use {@link #inbox()} and {@link #stop()}. Idle means blocked in epoll_wait without a
 * timeout: the next deadline is a timerfd.
 *
 * <p>What an I/O handler throws is logged: it concerns one client or one file. What a handler of signals or exits, a timer or
 * a command throws ends the loop and comes out of {@link #run()}, since an event would be lost without a trace otherwise.
 */
public final class EventLoop implements AutoCloseable {
    /** Events fetched in one turn; more wait for the next. */
    private static final int MAX_EVENTS = 256;

    /** A handler that always throws would spin, as its descriptor stays ready: an I/O handler is given up after this many. */
    private static final int MAX_FAILURES_IN_A_ROW = 100;

    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int FOREVER = -1;
    private static final long TIMER_TOKEN = -1;
    private static final long WAKE_TOKEN = -2;
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private final Clock clock;
    private final Epoll epoll = Epoll.create(MAX_EVENTS);
    private final TimerFd timerFd = TimerFd.create(TimerFd.TimeBase.MONOTONIC);
    private final EventFd wakeFd = EventFd.create();
    private final TimerQueue timers = new TimerQueue();
    private final Inbox inbox = new Inbox(wakeFd::signal);
    private final Consumer<Runnable> runner = Runnable::run;

    private Registration[] slots = new Registration[64];
    private int lowestFree;
    private int generation;
    private long armedNanos = TimerQueue.NONE;
    private long turns;
    private volatile Thread thread;
    private volatile Runnable[] beforeWaiting = {};
    private volatile boolean stopping;

    public EventLoop(Clock clock) {
        this.clock = clock;
        epoll.add(timerFd.fd(), EPOLLIN, TIMER_TOKEN);
        epoll.add(wakeFd.fd(), EPOLLIN, WAKE_TOKEN);
    }

    /** Loop thread, or before the loop runs. The descriptor stays the caller's. */
    public Registration register(Priority priority, Fd fd, int events, Handler handler) {
        int slot = freeSlot();
        long token = (long) (generation++ & Integer.MAX_VALUE) << 32 | slot;
        Registration registration = new Registration(this, priority, fd, events, handler, token);
        epoll.add(fd, events, token);
        slots[slot] = registration;
        return registration;
    }

    /**
     * Watches for something to read, at {@link Priority#IO}.
     *
     * @param fd of something that has just been opened
     * @param close closes that, when the kernel refuses to watch it
     * @throws KernelException then
     */
    public Registration registerOrClose(Fd fd, Runnable close, Handler handler) {
        try {
            return register(Priority.IO, fd, EPOLLIN, handler);
        } catch (KernelException e) {
            close.run();
            throw e;
        }
    }

    private int freeSlot() {
        int slot = lowestFree;
        while (slot < slots.length && slots[slot] != null) {
            slot++;
        }
        if (slot == slots.length) {
            slots = Arrays.copyOf(slots, slots.length * 2);
        }
        lowestFree = slot; // not advanced: the slot may stay empty when epoll refuses the descriptor
        return slot;
    }

    void modify(Registration registration, int events) {
        epoll.modify(registration.fd, events, registration.token);
    }

    void remove(Registration registration) {
        int slot = (int) registration.token;
        slots[slot] = null;
        lowestFree = Math.min(lowestFree, slot);
        if (registration.fd.isOpen()) {
            epoll.delete(registration.fd);
        }
    }

    /** Loop thread, or before the loop runs. */
    public TimerQueue timers() {
        return timers;
    }

    /** How often it has woken up. Loop thread. */
    public long turns() {
        return turns;
    }

    /** Any thread. */
    public Inbox inbox() {
        return inbox;
    }

    /** What is posted by it from a turn of this loop wakes the other one when the turn is over. Before this loop runs, or on its thread. */
    public Outbox outboxTo(EventLoop other) {
        Outbox outbox = new Outbox(this, other.inbox);
        beforeWaiting(outbox::wake);
        return outbox;
    }

    /** Runs {@code action} each time before this loop waits, and when it ends. Before this loop runs, or on its thread. */
    public void beforeWaiting(Runnable action) {
        Runnable[] more = Arrays.copyOf(beforeWaiting, beforeWaiting.length + 1);
        more[beforeWaiting.length] = action;
        beforeWaiting = more;
    }

    private void finishTurn() {
        for (Runnable action : beforeWaiting) {
            action.run();
        }
    }

    /** Whether the calling thread is the one that runs this loop. */
    boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    /** Runs until {@link #stop()}. */
    public void run() {
        try {
            while (!stopping) {
                turn(FOREVER);
            }
        } finally {
            finishTurn();
        }
    }

    /** One turn; waits at most this long for something to do, and returns how much was done. */
    public int runOnce(Duration maxWait) {
        long millis = (maxWait.toNanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return turn((int) Math.min(Integer.MAX_VALUE, millis));
    }

    /** Any thread: {@link #run()} returns after the current turn. */
    public void stop() {
        stopping = true;
        wakeFd.signal();
    }

    private int turn(int timeoutMillis) {
        if (!isOwnThread()) {
            thread = Thread.currentThread();
        }
        finishTurn();
        armTimer();
        int count = epoll.await(inbox.isEmpty() ? timeoutMillis : 0);
        turns++;
        long nowNanos = clock.monotonicNanos();
        int done = dispatch(Priority.SIGNALS, count, nowNanos);
        done += dispatch(Priority.EXITS, count, nowNanos);
        acknowledge(count);
        done += timers.runDue(nowNanos, runner);
        done += inbox.runAll(runner);
        return done + dispatch(Priority.IO, count, nowNanos);
    }

    private void armTimer() {
        long next = timers.nextDeadlineNanos();
        if (next == armedNanos) {
            return;
        }
        if (next == TimerQueue.NONE) {
            timerFd.disarm();
        } else {
            timerFd.arm(next);
        }
        armedNanos = next;
    }

    private void acknowledge(int count) {
        for (int i = 0; i < count; i++) {
            long token = epoll.token(i);
            if (token == WAKE_TOKEN) {
                wakeFd.drain();
            } else if (token == TIMER_TOKEN) {
                timerFd.read();
                armedNanos = TimerQueue.NONE; // it has fired and is disarmed
            }
        }
    }

    private int dispatch(Priority priority, int count, long nowNanos) {
        int done = 0;
        for (int i = 0; i < count; i++) {
            long token = epoll.token(i);
            if (token < 0) {
                continue;
            }
            Registration registration = slots[(int) token];
            if (registration != null && registration.token == token && registration.priority == priority) {
                call(registration, epoll.events(i), nowNanos);
                done++;
            }
        }
        return done;
    }

    private void call(Registration registration, int events, long nowNanos) {
        try {
            registration.handler.ready(events, nowNanos);
            registration.failuresInARow = 0;
        } catch (RuntimeException e) {
            if (registration.priority != Priority.IO) {
                throw e;
            }
            LOG.error("event=handler-failed object=\"{}\"", registration.fd, e);
            if (++registration.failuresInARow >= MAX_FAILURES_IN_A_ROW) {
                LOG.error("event=handler-given-up object=\"{}\" failures={}", registration.fd, MAX_FAILURES_IN_A_ROW);
                registration.close();
            }
        }
    }

    /** The registered descriptors stay open; they belong to others. */
    @Override
    public void close() {
        epoll.close();
        timerFd.close();
        wakeFd.close();
    }
}
