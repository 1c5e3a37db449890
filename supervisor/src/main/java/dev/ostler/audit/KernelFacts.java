package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.Landlock;
import dev.ostler.linux.ProcStat;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
import dev.ostler.linux.SchedulingOf;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an audit asks the kernel. Every method throws {@link dev.ostler.linux.KernelException}: ESRCH when the process is
 * gone, EACCES or EPERM when the kernel does not tell this process.
 */
public interface KernelFacts {
    /** An open file as /proc/PID/fd shows it; {@code target} is for people. */
    record OpenFile(FileIdentity identity, String target) {}

    ProcStatus status(Pid pid);

    /** Of every thread of a process, in no order. */
    List<ProcStatus> threads(Pid pid);

    ProcStat stat(Pid pid);

    int oomScoreAdj(Pid pid);

    BitSet affinity(Pid pid);

    SchedulingOf scheduling(Pid pid);

    /** As ioprio_get(2) gives it. */
    int ioPriority(Pid pid);

    /** Of every mapping, as proc_pid_numa_maps(5) writes them. */
    List<String> memoryPolicies(Pid pid);

    long timerSlackNanos(Pid pid);

    boolean mayUseHugePages(Pid pid);

    /** Bits of core(5). */
    int coredumpFilter(Pid pid);

    /** 0 = none. */
    long coreCookie(Pid pid);

    /** @param resource RLIMIT_* */
    Rlimits.Limit limit(Pid pid, int resource);

    Path workingDirectory(Pid pid);

    /** A path with every symbolic link resolved; the path itself where that cannot be done. */
    Path canonical(Path path);

    /** The file that is executed; the name of a deleted one ends in {@code " (deleted)"}. */
    Path executable(Pid pid);

    /** Whether that file is the one at a path; false when there is none at the path. */
    boolean executes(Pid pid, Path program);

    /** The interpreter named in the first line of a script; empty for everything else. */
    Optional<Path> interpreter(Path program);

    /** Names of the environment at the start of the program, in the order of the process's memory. */
    List<String> environmentNames(Pid pid);

    /** By number. */
    Map<Integer, OpenFile> openFiles(Pid pid);

    /** Whether two descriptors share one open file description; false when one of them is closed. */
    boolean isShared(Pid first, int firstFd, Pid second, int secondFd);

    /** The same of namespaces, mounts and cgroups. */
    SandboxFacts sandbox();

    /** What the kernel's Landlock can do. */
    Landlock.Support landlock();

    /** The highest capability that exists. */
    int lastCapability();
}
