package dev.ostler.activation;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Memfd;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.spec.Trigger;
import java.util.OptionalLong;

/**
 * What was at the paths of a trigger when it came last, in memory that outlives this process: 8 bytes that stand for the paths,
 * 8 for what was there, written at once. Owned by one thread.
 */
public final class PathMark implements AutoCloseable {
    private static final int BYTES = 16;

    private final Fd fd;
    private final NativeBuffer buffer = NativeBuffer.allocate(BYTES);

    private PathMark(Fd fd) {
        this.fd = fd;
    }

    public static PathMark create() {
        return new PathMark(Memfd.create("ostler-path"));
    }

    /** One that an earlier supervisor has made. */
    public static PathMark adopt(Fd fd) {
        return new PathMark(fd);
    }

    /** Empty when nothing is known, or it is of other paths. */
    public OptionalLong read(Trigger.AtPath trigger) {
        boolean whole = Descriptors.pread(fd, buffer, 0, BYTES, 0) == BYTES;
        return whole && buffer.bytes().getLong(0) == identity(trigger)
                ? OptionalLong.of(buffer.bytes().getLong(8))
                : OptionalLong.empty();
    }

    public void write(Trigger.AtPath trigger, long mark) {
        buffer.bytes().putLong(0, identity(trigger)).putLong(8, mark);
        Descriptors.pwrite(fd, buffer, 0, BYTES, 0);
    }

    private static long identity(Trigger.AtPath trigger) {
        return PathFacts.hash(trigger.kind() + "\0" + trigger.paths());
    }

    /** To be stored; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
