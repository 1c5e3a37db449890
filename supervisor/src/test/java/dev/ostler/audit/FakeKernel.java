package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.CapabilitySets;
import dev.ostler.linux.Errno;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.ProcStat;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
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
    int session = MAIN.value();
    int nice = 5;
    int oomScoreAdj = 100;
    BitSet affinity = BitSet.valueOf(new long[] {0b11});
    Rlimits.Limit nofile = new Rlimits.Limit(100, 200);
    Path workingDirectory = Path.of("/srv");
    Path executable = Path.of("/bin/program");
    Optional<Path> interpreter = Optional.empty();
    List<String> environment = List.of("PATH", "HOME");
    final Map<Pid, Map<Integer, OpenFile>> files = new HashMap<>();
    final Set<Pid> closed = new HashSet<>();
    final List<String> shared = new ArrayList<>();

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
                0,
                affinity);
    }

    @Override
    public ProcStat stat(Pid pid) {
        return new ProcStat('S', KEEPER.value(), session, nice);
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
    public String pidNamespace(Pid pid) {
        return "pid:[1]";
    }

    @Override
    public int lastCapability() {
        return 40;
    }
}
