package dev.ostler.plan;

/** Which of the two kinds of cgroup hierarchies (cgroups(7)) holds a controller. */
public enum CgroupVersion {
    V1,
    V2
}
