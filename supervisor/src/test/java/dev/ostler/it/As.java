package dev.ostler.it;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** As whom the product runs in a test. */
public enum As {
    /** Whoever runs the tests. */
    CURRENT(List.of()),
    /** A user that exists nowhere, without any capability. */
    PLAIN_USER(List.of("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--inh-caps=-all")),
    /** Whoever runs the tests, where no cgroup can be made. */
    WITHOUT_CGROUPS(
            List.of("unshare", "--mount", "sh", "-c", "mount -t tmpfs none /sys/fs/cgroup && exec \"$@\"", "sh"));

    /** Of {@link #PLAIN_USER}. */
    public static final int PLAIN_UID = 54321;

    private final List<String> prefix;

    As(List<String> prefix) {
        this.prefix = prefix;
    }

    List<String> prefix() {
        return isRoot() ? prefix : List.of();
    }

    /** Whether this is root. */
    boolean hasRoot() {
        return this != PLAIN_USER && isRoot();
    }

    /** Whether the tests run as root. */
    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Skips the test, saying why, unless the tests run as root. */
    public static void needRoot(String right) {
        Assumptions.assumeTrue(isRoot(), "skipped: needs " + right + ", and the tests do not run as root");
    }
}
