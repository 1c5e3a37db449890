package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Mount;
import dev.ostler.linux.MountTable;
import dev.ostler.linux.NamespaceVisit;
import dev.ostler.spec.NamespaceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Namespaces, mounts and cgroups of the fake kernel; a test changes what it wants to be otherwise. */
final class FakeSandbox implements SandboxFacts {
    static final long HOST_DEVICE = 1;

    /** Those of the service's own. */
    final Set<NamespaceType> own = EnumSet.noneOf(NamespaceType.class);

    final Map<String, List<List<String>>> tables = new HashMap<>();
    NamespaceVisit.Names names = new NamespaceVisit.Names("web", "(none)");
    boolean mayVisit = true;
    final Map<String, String> sysctls = new HashMap<>();
    final List<Mount> mounts = new ArrayList<>();
    final List<Mount> hostMounts = new ArrayList<>(List.of(new Mount(1, 0, HOST_DEVICE, "ext4", "/", "/", 0)));
    int unseenMounts;
    final Map<String, String> links = new HashMap<>();
    final Map<String, Seen> tree = new HashMap<>();
    final Map<Pid, Path> cgroups = new HashMap<>();
    final Map<String, String> cgroupFiles = new HashMap<>();
    long cgroupId = 7;
    final Set<String> unreadable = new HashSet<>();

    FakeSandbox() {
        tables.put("setgroups", List.of(List.of("allow")));
        for (Pid pid : List.of(FakeKernel.MAIN, FakeKernel.CHILD)) {
            cgroups.put(pid, Path.of("/sys/fs/cgroup/ostler-x/a-1"));
        }
    }

    private void check(String what) {
        if (unreadable.contains(what)) {
            throw new KernelException("open", what, Errno.EACCES);
        }
    }

    @Override
    public FileIdentity namespace(Pid pid, NamespaceType type) {
        check("ns");
        boolean other = pid.equals(FakeKernel.MAIN) && own.contains(type);
        return new FileIdentity(4, 10 + type.ordinal() + (other ? 100 : 0), 0, 0, 0, 0);
    }

    /** Of a path that ends in a number: the namespace with that inode. */
    @Override
    public FileIdentity file(Path path) {
        return new FileIdentity(
                4, Long.parseLong("0" + path.getFileName().toString().replaceAll("\\D", "")), 0, 0, 0, 0);
    }

    @Override
    public List<List<String>> table(Pid pid, String name) {
        return tables.getOrDefault(name, List.of());
    }

    @Override
    public NamespaceVisit.Names names(Pid pid) {
        visit();
        return names;
    }

    @Override
    public String sysctl(Pid pid, NamespaceType owner, String path) {
        visit();
        return sysctls.getOrDefault(path, "");
    }

    private void visit() {
        if (!mayVisit) {
            throw new KernelException("setns", "/proc/100/ns/uts", Errno.EPERM);
        }
    }

    @Override
    public MountTable mounts(Pid pid) {
        if (pid.equals(FakeKernel.SUPERVISOR)) {
            return new MountTable(hostMounts);
        }
        check("mounts");
        return new MountTable(mounts);
    }

    @Override
    public MountTable seenMounts(Pid pid) {
        return new MountTable(mounts.subList(0, mounts.size() - unseenMounts));
    }

    @Override
    public String resolve(Pid pid, String path) {
        String resolved = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return pid.equals(FakeKernel.MAIN) ? links.getOrDefault(resolved, resolved) : resolved;
    }

    @Override
    public Optional<Seen> look(Pid pid, String path) {
        return Optional.ofNullable(tree.get(path));
    }

    void file(String path, int type, long size, String link) {
        tree.put(path, new Seen(new FileIdentity(2, 2, type, 0, 0, size), link));
    }

    @Override
    public Optional<Path> cgroup(Pid pid, String controller) {
        return Optional.ofNullable(cgroups.get(pid));
    }

    @Override
    public String cgroupFile(Path file) {
        return Optional.ofNullable(cgroupFiles.get(file.getFileName().toString()))
                .orElseThrow(() -> new KernelException("read", file.toString(), Errno.ENOENT));
    }

    @Override
    public long cgroupId(Path directory) {
        return cgroupId;
    }
}
