package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All mounts of the mount namespace of a process: by statmount(2) where the kernel has it for other namespaces
 * ({@link Statmount}), else by proc_pid_mountinfo(5), which shows those below the root directory of the process.
 */
public final class MountTable {
    private final List<Mount> mounts;
    private final Map<Long, List<Mount>> children = new HashMap<>();
    private final Map<Long, Mount> byId = new HashMap<>();

    public MountTable(List<Mount> mounts) {
        this.mounts = List.copyOf(mounts);
        for (Mount mount : this.mounts) {
            byId.put(mount.id(), mount);
            children.computeIfAbsent(mount.parent(), id -> new ArrayList<>()).add(mount);
        }
    }

    /** ESRCH when there is no such process, EACCES when its namespace is not for this one to see. */
    public static MountTable of(Pid pid) {
        try {
            return new MountTable(Statmount.of(pid));
        } catch (KernelException e) {
            if (e.is(Errno.EACCES) || e.is(Errno.ESRCH)) {
                throw e;
            }
            return ofRoot(pid); // ENOSYS, ENOTTY: too old a kernel; EPERM: a filter, or a namespace of others
        }
    }

    /** Those that a process sees below its root directory, proc_pid_mountinfo(5). */
    public static MountTable ofRoot(Pid pid) {
        Path file = Path.of("/proc/" + pid + "/mountinfo");
        try {
            return new MountTable(
                    Files.readAllLines(file).stream().map(MountTable::parse).toList());
        } catch (AccessDeniedException e) {
            throw new KernelException("read", file.toString(), Errno.EACCES);
        } catch (IOException e) {
            boolean gone = !Files.exists(file.getParent());
            throw new KernelException("read", file.toString(), gone ? Errno.ESRCH : Errno.EINVAL);
        }
    }

    /** Pure. {@code 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue}. */
    static Mount parse(String line) {
        String[] fields = line.split(" ");
        int separator = 6;
        while (!fields[separator].equals("-")) {
            separator++;
        }
        String[] device = fields[2].split(":");
        long attributes = attributes(fields[5]) | attributes(fields[separator + 3]) & LinuxConstants.MOUNT_ATTR_RDONLY;
        return new Mount(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(device[0]) << 32 | Long.parseLong(device[1]),
                unescape(fields[separator + 1]),
                unescape(fields[3]),
                unescape(fields[4]),
                attributes);
    }

    private static long attributes(String options) {
        long attributes = 0;
        for (String option : options.split(",")) {
            attributes |= Mount.bit(option);
        }
        return attributes;
    }

    /** Blanks and the like are written as three octal digits. */
    private static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }

    public List<Mount> mounts() {
        return mounts;
    }

    /** The mount that a path without symbolic links leads to; empty only where nothing is mounted at all. */
    public Optional<Mount> at(String path) {
        Optional<Mount> current = mounts.stream()
                .filter(mount -> mount.point().equals("/") && isRoot(mount))
                .findFirst()
                .map(root -> topmost(root, "/"));
        if (path.equals("/")) {
            return current;
        }
        int end = 0;
        while (current.isPresent() && end < path.length()) {
            int slash = path.indexOf('/', end + 1);
            end = slash < 0 ? path.length() : slash;
            current = Optional.of(topmost(current.get(), path.substring(0, end)));
        }
        return current;
    }

    private boolean isRoot(Mount mount) {
        return !byId.containsKey(mount.parent()) || mount.parent() == mount.id();
    }

    private Mount topmost(Mount below, String point) {
        Mount current = below;
        Optional<Mount> above;
        do {
            above = children.getOrDefault(current.id(), List.of()).stream()
                    .filter(child -> child.point().equals(point) && !isRoot(child))
                    .findFirst();
            current = above.orElse(current);
        } while (above.isPresent());
        return current;
    }

    /** Whether a path leads to it: no other mount lies over it or over what it is in. */
    public boolean isVisible(Mount mount) {
        return at(mount.point()).equals(Optional.of(mount));
    }

    /** The mount that another one hides by lying exactly over it. */
    public Optional<Mount> beneath(Mount mount) {
        return Optional.ofNullable(byId.get(mount.parent()))
                .filter(parent -> parent.point().equals(mount.point()));
    }
}
