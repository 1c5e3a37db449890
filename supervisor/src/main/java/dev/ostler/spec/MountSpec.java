package dev.ostler.spec;

import dev.ostler.base.Origin;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.util.List;
import java.util.Optional;

/** One thing in the file system of a sandbox. Targets are absolute paths in it. */
public sealed interface MountSpec {
    String target();

    Origin origin();

    /**
     * Something of the host.
     *
     * @param source absolute path on the host
     * @param recursive with what is mounted below it
     * @param optional left out when the source does not exist
     * @param idmap who owns its files in the sandbox; empty = as on the host
     */
    record Bind(
            String source,
            String target,
            boolean readOnly,
            boolean recursive,
            boolean dev,
            boolean suid,
            boolean exec,
            boolean optional,
            Optional<IdMapping> idmap,
            Origin origin)
            implements MountSpec {}

    /**
     * Other owners than those on disk.
     *
     * @param ranges {@code inside} is the id on disk, {@code outside} the one it stands for; of users and of groups;
     *     empty = as the maps of the service's user namespace say
     */
    record IdMapping(List<IdRange> ranges, Origin origin) {
        public IdMapping {
            ranges = List.copyOf(ranges);
        }
    }

    /**
     * A new file system.
     *
     * @param type as filesystems(5) names it
     * @param options {@code key=value} or {@code key}, as fsconfig(2) takes them
     */
    record Filesystem(String type, String target, List<String> options, boolean readOnly, boolean exec, Origin origin)
            implements MountSpec {
        public Filesystem {
            options = List.copyOf(options);
        }
    }

    /** A minimal /dev: null, zero, full, random, urandom, tty, shm, pts and the usual links. */
    record Dev(String target, Origin origin) implements MountSpec {}

    /** A small file with a fixed text. */
    record File(String target, String content, int mode, Origin origin) implements MountSpec {}

    record Directory(String target, int mode, Origin origin) implements MountSpec {}

    /** A symbolic link. */
    record Link(String target, String to, Origin origin) implements MountSpec {}
}
