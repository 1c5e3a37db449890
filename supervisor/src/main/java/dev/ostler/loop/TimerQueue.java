package dev.ostler.loop;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Deadlines in order: a binary heap in which a timer knows its place, so that cancelling is as cheap as scheduling. Pure:
 * time is an argument, nanoseconds of CLOCK_MONOTONIC. One thread.
 */
public final class TimerQueue {
    /** No deadline at all. */
    public static final long NONE = Long.MAX_VALUE;

    private Timer[] heap = new Timer[16];
    private int size;
    private long nextSequence;

    /** A deadline that has passed runs with the next {@link #runDue}. */
    public Timer schedule(long deadlineNanos, Runnable action) {
        Timer timer = new Timer(this, deadlineNanos, nextSequence++, Objects.requireNonNull(action, "action"));
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(size++, timer);
        return timer;
    }

    /** The earliest deadline, {@link #NONE} when nothing is scheduled. */
    public long nextDeadlineNanos() {
        return size == 0 ? NONE : heap[0].deadlineNanos;
    }

    public int size() {
        return size;
    }

    /**
     * Hands each due action to {@code runner}, earliest first, and returns how many. What an action schedules waits for the
     * next call even when it is due already, so a timer that re-arms itself cannot keep the loop here.
     */
    public int runDue(long nowNanos, Consumer<Runnable> runner) {
        long limit = nextSequence;
        int count = 0;
        while (size > 0 && heap[0].deadlineNanos <= nowNanos && heap[0].sequence < limit) {
            Timer timer = heap[0];
            remove(timer);
            count++;
            runner.accept(timer.action);
        }
        return count;
    }

    void remove(Timer timer) {
        int index = timer.index;
        timer.index = Timer.GONE;
        Timer last = heap[--size];
        heap[size] = null;
        if (index == size) {
            return;
        }
        siftUp(index, last);
        if (last.index == index) {
            siftDown(index, last);
        }
    }

    private void siftUp(int start, Timer timer) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) / 2;
            if (!timer.isBefore(heap[parent])) {
                break;
            }
            place(index, heap[parent]);
            index = parent;
        }
        place(index, timer);
    }

    private void siftDown(int start, Timer timer) {
        int index = start;
        while (true) {
            int child = index * 2 + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(timer)) {
                break;
            }
            place(index, heap[child]);
            index = child;
        }
        place(index, timer);
    }

    private void place(int index, Timer timer) {
        heap[index] = timer;
        timer.index = index;
    }
}
