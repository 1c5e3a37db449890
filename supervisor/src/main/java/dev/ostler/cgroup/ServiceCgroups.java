package dev.ostler.cgroup;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.linux.CgroupPaths;
import dev.ostler.linux.Directories;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes the cgroups of a project, below the supervisor's own. Loop thread only. */
public final class ServiceCgroups {
    private static final int MODE = 0755;

    private final Path directory;
    private final List<String> mounts;

    private ServiceCgroups(Path directory, List<String> mounts) {
        this.directory = directory;
        this.mounts = mounts;
    }

    /**
     * Finds out by doing it whether cgroups can be made here. Needs cgroup v2 with cgroup.kill (Linux 5.14), alone or in a
     * hybrid layout, and the right to write.
     *
     * @param project distinguishes the projects of one machine
     */
    public static Optional<ServiceCgroups> open(String project) {
        List<String> mounts;
        Optional<Path> own;
        try {
            mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
            own = CgroupPaths.own(mounts, Files.readAllLines(Path.of("/proc/self/cgroup")));
        } catch (IOException ignored) { // no /proc, or a kernel without cgroups
            return Optional.empty();
        }
        return own.map(path -> path.resolve("ostler-" + project))
                .filter(ServiceCgroups::isUsable)
                .map(path -> new ServiceCgroups(path, mounts));
    }

    private static boolean isUsable(Path directory) {
        try {
            make(directory.toString());
        } catch (KernelException ignored) { // not allowed, or mounted read-only
            return false;
        }
        // Moving a child in needs the right to write to the common ancestor too (cgroups(7), delegation containment).
        return Files.isWritable(directory.resolve("cgroup.kill"))
                && Files.isWritable(directory.resolveSibling("cgroup.procs"));
    }

    /** A new one for a run. */
    public ServiceCgroup create(RunKey key) {
        String path = path(key);
        make(path);
        return new ServiceCgroup(path);
    }

    /** Hands a controller on to the cgroups of runs; {@link KernelException} when that is refused. */
    public void enable(String controller) {
        for (Path level : List.of(directory.getParent(), directory)) {
            Path control = level.resolve("cgroup.subtree_control");
            if (!Hierarchies.words(control).contains(controller)) {
                LimitCgroups.write(control, "+" + controller);
            }
        }
    }

    /** That of a run which an earlier supervisor has made; empty when it is not there any more. */
    public Optional<ServiceCgroup> reopen(RunKey key) {
        try {
            return Optional.of(new ServiceCgroup(path(key)));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether a process is in the cgroup of a run, or below it. Costs the same for any number of runs. */
    public boolean holds(Pid process) {
        return pathOf(process)
                .filter(path -> path.startsWith(directory) && !path.equals(directory))
                .isPresent();
    }

    /** Whether a process is in this cgroup, or below it. */
    public boolean holds(Pid process, ServiceCgroup cgroup) {
        return pathOf(process).filter(path -> path.startsWith(cgroup.path())).isPresent();
    }

    private Optional<Path> pathOf(Pid process) {
        try {
            return CgroupPaths.own(mounts, Files.readAllLines(Path.of("/proc", process.toString(), "cgroup")));
        } catch (IOException ignored) { // ended meanwhile
            return Optional.empty();
        }
    }

    private String path(RunKey key) {
        return directory + "/" + key.service().value() + "-" + key.run();
    }

    private static void make(String path) {
        try {
            Directories.make(path, MODE);
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    /** At the end of the project. */
    public void remove() {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException ignored) { // an empty directory that stays harms nobody
            return;
        }
    }
}
