package dev.ostler.spec;

import java.time.Duration;

/** How many automatic restarts all services of a project may have together; further ones wait. */
public record RestartBudgetSpec(int count, Duration within) {
    public RestartBudgetSpec {
        if (count < 1) {
            throw new IllegalArgumentException("budget of " + count + " restarts");
        }
    }
}
