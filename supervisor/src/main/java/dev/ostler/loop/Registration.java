package dev.ostler.loop;

import dev.ostler.linux.Fd;

/**
 * A descriptor watched by an {@link EventLoop}. Does not own the descriptor: close the registration first, then the
 * descriptor. Loop thread only.
 */
public final class Registration implements AutoCloseable {
    private final EventLoop loop;
    final Priority priority;
    final Fd fd;
    final Handler handler;
    final long token;
    int failuresInARow;
    private int events;
    private boolean open = true;

    Registration(EventLoop loop, Priority priority, Fd fd, int events, Handler handler, long token) {
        this.loop = loop;
        this.priority = priority;
        this.fd = fd;
        this.events = events;
        this.handler = handler;
        this.token = token;
    }

    /** Watches for other events, 0 = only EPOLLERR and EPOLLHUP. */
    public void setEvents(int mask) {
        if (open && mask != events) {
            loop.modify(this, mask);
            events = mask;
        }
    }

    public int events() {
        return events;
    }

    public boolean isOpen() {
        return open;
    }

    /** Watches no longer; an event of this turn that has not been handled yet is dropped. Harmless when repeated. */
    @Override
    public void close() {
        if (open) {
            open = false;
            loop.remove(this);
        }
    }
}
