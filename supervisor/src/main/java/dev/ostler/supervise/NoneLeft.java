package dev.ostler.supervise;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Whether there is none any more of which something holds. It is asked after each event, so it goes on from the one of which it held
 * last time: many services are seldom gone through. Loop thread only.
 */
public final class NoneLeft<T> implements BooleanSupplier {
    private final Supplier<List<T>> all;
    private final Predicate<T> holds;
    private int at;

    /** @param all quick to get at by number; may be another list each time */
    public NoneLeft(Supplier<List<T>> all, Predicate<T> holds) {
        this.all = all;
        this.holds = holds;
    }

    @Override
    public boolean getAsBoolean() {
        List<T> present = all.get();
        for (int left = present.size(); left > 0; left--) {
            if (at >= present.size()) {
                at = 0;
            }
            if (holds.test(present.get(at))) {
                return false;
            }
            at++;
        }
        return true;
    }
}
