package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AT_FDCWD;
import static dev.ostler.linux.LinuxConstants.AT_REMOVEDIR;
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
        make(path.toString(), mode);
    }

    /** As above, for what has its path as a text. */
    public static void make(String path, int mode) {
        NativeBuffer name = NativeBuffer.scratchOf(path);
        check(C.mkdirat(AT_FDCWD, name.pointer(), mode), "mkdir", path);
    }

    /** rmdir(2); false when it was not there. EBUSY or ENOTEMPTY while there is something in it. */
    public static boolean remove(String path) {
        NativeBuffer name = NativeBuffer.scratchOf(path);
        int result = C.unlinkat(AT_FDCWD, name.pointer(), AT_REMOVEDIR);
        if (result == -1) {
            Errno errno = Native.lastError();
            if (!errno.equals(Errno.ENOENT)) {
                throw new KernelException("rmdir", path, errno);
            }
        }
        return result == 0;
    }

    /** mkdirat(2), below an open directory. */
    public static void makeAt(Fd directory, String name, int mode) {
        NativeBuffer text = NativeBuffer.scratchOf(name);
        check(C.mkdirat(directory.number(), text.pointer(), mode), "mkdirat", name);
    }

    /** Opens a directory that is no symbolic link itself (ELOOP or ENOTDIR otherwise). */
    public static Fd open(Path path) {
        return open(path.toString());
    }

    /** As above, for what has its path as a text. */
    public static Fd open(String path) {
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
