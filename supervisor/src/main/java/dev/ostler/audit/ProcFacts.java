package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.Affinity;
import dev.ostler.linux.Capabilities;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.Kcmp;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Landlock;
import dev.ostler.linux.ProcStat;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
import dev.ostler.linux.SchedulingOf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The kernel of this machine, by proc(5), kcmp(2), prlimit(2) and sched_getaffinity(2). Any platform thread. */
public final class ProcFacts implements KernelFacts {
    /** What the JDK makes of EPERM when it reads; it has no exception of its own for that. */
    private static final String NOT_PERMITTED = Errno.EPERM.text();

    /** As much of a script as the kernel reads for its first line (BINPRM_BUF_SIZE). */
    private static final int FIRST_LINE_BYTES = 256;

    private final SandboxFacts sandbox = new ProcSandboxFacts();

    @Override
    public ProcStatus status(Pid pid) {
        return ProcStatus.of(pid);
    }

    @Override
    public List<ProcStatus> threads(Pid pid) {
        return ProcStatus.ofThreads(pid);
    }

    @Override
    public ProcStat stat(Pid pid) {
        return ProcStat.of(pid);
    }

    @Override
    public int oomScoreAdj(Pid pid) {
        return Integer.parseInt(new String(read(pid, "oom_score_adj"), StandardCharsets.US_ASCII).strip());
    }

    @Override
    public BitSet affinity(Pid pid) {
        return Affinity.of(pid);
    }

    @Override
    public SchedulingOf scheduling(Pid pid) {
        return SchedulingOf.of(pid);
    }

    @Override
    public int ioPriority(Pid pid) {
        return SchedulingOf.ioPriority(pid);
    }

    @Override
    public List<String> memoryPolicies(Pid pid) {
        return text(pid, "numa_maps")
                .lines()
                .map(line -> line.split(" ", 3)[1])
                .distinct()
                .toList();
    }

    @Override
    public long timerSlackNanos(Pid pid) {
        return Long.parseLong(text(pid, "timerslack_ns").strip());
    }

    @Override
    public boolean mayUseHugePages(Pid pid) {
        String key = "THP_enabled:";
        return text(pid, "status")
                .lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(key.length()).strip().equals("1"))
                .orElseThrow(() -> new KernelException("read", "THP_enabled", Errno.ENOENT)); // before 5.0
    }

    @Override
    public int coredumpFilter(Pid pid) {
        return Integer.parseInt(text(pid, "coredump_filter").strip(), 16);
    }

    @Override
    public long coreCookie(Pid pid) {
        return SchedulingOf.coreCookie(pid);
    }

    static String text(Pid pid, String name) {
        return new String(read(pid, name), StandardCharsets.US_ASCII);
    }

    @Override
    public Rlimits.Limit limit(Pid pid, int resource) {
        return Rlimits.of(pid, resource);
    }

    @Override
    public Path workingDirectory(Pid pid) {
        return link(file(pid, "cwd"));
    }

    @Override
    public Path canonical(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException ignored) { // gone, or not for this process to see
            return path;
        }
    }

    @Override
    public Path executable(Pid pid) {
        return link(file(pid, "exe"));
    }

    @Override
    public boolean executes(Pid pid, Path program) {
        FileIdentity executed = Descriptors.identity(file(pid, "exe"));
        try {
            return Descriptors.identity(program).isSameFile(executed);
        } catch (KernelException ignored) { // nothing there, or nothing that this process may see
            return false;
        }
    }

    @Override
    public Optional<Path> interpreter(Path program) {
        try (InputStream in = Files.newInputStream(program)) {
            String start = new String(in.readNBytes(FIRST_LINE_BYTES), StandardCharsets.ISO_8859_1);
            if (!start.startsWith("#!")) {
                return Optional.empty();
            }
            String line = start.substring(2).lines().findFirst().orElse("").strip();
            return line.isEmpty() ? Optional.empty() : Optional.of(Path.of(line.split("\\s", 2)[0]));
        } catch (IOException ignored) { // then it is none that this process knows of
            return Optional.empty();
        }
    }

    @Override
    public List<String> environmentNames(Pid pid) {
        List<String> names = new ArrayList<>();
        String all = new String(read(pid, "environ"), StandardCharsets.UTF_8);
        for (String variable : all.split("\0")) {
            if (!variable.isEmpty()) {
                names.add(variable.split("=", 2)[0]);
            }
        }
        return names;
    }

    @Override
    public Map<Integer, OpenFile> openFiles(Pid pid) {
        Map<Integer, OpenFile> found = new TreeMap<>();
        Path directory = file(pid, "fd");
        try (DirectoryStream<Path> numbers = Files.newDirectoryStream(directory)) {
            for (Path number : numbers) {
                openFile(number).ifPresent(open -> found.put(number(number), open));
            }
        } catch (DirectoryIteratorException e) {
            throw failure("readdir", directory, e.getCause());
        } catch (IOException e) {
            throw failure("opendir", directory, e);
        }
        return found;
    }

    private static int number(Path descriptor) {
        return Integer.parseInt(descriptor.getFileName().toString());
    }

    private static Optional<OpenFile> openFile(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return Optional.of(new OpenFile(Descriptors.identity(descriptor), target));
        } catch (NoSuchFileException ignored) { // closed meanwhile
            return Optional.empty();
        } catch (IOException e) {
            throw failure("readlink", descriptor, e);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) { // closed meanwhile
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public boolean isShared(Pid first, int firstFd, Pid second, int secondFd) {
        try {
            return Kcmp.sameFile(first, firstFd, second, secondFd);
        } catch (KernelException e) {
            if (e.is(Errno.EBADF)) {
                return false;
            }
            throw e;
        }
    }

    /** Of a file below /proc/PID; ESRCH when the process is gone. */
    static FileIdentity identity(Path file) {
        try {
            return Descriptors.identity(file);
        } catch (KernelException e) {
            throw e.is(Errno.ENOENT) && !Files.exists(file.getParent())
                    ? new KernelException(e.call(), file.toString(), Errno.ESRCH)
                    : e;
        }
    }

    @Override
    public SandboxFacts sandbox() {
        return sandbox;
    }

    @Override
    public Landlock.Support landlock() {
        return Landlock.support();
    }

    @Override
    public int lastCapability() {
        return Capabilities.last();
    }

    static Path file(Pid pid, String name) {
        return Path.of("/proc/" + pid + "/" + name);
    }

    private static byte[] read(Pid pid, String name) {
        return read(file(pid, name));
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw failure("read", file, e);
        }
    }

    private static Path link(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            throw failure("readlink", link, e);
        }
    }

    static KernelException failure(String call, Path file, IOException e) {
        Errno errno = Errno.EIO;
        if (e instanceof AccessDeniedException) {
            errno = Errno.EACCES;
        } else if (NOT_PERMITTED.equals(e.getMessage())) {
            errno = Errno.EPERM;
        } else if (e instanceof NoSuchFileException || !Files.exists(file.getParent())) {
            errno = Errno.ESRCH;
        }
        return new KernelException(call, file.toString(), errno);
    }
}
