package dev.ostler.it;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** As whom the product runs in a test. */
public enum As {
    /** Whoever runs the tests. */
    CURRENT(List.of()),
    /** A user that exists nowhere, without any capability. */
    PLAIN_USER(List.of("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--inh-caps=-all")),
    /** The same with a name and with ids of its own, 300000 and 1000 more, groups from 400000: in an /etc of its own. */
    USER_WITH_IDS(List.of("unshare", "--mount", "sh", "-c", """
            set -e
            d=$(mktemp -d)
            cp /etc/passwd "$d/passwd"
            echo 'ostler-it:x:54321:54321::/:/bin/sh' >> "$d/passwd"
            echo ostler-it:300000:1000 > "$d/subuid"
            echo ostler-it:400000:1000 > "$d/subgid"
            for f in passwd subuid subgid; do mount --bind "$d/$f" "/etc/$f"; done
            rm -r "$d"
            exec setpriv --reuid=54321 --regid=54321 --clear-groups --inh-caps=-all "$@"
            """, "sh")),
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
        return this != PLAIN_USER && this != USER_WITH_IDS && isRoot();
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
