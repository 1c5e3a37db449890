package dev.ostler.plan;

import static dev.ostler.plan.MountWords.NODEV;
import static dev.ostler.plan.MountWords.NOEXEC;
import static dev.ostler.plan.MountWords.NOSUID;
import static dev.ostler.plan.MountWords.OPTIONAL;
import static dev.ostler.plan.MountWords.RDONLY;
import static dev.ostler.plan.MountWords.RECURSIVE;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.SandboxOp.VerifyMounts.Expected;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.SandboxSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The file system of a sandbox: its root, what is mounted in it, and what the kernel must say of it afterwards. */
final class Mounts {
    private static final String HOST = "/";
    private static final long TMPFS_MAGIC = 0x01021994L;
    private static final long PROC_MAGIC = 0x9fa0L;
    private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom", "tty");
    private static final Map<String, String> DEVICE_LINKS = new LinkedHashMap<>();

    static {
        DEVICE_LINKS.put("fd", "/proc/self/fd");
        DEVICE_LINKS.put("stdin", "/proc/self/fd/0");
        DEVICE_LINKS.put("stdout", "/proc/self/fd/1");
        DEVICE_LINKS.put("stderr", "/proc/self/fd/2");
        DEVICE_LINKS.put("ptmx", "pts/ptmx");
    }

    private final Draft draft;
    private final SandboxSpec spec;
    private final Namespaces namespaces;
    /** By target, so that only the topmost mount of each place is expected. */
    private final Map<String, Expected> expected = new LinkedHashMap<>();

    private Mounts(Draft draft, Namespaces namespaces) {
        this.draft = draft;
        this.spec = draft.service().sandbox();
        this.namespaces = namespaces;
    }

    static void compile(Draft draft, Namespaces namespaces) {
        if (draft.service().sandbox().hasMounts()) {
            new Mounts(draft, namespaces).compile();
        }
    }

    private void compile() {
        boolean readOnly = spec.readOnly().map(Located::value).orElse(false);
        root(readOnly);
        for (MountSpec mount : spec.mounts()) {
            mount(mount);
        }
        for (Located<String> path : spec.masked()) {
            draft.op(LaunchOrder.MASKS, new SandboxOp.Mask(path.value()), path.origin());
            hide(path.value());
        }
        for (Located<String> path : spec.readOnlyPaths()) {
            draft.op(LaunchOrder.MASKS, new SandboxOp.ReadOnly(path.value(), true), path.origin());
        }
        draft.op(LaunchOrder.PIVOT, new SandboxOp.Pivot(), rootOrigin());
        draft.op(
                LaunchOrder.VERIFY_MOUNTS,
                new SandboxOp.VerifyMounts(new ArrayList<>(expected.values())),
                rootOrigin());
    }

    private Origin rootOrigin() {
        return spec.root()
                .map(RootSpec::origin)
                .or(() -> spec.readOnly().map(Located::origin))
                .orElseGet(() -> draft.byDefault("sandbox.root"));
    }

    /** A copy is made read-only at once; in an empty root the mount points have to be made first. */
    private void root(boolean readOnly) {
        Optional<String> directory = spec.root().isPresent() ? spec.root().get().directory() : Optional.of(HOST);
        long attributes = readOnly && directory.isPresent() ? RDONLY : 0;
        if (directory.isPresent()) {
            draft.op(LaunchOrder.ROOT, new SandboxOp.Root(true, directory.get(), List.of(), attributes), rootOrigin());
        } else {
            draft.op(
                    LaunchOrder.ROOT,
                    new SandboxOp.Root(false, "tmpfs", List.of("mode=0755"), NOSUID | NODEV),
                    rootOrigin());
        }
        expect("/", readOnly ? RDONLY : 0, directory.isPresent() ? 0 : TMPFS_MAGIC);
        if (readOnly && directory.isEmpty()) {
            Origin origin = spec.readOnly().orElseThrow().origin();
            draft.op(LaunchOrder.MASKS, new SandboxOp.ReadOnly("/", false), origin);
        }
    }

    /** What lies below is hidden, and nobody can ask about it any more. */
    private void expect(String path, long attributes, long magic) {
        hide(path);
        expected.put(path, new Expected(path, attributes, magic));
    }

