package dev.ostler.service;

import dev.ostler.base.Pid;
import java.util.Optional;
import java.util.OptionalInt;

/** What a service tells by sd_notify(3), one thing at a time. */
final class Told {
    private Told() {}

    /** {@code MAINPID=}. */
    static Notice mainPid(Pid main) {
        return new Notice(
                false,
                false,
                false,
                Optional.empty(),
                OptionalInt.empty(),
                Notice.Watchdog.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(main));
    }
}
