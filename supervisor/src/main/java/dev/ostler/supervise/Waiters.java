package dev.ostler.supervise;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whoever waits for something to become true of the services. Loop thread only. */
final class Waiters {
    private final List<Waiter> waiting = new ArrayList<>();

    private record Waiter(BooleanSupplier condition, Runnable action) {}

    void add(BooleanSupplier condition, Runnable action) {
        waiting.add(new Waiter(condition, action));
    }

    /** Something has changed: tells each whose condition holds, once. */
    void look() {
        boolean any = false;
        for (Waiter waiter : waiting) {
            any |= waiter.condition().getAsBoolean();
        }
        if (any) {
            tell();
        }
    }

    private void tell() {
        for (Waiter waiter : List.copyOf(waiting)) {
            if (waiter.condition().getAsBoolean() && waiting.remove(waiter)) {
                waiter.action().run();
            }
        }
    }
}