    private void hide(String path) {
        String below = path.equals("/") ? path : path + "/";
        expected.keySet().removeIf(other -> other.equals(path) || other.startsWith(below));
    }

    private void mount(MountSpec mount) {
        if (mount instanceof MountSpec.Bind bind) {
            bind(bind);
        } else if (mount instanceof MountSpec.Filesystem filesystem) {
            filesystem(filesystem);
        } else if (mount instanceof MountSpec.Dev dev) {
            dev(dev);
        } else if (mount instanceof MountSpec.File file) {
            add(new SandboxOp.File(file.target(), file.mode(), file.content()), file);
        } else if (mount instanceof MountSpec.Directory directory) {
            add(new SandboxOp.Mkdir(directory.target(), directory.mode()), directory);
        } else if (mount instanceof MountSpec.Link link) {
            add(new SandboxOp.Symlink(link.to(), link.target()), link);
        }
    }

    private void add(SandboxOp op, MountSpec mount) {
        draft.op(LaunchOrder.MOUNTS, op, mount.origin());
    }

    private void bind(MountSpec.Bind bind) {
        long attributes = (bind.readOnly() ? RDONLY : 0)
                | (bind.dev() ? 0 : NODEV)
                | (bind.suid() ? 0 : NOSUID)
                | (bind.exec() ? 0 : NOEXEC);
        long flags = attributes | (bind.recursive() ? RECURSIVE : 0) | (bind.optional() ? OPTIONAL : 0);
        add(new SandboxOp.Bind(bind.source(), bind.target(), flags), bind);
        if (!bind.optional()) {
            expect(bind.target(), attributes, 0);
        }
    }

    private void filesystem(MountSpec.Filesystem filesystem) {
        if (filesystem.type().equals("sysfs") && namespaces.hasUser() && !namespaces.has(NamespaceType.NET)) {
            draft.problem(filesystem.origin(), "sysfs in a user namespace needs the namespace \"net\"");
        }
        if (filesystem.type().equals("proc") && namespaces.hasUser() && !namespaces.has(NamespaceType.PID)) {
            draft.problem(filesystem.origin(), "proc in a user namespace needs the namespace \"pid\"");
        }
        if (filesystem.type().equals("cgroup2") && namespaces.hasUser() && !namespaces.has(NamespaceType.CGROUP)) {
            draft.problem(filesystem.origin(), "cgroup in a user namespace needs the namespace \"cgroup\"");
        }
        if (filesystem.type().equals("mqueue") && namespaces.hasUser() && !namespaces.has(NamespaceType.IPC)) {
            draft.problem(filesystem.origin(), "mqueue in a user namespace needs the namespace \"ipc\"");
        }
        long attributes = NOSUID | NODEV | (filesystem.exec() ? 0 : NOEXEC) | (filesystem.readOnly() ? RDONLY : 0);
        add(
                new SandboxOp.Filesystem(filesystem.type(), filesystem.target(), filesystem.options(), attributes),
                filesystem);
        long magic = filesystem.type().equals("tmpfs")
                ? TMPFS_MAGIC
                : filesystem.type().equals("proc") ? PROC_MAGIC : 0;
        expect(filesystem.target(), attributes, magic);
    }

    /** Devices are those of the host, bound one by one: no other can be made, as mknod(2) needs more rights. */
    private void dev(MountSpec.Dev dev) {
        String at = dev.target();
        add(new SandboxOp.Filesystem("tmpfs", at, List.of("mode=0755", "size=64k"), NOSUID | NOEXEC), dev);
        for (String name : DEVICES) {
            add(new SandboxOp.Bind("/dev/" + name, at + "/" + name, NOSUID | NOEXEC | OPTIONAL), dev);
        }
        DEVICE_LINKS.forEach((name, to) -> add(new SandboxOp.Symlink(to, at + "/" + name), dev));
        add(
                new SandboxOp.Filesystem(
                        "devpts", at + "/pts", List.of("newinstance", "ptmxmode=0666", "mode=0620"), NOSUID | NOEXEC),
                dev);
        add(new SandboxOp.Filesystem("tmpfs", at + "/shm", List.of("mode=1777"), NOSUID | NODEV | NOEXEC), dev);
        expect(at, NOSUID | NOEXEC, TMPFS_MAGIC);
        expect(at + "/shm", NOSUID | NODEV | NOEXEC, TMPFS_MAGIC);
    }
}
