package dev.ostler.service;

import java.util.List;

/**
 * Automatic restarts since a person last started the service.
 *
 * @param automatic all of them
 * @param inARow those without a stable period between them
 * @param delayed those in a row that had a delay
 * @param recentNanos CLOCK_MONOTONIC of those that count for the limit, oldest first; at most as many as it allows
 */
public record RestartRecord(int automatic, int inARow, int delayed, List<Long> recentNanos) {
    public static final RestartRecord NONE = new RestartRecord(0, 0, 0, List.of());

    public RestartRecord {
        recentNanos = List.copyOf(recentNanos);
    }
}
