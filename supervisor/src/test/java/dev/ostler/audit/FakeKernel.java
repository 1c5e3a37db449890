package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.CapabilitySets;
import dev.ostler.linux.Errno;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Landlock;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.ProcStat;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
import dev.ostler.linux.SchedulingOf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A kernel with one service, as {@link AuditTest} asks for it; a test changes what it wants to be otherwise. */
final class FakeKernel implements KernelFacts {
    static final Pid MAIN = new Pid(100);
    static final Pid CHILD = new Pid(101);
    static final Pid SUPERVISOR = new Pid(11);
    static final Pid KEEPER = new Pid(10);

    long uid = 1000;
    List<Long> groups = List.of(1000L, 20L);
    int umask = 0027;
    int parent = KEEPER.value();
    CapabilitySets capabilities = new CapabilitySets(1, 1, 1, 1, 1);
    boolean noNewPrivs = true;
    int seccomp = 2;
    int otherThreadsSeccomp = 2;
    int seccompFilters = 1;
    int inheritedFilters = 0;
    int session = MAIN.value();
    int nice = 5;
    int oomScoreAdj = 100;
    BitSet affinity = BitSet.valueOf(new long[] {0b11});
    SchedulingOf scheduling = new SchedulingOf(1, 10, true, 2_800_000, 0, 0);
    int ioPriority = 2 << 13 | 6;
    List<String> memoryPolicies = List.of("default", "bind:0-1");
    long timerSlack = 1_000;
    boolean hugePages = false;
    int coredumpFilter = 0x33;
    long coreCookie = 7;
    Rlimits.Limit nofile = new Rlimits.Limit(100, 200);
    Path workingDirectory = Path.of("/srv");
    Path executable = Path.of("/bin/program");
    Optional<Path> interpreter = Optional.empty();
    long errata = 7;
    List<String> environment = List.of("PATH", "HOME");
    final Map<Pid, Map<Integer, OpenFile>> files = new HashMap<>();
    /** Of processes besides the main one; else the keeper is the parent. */
    final Map<Pid, Pid> parents = new HashMap<>();

    final Set<Pid> closed = new HashSet<>();
    final List<String> shared = new ArrayList<>();

    final FakeSandbox sandbox = new FakeSandbox();
    /** What the second thread of the main process is in place of the first. */
    Consumer<FakeKernel> otherThread = kernel -> {};

    FakeKernel() {
        open(MAIN, 0, 1, LinuxConstants.S_IFCHR, "/dev/null");
        open(MAIN, 1, 2, LinuxConstants.S_IFIFO, "pipe:[2]");
        open(MAIN, 2, 3, LinuxConstants.S_IFIFO, "pipe:[3]");
        open(CHILD, 7, 77, LinuxConstants.S_IFSOCK, "socket:[77]");
        open(SUPERVISOR, 40, 2, LinuxConstants.S_IFIFO, "pipe:[2]"); // the read end
        open(KEEPER, 50, 3, LinuxConstants.S_IFIFO, "pipe:[3]");
    }

    void open(Pid pid, int fd, long inode, int type, String target) {
        files.computeIfAbsent(pid, key -> new TreeMap<>())
                .put(fd, new OpenFile(new FileIdentity(1, inode, type, 0, 0, 0), target));
    }

    void share(Pid first, int firstFd, Pid second, int secondFd) {
        shared.add(first + ":" + firstFd + "=" + second + ":" + secondFd);
    }

    @Override
    public ProcStatus status(Pid pid) {
        ProcStatus.Quad ids = new ProcStatus.Quad(uid, uid, uid, uid);
        return new ProcStatus(
                "program",
                umask,
                'S',
                pid.value(),
                parent,
                ids,
                ids,
                groups,
                List.of(pid.value()),
                1,
                0,
                0,
                0,
                capabilities,
                noNewPrivs,
                pid.equals(MAIN) ? seccomp : 0,
                pid.equals(MAIN) ? seccompFilters : inheritedFilters,
                affinity);
    }

    @Override
    public List<ProcStatus> threads(Pid pid) {
        ProcStatus main = status(pid);
        FakeKernel other = new FakeKernel();
        other.uid = uid;
        other.groups = groups;
        other.capabilities = capabilities;
        other.noNewPrivs = noNewPrivs;
        other.seccomp = otherThreadsSeccomp;
        other.seccompFilters = seccompFilters;
        other.affinity = affinity;
        otherThread.accept(other);
        return List.of(main, other.status(pid));
    }

    @Override
    public ProcStat stat(Pid pid) {
        return new ProcStat('S', parents.getOrDefault(pid, KEEPER).value(), session, nice);
    }

    @Override
    public int oomScoreAdj(Pid pid) {
        return oomScoreAdj;
    }

    @Override
    public BitSet affinity(Pid pid) {
        return affinity;
    }

    @Override
    public SchedulingOf scheduling(Pid pid) {
        return scheduling;
    }

    @Override
    public int ioPriority(Pid pid) {
        return ioPriority;
    }

    @Override
    public List<String> memoryPolicies(Pid pid) {
        return memoryPolicies;
    }

    @Override
    public long timerSlackNanos(Pid pid) {
        if (timerSlack < 0) {
            throw new KernelException("read", "/proc/" + pid + "/timerslack_ns", Errno.EPERM);
        }
        return timerSlack;
    }

    @Override
    public boolean mayUseHugePages(Pid pid) {
        return hugePages;
    }

    @Override
    public int coredumpFilter(Pid pid) {
        return coredumpFilter;
    }

    @Override
    public long coreCookie(Pid pid) {
        if (coreCookie < 0) {
            throw new KernelException("prctl(PR_SCHED_CORE)", "pid " + pid, Errno.EPERM);
        }
        return coreCookie;
    }

    @Override
    public Rlimits.Limit limit(Pid pid, int resource) {
        return nofile;
    }

    @Override
    public Path workingDirectory(Pid pid) {
        return workingDirectory;
    }

    @Override
    public Path canonical(Path path) {
        return path;
    }

    @Override
    public Path executable(Pid pid) {
        return executable;
    }

    @Override
    public boolean executes(Pid pid, Path program) {
        return executable.equals(program);
    }

    @Override
    public Optional<Path> interpreter(Path program) {
        return interpreter;
    }

    @Override
    public List<String> environmentNames(Pid pid) {
        return environment;
    }

    @Override
    public Map<Integer, OpenFile> openFiles(Pid pid) {
        if (closed.contains(pid)) {
            throw new KernelException("opendir", "/proc/" + pid + "/fd", Errno.EACCES);
        }
        return files.getOrDefault(pid, Map.of());
    }

    @Override
    public boolean isShared(Pid first, int firstFd, Pid second, int secondFd) {
        return shared.contains(first + ":" + firstFd + "=" + second + ":" + secondFd);
    }

    @Override
    public SandboxFacts sandbox() {
        return sandbox;
    }

    @Override
    public int lastCapability() {
        return 40;
    }

    @Override
    public Landlock.Support landlock() {
        return Landlock.Support.of(7, errata);
    }
}
