package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.MountTable;
import dev.ostler.linux.NamespaceVisit;
import dev.ostler.spec.NamespaceType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What an audit asks the kernel about namespaces, mounts and cgroups; throws as {@link KernelFacts} does. */
public interface SandboxFacts {
    /**
     * What lies at a path as a process sees it.
     *
     * @param link where a symbolic link leads, else empty
     */
    record Seen(FileIdentity identity, String link) {}

    /** The same for all processes in one namespace. */
    FileIdentity namespace(Pid pid, NamespaceType type);

    /** Of a file of this process's own view; ENOENT when there is none. */
    FileIdentity file(Path path);

    /** Words of each line of a file of /proc/PID. */
    List<List<String>> table(Pid pid, String name);

    NamespaceVisit.Names names(Pid pid);

    /**
     * The value that a kernel parameter has for a process.
     *
     * @param owner NET or IPC
     * @param path below /proc/sys
     */
    String sysctl(Pid pid, NamespaceType owner, String path);

    /** All of the namespace a process is in. */
    MountTable mounts(Pid pid);

    /** Those below its root directory. */
    MountTable seenMounts(Pid pid);

    /** A path of the process with all symbolic links resolved, those of the last part too; need not exist. */
    String resolve(Pid pid, String path);

    /** What lies at a path that {@link #resolve} gave, or at the end of such a directory; links are not followed. */
    Optional<Seen> look(Pid pid, String path);

    /**
     * The cgroup of a process.
     *
     * @param controller of a version 1 hierarchy; empty = version 2
     */
    Optional<Path> cgroup(Pid pid, String controller);

    /** The text of a file of a cgroup, stripped. */
    String cgroupFile(Path file);

    /** As name_to_handle_at(2) gives it; version 2 only. */
    long cgroupId(Path directory);
}
