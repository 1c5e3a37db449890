package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.IN_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.IN_IGNORED;
import static dev.ostler.linux.LinuxConstants.IN_MOVE_SELF;
import static dev.ostler.linux.LinuxConstants.IN_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.IN_ONLYDIR;
import static dev.ostler.linux.LinuxConstants.IN_Q_OVERFLOW;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes in directories as a descriptor, inotify(7). What is watched is the directory, as a file that is replaced is another
 * one. Owned by one thread.
 */
public final class Inotify implements AutoCloseable {
    /** A name of 255 bytes and its header fit many times. */
    private static final int BUFFER_BYTES = 16 * 1024;

    /** struct inotify_event: int wd, u32 mask, u32 cookie, u32 len, then len bytes of name, NUL-padded. */
    private static final int HEADER_BYTES = 16;

    private final Fd fd;
    private final NativeBuffer buffer = NativeBuffer.allocate(BUFFER_BYTES);

    private Inotify(Fd fd) {
        this.fd = fd;
    }

    /**
     * One thing that has happened.
     *
     * @param watch as {@link #watch} returned it; -1 with an overflow
     * @param mask IN_* bits
     * @param name in the directory; empty for the directory itself
     */
    public record Event(int watch, int mask, String name) {
        /** The queue was full: what else has happened is lost. */
        public boolean isOverflow() {
            return (mask & IN_Q_OVERFLOW) != 0;
        }

        /** No more events of this watch: its directory is gone, or was moved away. */
        public boolean isOver() {
            return (mask & (IN_IGNORED | IN_MOVE_SELF)) != 0;
        }
    }

    public static Inotify create() {
        return new Inotify(Fd.adopt(check(C.inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify_init1", "")));
    }

    /**
     * Watches a directory; once more changes the mask. ENOENT, ENOTDIR, or ENOSPC when the user has no watches left.
     *
     * @return the number its events carry
     */
    public int watch(Path directory, int mask) {
        NativeBuffer path = NativeBuffer.ofString(directory.toString());
        return check(
                C.inotify_add_watch(fd.number(), path.pointer(), mask | IN_ONLYDIR),
                "inotify_add_watch",
                directory.toString());
    }

    /** No more events of it; harmless when the directory is gone. */
    public void unwatch(int watch) {
        if (C.inotify_rm_watch(fd.number(), watch) == -1) {
            Errno errno = lastError();
            if (!errno.equals(Errno.EINVAL)) {
                throw new KernelException("inotify_rm_watch", fd.toString(), errno);
            }
        }
    }

    /** All that has happened since the last call, in order. */
    public List<Event> read() {
        List<Event> events = new ArrayList<>();
        int count = Descriptors.read(fd, buffer, 0, BUFFER_BYTES);
        while (count > 0) {
            decode(count, events);
            count = Descriptors.read(fd, buffer, 0, BUFFER_BYTES);
        }
        return events;
    }

    private void decode(int count, List<Event> events) {
        for (int at = 0; at < count; ) {
            int length = buffer.bytes().getInt(at + 12);
            events.add(new Event(
                    buffer.bytes().getInt(at), buffer.bytes().getInt(at + 4), name(at + HEADER_BYTES, length)));
            at += HEADER_BYTES + length;
        }
    }

    private String name(int start, int length) {
        byte[] bytes = new byte[length];
        buffer.bytes().get(start, bytes);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** To be watched for EPOLLIN; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
