package dev.ostler.base;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A Linux signal by number. Real-time signals count from SIGRTMIN = 34, as NPTL keeps 32 and 33 for itself
 * (signal(7), nptl(7)): a process can die of those two, but nobody may ask for them by {@link #parse}.
 */
public record Signal(int number) {
    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");
    private static final int RTMIN = 34;
    private static final int RTMAX = 64;

    public static final Signal HUP = new Signal(1);
    public static final Signal INT = new Signal(2);
    public static final Signal QUIT = new Signal(3);
    public static final Signal ABRT = new Signal(6);
    public static final Signal KILL = new Signal(9);
    public static final Signal USR1 = new Signal(10);
    public static final Signal USR2 = new Signal(12);
    public static final Signal TERM = new Signal(15);
    public static final Signal CHLD = new Signal(17);
    public static final Signal CONT = new Signal(18);
    public static final Signal STOP = new Signal(19);
    public static final Signal SYS = new Signal(31);

    public Signal {
        if (number < 1 || number > RTMAX) {
            throw new IllegalArgumentException("signal " + number);
        }
    }

    /** Accepts {@code TERM}, {@code SIGTERM}, {@code RTMIN+3}, {@code 15}, in any case. */
    public static Optional<Signal> parse(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int index = NAMES.indexOf(name);
        if (index > 0) {
            return Optional.of(new Signal(index));
        }
        try {
            int number = name.startsWith("RTMIN")
                    ? RTMIN + (name.length() == 5 ? 0 : Integer.parseInt(name.substring(5)))
                    : Integer.parseInt(name);
            return isReserved(number) ? Optional.empty() : Optional.of(new Signal(number));
        } catch (IllegalArgumentException ignored) { // not a number, or not a usable one
            return Optional.empty();
        }
    }

    private static boolean isReserved(int number) {
        return number >= NAMES.size() && number < RTMIN;
    }

    /** {@code SIGTERM}, {@code SIGRTMIN+3}; {@code signal 32} for one that has no name. */
    @Override
    public String toString() {
        if (number < NAMES.size()) {
            return "SIG" + NAMES.get(number);
        }
        if (isReserved(number)) {
            return "signal " + number;
        }
        return number == RTMIN ? "SIGRTMIN" : "SIGRTMIN+" + (number - RTMIN);
    }
}
