package dev.ostler.spec;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a system call that a filter does not let through, seccomp(2).
 *
 * @param errno for {@link Kind#ERRNO} alone, else 0
 */
public record SeccompAction(Kind kind, int errno) {
    /** The order is that of the kernel, which takes the first one when several filters disagree. */
    public enum Kind {
        /** SIGSYS ends the process. */
        KILL,
        /** SIGSYS ends the thread. */
        KILL_THREAD,
        /** The program gets SIGSYS, which it may handle. */
        TRAP,
        /** The call fails. */
        ERRNO,
        /** The call is made, and the kernel logs it. */
        LOG
    }

    /** Numbers of errno(3) that make sense as an answer to a system call, the same on every architecture of Ostler. */
    private static final Map<String, Integer> ERRNOS = errnos();

    public static final SeccompAction EPERM = new SeccompAction(Kind.ERRNO, 1);
    public static final SeccompAction ENOSYS = new SeccompAction(Kind.ERRNO, 38);

    private static Map<String, Integer> errnos() {
        Map<String, Integer> errnos = new LinkedHashMap<>();
        errnos.put("EPERM", 1);
        errnos.put("ENOENT", 2);
        errnos.put("EIO", 5);
        errnos.put("EAGAIN", 11);
        errnos.put("ENOMEM", 12);
        errnos.put("EACCES", 13);
        errnos.put("ENODEV", 19);
        errnos.put("EINVAL", 22);
        errnos.put("ENOTTY", 25);
        errnos.put("ENOSPC", 28);
        errnos.put("EROFS", 30);
        errnos.put("ENOSYS", 38);
        errnos.put("EOPNOTSUPP", 95);
        errnos.put("EAFNOSUPPORT", 97);
        return errnos;
    }

    /** {@code errno} (that is EPERM), {@code EACCES}, {@code kill}, {@code kill_thread}, {@code trap}, {@code log}. */
    public static Optional<SeccompAction> parse(String text) {
        if (text.equals("errno")) {
            return Optional.of(EPERM);
        }
        if (ERRNOS.containsKey(text)) {
            return Optional.of(new SeccompAction(Kind.ERRNO, ERRNOS.get(text)));
        }
        for (Kind kind : Kind.values()) {
            if (kind != Kind.ERRNO && kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return Optional.of(new SeccompAction(kind, 0));
            }
        }
        return Optional.empty();
    }

    /** Every text that {@link #parse} takes, for people. */
    public static String words() {
        return "errno, kill, kill_thread, trap, log, " + String.join(", ", ERRNOS.keySet());
    }

    @Override
    public String toString() {
        if (kind != Kind.ERRNO) {
            return kind.name().toLowerCase(Locale.ROOT);
        }
        return ERRNOS.entrySet().stream()
                .filter(entry -> entry.getValue() == errno)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("errno " + errno);
    }
}
