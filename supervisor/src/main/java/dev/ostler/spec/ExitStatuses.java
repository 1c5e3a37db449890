package dev.ostler.spec;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import java.util.Set;

/** Ends of a main process that mean something: exit codes, and signals it may die of. */
public record ExitStatuses(Set<Integer> codes, Set<Signal> signals) {
    public static final ExitStatuses NONE = new ExitStatuses(Set.of(), Set.of());

    public ExitStatuses {
        codes = Set.copyOf(codes);
        signals = Set.copyOf(signals);
    }

    public boolean contains(ExitStatus status) {
        return status.signal().map(signals::contains).orElseGet(() -> codes.contains(status.code()));
    }
}
