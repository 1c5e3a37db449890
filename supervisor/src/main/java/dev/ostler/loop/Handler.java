package dev.ostler.loop;

/** Called by the loop thread when a descriptor is ready; must not block. */
@FunctionalInterface
public interface Handler {
    /**
     * @param events EPOLLIN, EPOLLOUT, EPOLLHUP, …
     * @param nowNanos CLOCK_MONOTONIC at the start of this turn
     */
    void ready(int events, long nowNanos);
}
