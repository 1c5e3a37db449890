package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AT_EMPTY_PATH;
import static dev.ostler.linux.LinuxConstants.AT_FDCWD;
import static dev.ostler.linux.LinuxConstants.FD_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.F_DUPFD_QUERY;
import static dev.ostler.linux.LinuxConstants.F_GETFD;
import static dev.ostler.linux.LinuxConstants.F_GETFL;
import static dev.ostler.linux.LinuxConstants.F_GETPIPE_SZ;
import static dev.ostler.linux.LinuxConstants.F_SETFL;
import static dev.ostler.linux.LinuxConstants.F_SETPIPE_SZ;
import static dev.ostler.linux.LinuxConstants.O_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.O_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.STATX_BASIC_STATS;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import dev.ostler.base.Pid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What can be done with any descriptor: open, read, write, ask who it is. Reads and writes return the number of bytes, 0
 * for end of file, {@link #WOULD_BLOCK} for EAGAIN; EINTR is retried. Any platform thread.
 */
public final class Descriptors {
    /** Nothing can be read or written now. */
    public static final int WOULD_BLOCK = -1;

    private static final int STATX_SIZE = 256;

    private Descriptors() {}

    /** @param flags 0 or O_NONBLOCK, for both ends; O_CLOEXEC is always set */
    public static Pipe pipe(int flags) {
        NativeBuffer pair = NativeBuffer.scratch(8);
        check(C.pipe2(pair.pointer(), flags | O_CLOEXEC), "pipe2", "");
        return new Pipe(Fd.adopt(pair.bytes().getInt(0)), Fd.adopt(pair.bytes().getInt(4)));
    }

    /** For a writer that blocks and a reader that does not. */
    public static Pipe pipeToRead() {
        Pipe pipe = pipe(0);
        try {
            check(C.fcntl(pipe.readEnd().number(), F_SETFL, O_NONBLOCK), "fcntl(F_SETFL)", pipe.readEnd());
            return pipe;
        } catch (KernelException e) {
            pipe.close();
            throw e;
        }
    }

    /** open(2); O_CLOEXEC is always set. */
    public static Fd open(Path path, int flags, int mode) {
        return openAt(AT_FDCWD, path.toString(), flags, mode);
    }

    /** As {@link #open(Path, int, int)} for flags that create nothing. */
    public static Fd open(Path path, int flags) {
        return open(path, flags, 0);
    }

    /** As above, for what has its path as a text. */
    public static Fd open(String path, int flags) {
        return openAt(AT_FDCWD, path, flags, 0);
    }

    static Fd openAt(int directory, String path, int flags, int mode) {
        NativeBuffer name = NativeBuffer.scratchOf(path);
        int result;
        do {
            result = C.openat(directory, name.pointer(), flags | O_CLOEXEC, mode);
        } while (result == -1 && lastError().equals(Errno.EINTR));
        return Fd.adopt(check(result, "openat", path));
    }

    public static int read(Fd fd, NativeBuffer buffer, int offset, int length) {
        buffer.checkRange(offset, length);
        while (true) {
            long count = C.read(fd.number(), buffer.pointer(offset), length);
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (isWouldBlock(errno, "read", fd)) {
                return WOULD_BLOCK;
            }
        }
    }

    public static int write(Fd fd, NativeBuffer buffer, int offset, int length) {
        buffer.checkRange(offset, length);
        while (true) {
            long count = C.write(fd.number(), buffer.pointer(offset), length);
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (isWouldBlock(errno, "write", fd)) {
                return WOULD_BLOCK;
            }
        }
    }

    /** tee(2): copies from pipe to pipe; what was copied stays in the first one. */
    public static int tee(Fd from, Fd to, int length) {
        while (true) {
            long count = C.tee(from.number(), to.number(), length, LinuxConstants.SPLICE_F_NONBLOCK);
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (isWouldBlock(errno, "tee", from)) {
                return WOULD_BLOCK;
            }
        }
    }

    /** pread(2): neither uses nor moves the descriptor's offset. */
    public static int pread(Fd fd, NativeBuffer buffer, int offset, int length, long position) {
        buffer.checkRange(offset, length);
        while (true) {
            long count = C.pread(fd.number(), buffer.pointer(offset), length, position);
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (isWouldBlock(errno, "pread", fd)) {
                return WOULD_BLOCK;
            }
        }
    }

    /** What a small file of text holds now, at most so many bytes of it; the offset is neither used nor moved. */
    public static String text(Fd fd, int limit) {
        NativeBuffer buffer = NativeBuffer.scratch(limit);
        byte[] bytes = new byte[Math.max(0, pread(fd, buffer, 0, limit, 0))];
        buffer.bytes().get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** pwrite(2); on an O_APPEND descriptor Linux appends and ignores the position. */
    public static int pwrite(Fd fd, NativeBuffer buffer, int offset, int length, long position) {
        buffer.checkRange(offset, length);
        while (true) {
            long count = C.pwrite(fd.number(), buffer.pointer(offset), length, position);
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (isWouldBlock(errno, "pwrite", fd)) {
                return WOULD_BLOCK;
            }
        }
    }

    /** True for EAGAIN, false for EINTR; throws for everything else. */
    static boolean isWouldBlock(Errno errno, String call, Fd fd) {
        if (errno.equals(Errno.EAGAIN)) {
            return true;
        }
        if (errno.equals(Errno.EINTR)) {
            return false;
        }
        throw new KernelException(call, fd.toString(), errno);
    }

    /** Writes all of it, for descriptors that do not block for long (files, memfds). */
    public static void writeFully(Fd fd, ByteBuffer bytes) {
        NativeBuffer buffer = NativeBuffer.scratch(bytes.remaining());
        int length = bytes.remaining();
        buffer.bytes().put(0, bytes, bytes.position(), length);
        int done = 0;
        while (done < length) {
            int count = write(fd, buffer, done, length - done);
            if (count == WOULD_BLOCK) {
                throw new KernelException("write", fd.toString(), Errno.EAGAIN);
            }
            done += count;
        }
    }

    /** Sets or clears O_NONBLOCK of the open file description, which all its descriptors share. */
    public static void setNonBlocking(Fd fd, boolean nonBlocking) {
        int flags = statusFlags(fd);
        int wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        check(C.fcntl(fd.number(), F_SETFL, wanted), "fcntl(F_SETFL)", fd);
    }

    /** File status flags and access mode (F_GETFL). */
    public static int statusFlags(Fd fd) {
        return check(C.fcntl(fd.number(), F_GETFL, 0), "fcntl(F_GETFL)", fd);
    }

    public static boolean isCloseOnExec(Fd fd) {
        return (check(C.fcntl(fd.number(), F_GETFD, 0), "fcntl(F_GETFD)", fd) & FD_CLOEXEC) != 0;
    }

    /** Bytes. */
    public static int pipeSize(Fd fd) {
        return check(C.fcntl(fd.number(), F_GETPIPE_SZ, 0), "fcntl(F_GETPIPE_SZ)", fd);
    }

    /** Returns the size in bytes that the kernel chose; EPERM above /proc/sys/fs/pipe-max-size without CAP_SYS_RESOURCE. */
    public static int setPipeSize(Fd fd, int bytes) {
        return check(C.fcntl(fd.number(), F_SETPIPE_SZ, bytes), "fcntl(F_SETPIPE_SZ)", fd);
    }

    /** Makes {@code target} another number of the same description, closing what it was; it is inherited over exec. */
    public static void dup2(Fd fd, int target) {
        check(C.dup2(fd.number(), target), "dup2", fd);
    }

    public static void truncate(Fd fd, long length) {
        check(C.ftruncate(fd.number(), length), "ftruncate", fd);
    }

    /** Identity of an open file. */
    public static FileIdentity identity(Fd fd) {
        return statx(fd.number(), "", AT_EMPTY_PATH, fd.toString());
    }

    /** Identity of what a path leads to; symbolic links, and those of /proc/PID/fd, are followed. */
    public static FileIdentity identity(Path path) {
        return statx(AT_FDCWD, path.toString(), 0, path.toString());
    }

    private static FileIdentity statx(int directory, String path, int flags, String object) {
        NativeBuffer out = NativeBuffer.allocate(STATX_SIZE);
        NativeBuffer name = NativeBuffer.ofString(path);
        check(C.statx(directory, name.pointer(), flags, STATX_BASIC_STATS, out.pointer()), "statx", object);
        ByteBuffer stat = out.bytes();
        long device = (long) stat.getInt(136) << 32 | Integer.toUnsignedLong(stat.getInt(140));
        return new FileIdentity(
                device,
                stat.getLong(32),
                Short.toUnsignedInt(stat.getShort(28)),
                Integer.toUnsignedLong(stat.getInt(20)),
                Integer.toUnsignedLong(stat.getInt(24)),
                stat.getLong(40));
    }

    /**
     * True when both are descriptors of one open file description. F_DUPFD_QUERY (Linux 6.10), else kcmp(2); throws when
     * the kernel refuses both.
     */
    public static boolean sameDescription(Fd a, Fd b) {
        int result = C.fcntl(a.number(), F_DUPFD_QUERY, b.number());
        if (result != -1) {
            return result == 1;
        }
        Errno errno = lastError();
        if (!errno.equals(Errno.EINVAL)) {
            throw new KernelException("fcntl(F_DUPFD_QUERY)", Objects.toString(a), errno);
        }
        Pid self = Ids.pid();
        return Kcmp.sameFile(self, a.number(), self, b.number());
    }
}
