package dev.ostler.cgroup;

import java.nio.file.Path;

/** For tests elsewhere: a directory that looks like a cgroup. */
public final class CgroupDirectory {
    private CgroupDirectory() {}

    /** @param path has cgroup.events and cgroup.procs */
    public static ServiceCgroup at(Path path) {
        return new ServiceCgroup(path);
    }
}
