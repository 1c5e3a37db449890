package dev.ostler.cli;

import dev.ostler.base.ServiceName;

/** How a failed start is told. */
public final class StartFailure {
    private StartFailure() {}

    /** {@code cannot start "web": exited 1 after 50 ms}; texts of the launcher say so themselves. */
    public static String text(ServiceName service, String why) {
        String prefix = "cannot start \"" + service + "\": ";
        return why.startsWith(prefix) ? why : prefix + why;
    }
}
