package dev.ostler.linux;

import dev.ostler.base.CapabilityNames;
import dev.ostler.base.Pid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Names, numbers and masks of capabilities, capabilities(7). Any thread. */
public final class Capabilities {
    /** By number, without CAP_. */
    private static final List<String> NAMES = CapabilityNames.ALL;

    /** More than any number has. */
    private static final int LAST_BYTES = 16;

    private static final Path LAST = Path.of("/proc/sys/kernel/cap_last_cap");

    private Capabilities() {}

    /** All names without CAP_, by number. */
    public static List<String> names() {
        return NAMES;
    }

    /** Takes {@code NET_BIND_SERVICE} and {@code CAP_NET_BIND_SERVICE} in any case; empty for an unknown name. */
    public static OptionalInt number(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        int number = NAMES.indexOf(upper.startsWith("CAP_") ? upper.substring(4) : upper);
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** {@code NET_BIND_SERVICE}; {@code 63} for a number without a name. */
    public static String name(int number) {
        return number >= 0 && number < NAMES.size() ? NAMES.get(number) : Integer.toString(number);
    }

    /** {@link IllegalArgumentException} for an unknown name. */
    public static long mask(Collection<String> names) {
        long mask = 0;
        for (String name : names) {
            mask |= 1L
                    << number(name)
                            .orElseThrow(() -> new IllegalArgumentException("unknown capability \"" + name + "\""));
        }
        return mask;
    }

    /** Names of the bits that are set, by number. */
    public static List<String> names(long mask) {
        List<String> names = new ArrayList<>();
        for (int number = 0; number < Long.SIZE; number++) {
            if ((mask & 1L << number) != 0) {
                names.add(name(number));
            }
        }
        return List.copyOf(names);
    }

    /** The sets of the main thread of a process; ESRCH when there is none. */
    public static CapabilitySets of(Pid pid) {
        return ProcStatus.of(pid).capabilities();
    }

    /** The highest number this kernel knows. */
    public static int last() {
        // in one read: a sysctl gives nothing at an offset, and Files.readString begins with a single byte
        try (InputStream in = Files.newInputStream(LAST)) {
            return Integer.parseInt(new String(in.readNBytes(LAST_BYTES), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            throw new KernelException("read", LAST.toString(), Errno.EIO);
        }
    }
}
