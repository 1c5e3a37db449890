package dev.ostler.notify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One message of sd_notify(3): lines of {@code NAME=value}. Names that are not known say nothing, as the manual has it; a value
 * that cannot be understood is a problem, and the other lines count. Immutable; any thread.
 *
 * @param barrier the message is {@code BARRIER=1} and nothing else
 * @param status one line for people
 * @param watchdogPeriod zero = none any more
 * @param stored what becomes of descriptors
 * @param mainPid who the main process is, as its sender counts
 * @param problems what was not understood, for people
 */
public record NotifyMessage(
        boolean ready,
        boolean reloading,
        boolean stopping,
        boolean barrier,
        Optional<String> status,
        OptionalInt errno,
        Watchdog watchdog,
        Optional<Duration> watchdogPeriod,
        Optional<Duration> extend,
        Stored stored,
        OptionalInt mainPid,
        List<String> problems) {
    /** What is shown of a status; longer ones are cut. */
    public static final int MAX_STATUS_CHARS = 200;

    /** Of a descriptor, FDNAME=. */
    private static final int MAX_NAME_CHARS = 255;

    private static final String BARRIER = "BARRIER=1";
    private static final int HIGHEST_ERRNO = 4095;

    /** PID_MAX_LIMIT of 64-bit kernels. */
    private static final int HIGHEST_PID = 1 << 22;

    /** A sign of life, a call for the service's own restart, or neither. */
    public enum Watchdog {
        NONE,
        ALIVE,
        TRIGGER
    }

    /**
     * What it asks of the descriptors that are kept for the service's next run.
     *
     * @param store those that came with the message
     * @param remove those of that name
     * @param name empty = none was given
     * @param poll one whose other end is gone is of no use
     */
    public record Stored(boolean store, boolean remove, Optional<String> name, boolean poll) {
        /** Nothing. */
        public static final Stored NOTHING = new Stored(false, false, Optional.empty(), true);
    }

    public NotifyMessage {
        problems = List.copyOf(problems);
    }

    /** Takes any bytes. */
    public static NotifyMessage parse(byte[] bytes) {
        Reading reading = new Reading();
        Optional<String> text = decode(bytes);
        if (text.isEmpty()) {
            reading.problems.add("a message that is no text");
        }
        reading.barrier = text.map(String::strip).filter(BARRIER::equals).isPresent();
        text.ifPresent(lines -> lines.lines().forEach(reading::line));
        return reading.toMessage();
    }

    /** Programs written in C may send the NUL at the end too. */
    private static Optional<String> decode(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException ignored) { // reported by the caller
            return Optional.empty();
        }
    }

    private static final class Reading {
        private boolean ready;
        private boolean reloading;
        private boolean stopping;
        private boolean barrier;
        private Optional<String> status = Optional.empty();
        private OptionalInt errno = OptionalInt.empty();
        private Watchdog watchdog = Watchdog.NONE;
        private Optional<Duration> watchdogPeriod = Optional.empty();
        private Optional<Duration> extend = Optional.empty();
        private boolean store;
        private boolean remove;
        private Optional<String> name = Optional.empty();
        private boolean poll = true;
        private OptionalInt mainPid = OptionalInt.empty();
        private final List<String> problems = new ArrayList<>();

        NotifyMessage toMessage() {
            return new NotifyMessage(
                    ready,
                    reloading,
                    stopping,
                    barrier,
                    status,
                    errno,
                    watchdog,
                    watchdogPeriod,
                    extend,
                    new Stored(store, remove, name, poll),
                    mainPid,
                    problems);
        }

        void line(String line) {
            int equals = line.indexOf('=');
            if (equals < 0) {
                return;
            }
            String value = line.substring(equals + 1);
            switch (line.substring(0, equals)) {
                case "READY" -> ready |= value.equals("1");
                case "RELOADING" -> reloading |= value.equals("1");
                case "STOPPING" -> stopping |= value.equals("1");
                case "STATUS" -> status = Optional.of(shown(value));
                case "ERRNO" -> errno = number(line, value, 0, HIGHEST_ERRNO);
                case "WATCHDOG" -> watchdog(line, value);
                case "WATCHDOG_USEC" -> watchdogPeriod = micros(line, value);
                case "MAINPID" -> mainPid = number(line, value, 1, HIGHEST_PID);
                case "EXTEND_TIMEOUT_USEC" -> extend = micros(line, value);
                case "FDSTORE" -> store |= value.equals("1");
                case "FDSTOREREMOVE" -> remove |= value.equals("1");
                case "FDNAME" -> name(line, value);
                case "FDPOLL" -> poll &= !value.equals("0");
                default -> {
                    return; // of a later version, or one's own with X_ in front
                }
            }
        }

        private void watchdog(String line, String value) {
            switch (value) {
                case "1" -> watchdog = watchdog == Watchdog.TRIGGER ? watchdog : Watchdog.ALIVE;
                case "trigger" -> watchdog = Watchdog.TRIGGER;
                default -> problems.add(shown(line));
            }
        }

        /** As sd_pid_notify_with_fds(3) has it: ASCII, nothing that a list of names separated by colons could not hold. */
        private void name(String line, String value) {
            boolean good = !value.isEmpty()
                    && value.length() <= MAX_NAME_CHARS
                    && value.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != ':');
            if (good) {
                name = Optional.of(value);
            } else {
                problems.add(shown(line));
            }
        }

        private OptionalInt number(String line, String value, int least, int most) {
            try {
                int number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return OptionalInt.of(number);
                }
            } catch (NumberFormatException ignored) { // a problem, as a number out of range is
            }
            problems.add(shown(line));
            return OptionalInt.empty();
        }

        private Optional<Duration> micros(String line, String value) {
            try {
                long micros = Long.parseUnsignedLong(value);
                if (micros >= 0 && micros <= Long.MAX_VALUE / 1000) {
                    return Optional.of(Duration.ofNanos(micros * 1000));
                }
            } catch (NumberFormatException ignored) { // a problem, as a number out of range is
            }
            problems.add(shown(line));
            return Optional.empty();
        }

        /** Without control characters, which could deceive a terminal, and not too long. */
        private static String shown(String text) {
            String clean = text.codePoints()
                    .map(c -> Character.isISOControl(c) ? '?' : c)
                    .limit(MAX_STATUS_CHARS)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            return clean.strip();
        }
    }
}
