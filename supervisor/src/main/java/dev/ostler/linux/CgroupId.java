package dev.ostler.linux;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The number by which the kernel knows a cgroup of version 2 for as long as it runs, name_to_handle_at(2); a directory made
 * anew under the same name has another. Any platform thread.
 */
public final class CgroupId {
    /** struct file_handle: handle_bytes, handle_type, f_handle. */
    private static final int HEADER_BYTES = 8;

    private CgroupId() {}

    /** ENOENT when it is not there; EOVERFLOW or EOPNOTSUPP where it is no cgroup. */
    public static long of(Path directory) {
        NativeBuffer handle = NativeBuffer.allocate(HEADER_BYTES + Long.BYTES);
        ByteBuffer bytes = handle.bytes();
        bytes.putInt(0, Long.BYTES);
        NativeBuffer path = NativeBuffer.ofString(directory.toString());
        NativeBuffer mount = NativeBuffer.allocate(Integer.BYTES);
        int result = Native.C.name_to_handle_at(
                LinuxConstants.AT_FDCWD, path.pointer(), handle.pointer(), mount.pointer(), 0);
        Native.check(result, "name_to_handle_at", directory.toString());
        return bytes.getLong(HEADER_BYTES);
    }
}
