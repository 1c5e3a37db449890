package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.F_ADD_SEALS;
import static dev.ostler.linux.LinuxConstants.F_GET_SEALS;
import static dev.ostler.linux.LinuxConstants.F_SEAL_GROW;
import static dev.ostler.linux.LinuxConstants.F_SEAL_SEAL;
import static dev.ostler.linux.LinuxConstants.F_SEAL_SHRINK;
import static dev.ostler.linux.LinuxConstants.F_SEAL_WRITE;
import static dev.ostler.linux.LinuxConstants.MFD_ALLOW_SEALING;
import static dev.ostler.linux.LinuxConstants.MFD_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.O_RDONLY;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Anonymous files in memory, memfd_create(2), and their seals. Any platform thread. */
public final class Memfd {
    /** Nothing can change any more: neither content, nor size, nor seals. */
    public static final int IMMUTABLE = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

    private Memfd() {}

    /** An empty one that can be sealed. @param name shown in /proc/PID/fd, at most 249 bytes */
    public static Fd create(String name) {
        NativeBuffer text = NativeBuffer.scratchOf(name);
        return Fd.adopt(check(C.memfd_create(text.pointer(), MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create", name));
    }

    /** One with this content, {@link #IMMUTABLE}. */
    public static Fd sealed(String name, ByteBuffer content) {
        Fd fd = create(name);
        try {
            Descriptors.writeFully(fd, content);
            seal(fd, IMMUTABLE);
            return fd;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Another description of the same file, which can only be read: also by whoever gets it from here. */
    public static Fd readOnly(Fd fd) {
        return Descriptors.open(Path.of("/proc/self/fd/" + fd.number()), O_RDONLY);
    }

    /** Permission bits: who else may open it by /proc/PID/fd. */
    public static void setMode(Fd fd, int mode) {
        check(C.fchmod(fd.number(), mode), "fchmod", fd);
    }

    /** Adds F_SEAL_* bits; EPERM once F_SEAL_SEAL is set, EBUSY for F_SEAL_WRITE while a writable mapping exists. */
    public static void seal(Fd fd, int seals) {
        check(C.fcntl(fd.number(), F_ADD_SEALS, seals), "fcntl(F_ADD_SEALS)", fd);
    }

    /** The F_SEAL_* bits that are set. */
    public static int seals(Fd fd) {
        return check(C.fcntl(fd.number(), F_GET_SEALS, 0), "fcntl(F_GET_SEALS)", fd);
    }

    /**
     * The whole content, read without moving the offset that other holders share. EMSGSIZE when it is longer than {@code
     * limitBytes}.
     */
    public static byte[] readAll(Fd fd, int limitBytes) {
        long size = Descriptors.identity(fd).size();
        if (size > limitBytes) {
            throw new KernelException("pread", fd.toString(), Errno.EMSGSIZE);
        }
        NativeBuffer buffer = NativeBuffer.allocate((int) Math.max(1, size));
        int done = 0;
        while (done < size) {
            int count = Descriptors.pread(fd, buffer, done, (int) size - done, done);
            if (count <= 0) {
                break; // it shrank meanwhile
            }
            done += count;
        }
        byte[] content = new byte[done];
        buffer.bytes().get(0, content);
        return content;
    }
}
