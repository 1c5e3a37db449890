package dev.ostler.linux;

import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

import dev.ostler.base.Pid;
import java.util.ArrayList;
import java.util.List;

/** Whose process this is. Any platform thread. */
public final class Ids {
    private Ids() {}

    public static Pid pid() {
        return new Pid(C.getpid());
    }

    public static long uid() {
        return Integer.toUnsignedLong(C.getuid());
    }

    public static long effectiveUid() {
        return Integer.toUnsignedLong(C.geteuid());
    }

    public static long gid() {
        return Integer.toUnsignedLong(C.getgid());
    }

    public static long effectiveGid() {
        return Integer.toUnsignedLong(C.getegid());
    }

    /** Supplementary groups, in the kernel's order. */
    public static List<Long> groups() {
        int count = check(C.getgroups(0, null), "getgroups", "");
        NativeBuffer list = NativeBuffer.allocate(Math.max(1, count) * 4);
        count = check(C.getgroups(count, list.pointer()), "getgroups", "");
        List<Long> groups = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            groups.add(Integer.toUnsignedLong(list.bytes().getInt(i * 4)));
        }
        return List.copyOf(groups);
    }
}
