package dev.ostler.service;

import java.util.List;

/**
 * Automatic restarts since a person last started the service.
 *
 * @param automatic all of them
 * @param inARow those without a stable period between them
 * @param delayed those in a row that had a delay
 * @param recentNanos CLOCK_MONOTONIC of those that count for the limit, oldest first; at most as many as it allows
 * @param gaveUp the limit was reached
 * @param budgetNanos {@link RestartBudget#fullNanos} behind the latest restart of this service
 * @param oom what the kernel killed meanwhile
 */
public record RestartRecord(
        int automatic,
        int inARow,
        int delayed,
        List<Long> recentNanos,
        boolean gaveUp,
        long budgetNanos,
        OomRecord oom) {
    public static final RestartRecord NONE = new RestartRecord(0, 0, 0, List.of(), false, 0, OomRecord.NONE);

    public RestartRecord {
        recentNanos = List.copyOf(recentNanos);
    }

    /** After a start by command; what others may still restart does not change by that. */
    RestartRecord afresh() {
        return this == NONE ? this : new RestartRecord(0, 0, 0, List.of(), false, budgetNanos, OomRecord.NONE);
    }

    RestartRecord givenUp() {
        return new RestartRecord(automatic, inARow, delayed, recentNanos, true, budgetNanos, oom);
    }

    /** The try after the cool-down, with which the counting for limit and backoff begins anew. */
    RestartRecord afterCoolDown() {
        return new RestartRecord(automatic + 1, 0, 0, List.of(), false, budgetNanos, oom);
    }

    RestartRecord withOom(OomRecord counted) {
        return new RestartRecord(automatic, inARow, delayed, recentNanos, gaveUp, budgetNanos, counted);
    }
}
