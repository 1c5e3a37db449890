package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AT_FDCWD;
import static dev.ostler.linux.LinuxConstants.O_DIRECTORY;
import static dev.ostler.linux.LinuxConstants.O_NOFOLLOW;
import static dev.ostler.linux.LinuxConstants.O_RDONLY;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

import java.nio.file.Path;

/**
 * Making directories and giving them away through descriptors, so that nobody can put a symbolic link in between. Modes are
 * permission bits. Any platform thread.
 */
public final class Directories {
    private Directories() {}

    /** mkdir(2): the umask takes bits away; EEXIST when there is something of that name. */
    public static void make(Path path, int mode) {
        NativeBuffer name = NativeBuffer.ofString(path.toString());
        check(C.mkdirat(AT_FDCWD, name.pointer(), mode), "mkdir", path.toString());
    }

    /** mkdirat(2), below an open directory. */
    public static void makeAt(Fd directory, String name, int mode) {
        NativeBuffer text = NativeBuffer.ofString(name);
        check(C.mkdirat(directory.number(), text.pointer(), mode), "mkdirat", name);
    }

    /** Opens a directory that is no symbolic link itself (ELOOP or ENOTDIR otherwise). */
    public static Fd open(Path path) {
        return Descriptors.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    }

    /** As {@link #open}, below an open directory. */
    public static Fd openAt(Fd directory, String name) {
        return Descriptors.openAt(directory.number(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
    }

    /** @param uid unchanged when -1; likewise gid */
    public static void chown(Fd fd, long uid, long gid) {
        check(C.fchown(fd.number(), uid, gid), "fchown", fd);
    }

    public static void chmod(Fd fd, int mode) {
        check(C.fchmod(fd.number(), mode), "fchmod", fd);
    }
}
