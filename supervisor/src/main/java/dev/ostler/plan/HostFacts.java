package dev.ostler.plan;

import dev.ostler.linux.Landlock;
import dev.ostler.linux.Libseccomp;
import dev.ostler.spec.UlimitSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that the compiler may know of the host and of the supervisor's own rights. The same facts and the same spec give
 * the same plan. Implementations answer from the kernel and the user database; tests invent them.
 */
public interface HostFacts {
    /** Effective user id of the supervisor. */
    long uid();

    long gid();

    /** Supplementary groups of the supervisor. */
    List<Long> groups();

    /** Effective capabilities, as a mask. */
    long effective();

    /** Permitted capabilities, as a mask. */
    long permitted();

    /** Bounding set, as a mask. */
    long bounding();

    /** Number of the last capability the kernel knows. */
    int lastCapability();

    /**
     * Whether the supervisor is in the first user namespace. Elsewhere CAP_SYS_RESOURCE and CAP_SYS_NICE count for
     * nothing where limits and priorities are concerned (user_namespaces(7)).
     */
    boolean initialUserNamespace();

    /** Whether the supervisor's network belongs to its user namespace, so that its CAP_NET_ADMIN counts there. */
    boolean ownsNetwork();

    /** Whether the user id exists in the supervisor's user namespace. */
    boolean isUserMapped(long uid);

    /** Whether the group id exists in the supervisor's user namespace. */
    boolean isGroupMapped(long gid);

    /** Whether setgroups(2) is allowed in the supervisor's user namespace. */
    boolean setgroupsAllowed();

    /** Where a cgroup controller can be used for services. */
    Controller controller(String name);

    /** The disk behind a device file. */
    BlockDevice blockDevice(Path file);

    /** Memory nodes of the supervisor, as the kernel lists them. */
    String memoryNodes();

    /** Why this process cannot make a user namespace; empty when nothing is known to forbid it. */
    Optional<String> userNamespaceObstacle();

    /** Whether execve(2) moves a process to the time namespace it has unshared (Linux 6.2); before, only fork did. */
    boolean execveEntersTimeNamespace();

    /** Looks up a user by name, or by number when the text is one. */
    Optional<Account> user(String nameOrNumber);

    /** Looks up a group id by name. */
    Optional<Long> group(String name);

    /** Supplementary groups of a user as getgrouplist(3) gives them, the primary one included. */
    List<Long> groupsOf(Account account);

    /** CPUs that are online, ascending. */
    List<Integer> onlineCpus();

    /** CPUs that the supervisor's cpuset allows, ascending. */
    List<Integer> allowedCpus();

    Limit limit(UlimitSpec.Resource resource);

    int nice();

    /** NUMA nodes that have memory or CPUs, ascending; none where the kernel knows no nodes. */
    List<Integer> onlineNodes();

    /** NUMA nodes that the supervisor's cpuset allows, ascending. */
    List<Integer> allowedNodes();

    /** Why a feature cannot be had; empty when nothing is known to forbid it. */
    Optional<String> obstacle(KernelFeature feature);

    int oomScoreAdj();

    Executable executable(Path path);

    /** What the kernel's Landlock can do. */
    Landlock.Support landlock();

    /** What a seccomp filter may answer here, as the kernel names it ({@code kill_process}); none without filters. */
    Set<String> seccompActions();

    /** The library that compiles filters; empty when it is not installed. */
    Optional<Libseccomp> libseccomp();

    /**
     * A cgroup controller.
     *
     * @param version empty = it cannot be used
     * @param why then: the reason
     */
    record Controller(Optional<CgroupVersion> version, String why) {}

    /**
     * A disk as cgroups name it.
     *
     * @param obstacle why its rates cannot be limited; empty = they can
     */
    record BlockDevice(int major, int minor, String obstacle) {
        @Override
        public String toString() {
            return major + ":" + minor;
        }
    }

    /** A user of the user database. */
    record Account(String name, long uid, long gid, String home, String shell) {}

    /** A resource limit in the kernel's units; -1 = no limit, so compare unsigned. */
    record Limit(long soft, long hard) {}

    /** What lies at a path. */
    enum Executable {
        MISSING,
        /** There is something, but not a regular file that the supervisor may execute. */
        NOT_EXECUTABLE,
        EXECUTABLE
    }
}
