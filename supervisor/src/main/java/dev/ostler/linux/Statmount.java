package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.NS_GET_MNTNS_ID;
import static dev.ostler.linux.Native.C;

import dev.ostler.base.Pid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts of another mount namespace, listmount(2) and statmount(2), which take its id from NS_GET_MNTNS_ID (Linux
 * 6.11). glibc wraps neither. Needs CAP_SYS_ADMIN over that namespace, which the owner of its user namespace has. Any
 * platform thread.
 */
final class Statmount {
    static final int STATMOUNT = 457;
    private static final int LISTMOUNT = 458;

    /** struct mnt_id_req: size, spare, mnt_id, param, mnt_ns_id. */
    private static final int REQUEST_BYTES = 32;

    private static final long ROOT = -1L;
    private static final int IDS = 256;

    /** SB_BASIC, MNT_BASIC, MNT_ROOT, MNT_POINT, FS_TYPE. */
    private static final long MASK = 0x1 | 0x2 | 0x8 | 0x10 | 0x20;

    private static final int FIRST_BYTES = 4096;

    /** Two paths of PATH_MAX, and the rest. */
    private static final int MOST_BYTES = 1 << 16;

    private static final int STRINGS = 512;
    private static final int SB_RDONLY = 1;

    private Statmount() {}

    /** EACCES when the namespace is not for this process to see; ENOTTY or ENOSYS on older kernels. */
    static List<Mount> of(Pid pid) {
        long namespace = id(pid);
        List<Mount> mounts = new ArrayList<>();
        long last = 0;
        List<Long> ids;
        do {
            ids = list(namespace, last);
            for (long id : ids) {
                stat(namespace, id).ifPresent(mounts::add);
                last = id;
            }
        } while (ids.size() == IDS);
        return mounts;
    }

    private static long id(Pid pid) {
        Path file = Path.of("/proc/" + pid + "/ns/mnt");
        NativeBuffer id = NativeBuffer.allocate(Long.BYTES);
        try (Fd namespace = Descriptors.open(file, LinuxConstants.O_RDONLY)) {
            Native.check(C.ioctl(namespace.number(), NS_GET_MNTNS_ID, id.address()), "ioctl", file.toString());
            return id.bytes().getLong(0);
        } catch (KernelException e) {
            throw e.is(Errno.ENOENT) ? new KernelException(e.call(), file.toString(), Errno.ESRCH) : e;
        }
    }

    private static NativeBuffer request(long namespace, long mount, long parameter) {
        NativeBuffer request = NativeBuffer.allocate(REQUEST_BYTES);
        ByteBuffer bytes = request.bytes();
        bytes.putInt(0, REQUEST_BYTES);
        bytes.putLong(8, mount);
        bytes.putLong(16, parameter);
        bytes.putLong(24, namespace);
        return request;
    }

    private static List<Long> list(long namespace, long after) {
        NativeBuffer request = request(namespace, ROOT, after);
        NativeBuffer out = NativeBuffer.allocate(IDS * Long.BYTES);
        long count = C.syscall(LISTMOUNT, request.address(), out.address(), IDS, 0, 0, 0);
        if (count == -1) {
            throw new KernelException("listmount", "mount namespace " + namespace, Native.lastError());
        }
        request.keep();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(out.bytes().getLong(i * Long.BYTES));
        }
        return ids;
    }

    /** Empty when it is gone meanwhile. */
    private static Optional<Mount> stat(long namespace, long id) {
        NativeBuffer request = request(namespace, id, MASK);
        for (int size = FIRST_BYTES; ; size *= 4) {
            NativeBuffer out = NativeBuffer.allocate(size);
            if (C.syscall(STATMOUNT, request.address(), out.address(), size, 0, 0, 0) != -1) {
                request.keep();
                return Optional.of(mount(out.bytes()));
            }
            Errno errno = Native.lastError();
            request.keep();
            if (errno.equals(Errno.ENOENT)) {
                return Optional.empty();
            }
            if (!errno.name().equals("EOVERFLOW") || size >= MOST_BYTES) {
                throw new KernelException("statmount", "mount " + id, errno);
            }
        }
    }

    /** struct statmount. */
    private static Mount mount(ByteBuffer stat) {
        long device = (long) stat.getInt(16) << 32 | Integer.toUnsignedLong(stat.getInt(20));
        boolean readOnly = (stat.getInt(32) & SB_RDONLY) != 0;
        return new Mount(
                stat.getLong(40),
                stat.getLong(48),
                device,
                string(stat, 36),
                string(stat, 104),
                string(stat, 108),
                stat.getLong(64) | (readOnly ? LinuxConstants.MOUNT_ATTR_RDONLY : 0));
    }

    private static String string(ByteBuffer stat, int field) {
        int start = STRINGS + stat.getInt(field);
        int end = start;
        while (stat.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - start];
        stat.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
