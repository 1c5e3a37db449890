package dev.ostler.plan;

import static dev.ostler.plan.MountWords.NODEV;
import static dev.ostler.plan.MountWords.NOEXEC;
import static dev.ostler.plan.MountWords.NOSUID;
import static dev.ostler.plan.MountWords.OPTIONAL;
import static dev.ostler.plan.MountWords.RDONLY;
import static dev.ostler.plan.MountWords.RECURSIVE;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.SandboxOp.Root.Kind;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.UserNamespaceSpec;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The file system of a sandbox: its root, and what is mounted in it. */
final class Mounts {
    private static final String HOST = "/";
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
        }
        for (Located<String> path : spec.readOnlyPaths()) {
            draft.op(LaunchOrder.MASKS, new SandboxOp.ReadOnly(path.value(), true), path.origin());
        }
        draft.op(LaunchOrder.PIVOT, new SandboxOp.Pivot(), rootOrigin());
        draft.op(LaunchOrder.VERIFY_MOUNTS, new SandboxOp.VerifyMounts(), rootOrigin());
    }

    private Origin rootOrigin() {
        return spec.root()
                .map(RootSpec::origin)
                .or(() -> spec.readOnly().map(Located::origin))
                .orElseGet(() -> draft.byDefault("sandbox.root"));
    }

    /** A copy is made read-only at once; elsewhere the mount points have to be made first. */
    private void root(boolean readOnly) {
        Optional<String> directory = spec.root().isPresent() ? spec.root().get().directory() : Optional.of(HOST);
        Optional<RootSpec.Overlay> overlay = spec.root().flatMap(RootSpec::overlay);
        SandboxOp.Root root = new SandboxOp.Root(Kind.NEW, "tmpfs", List.of("mode=0755"), NOSUID | NODEV);
        if (directory.isPresent()) {
            root = new SandboxOp.Root(Kind.COPY, directory.get(), List.of(), readOnly ? RDONLY : 0);
        } else if (overlay.isPresent()) {
            root = new SandboxOp.Root(Kind.OVERLAY, "overlay", options(overlay.get()), NODEV);
        }
        draft.op(LaunchOrder.ROOT, root, rootOrigin());
        if (readOnly && directory.isEmpty()) {
            Origin origin = spec.readOnly().orElseThrow().origin();
            draft.op(LaunchOrder.MASKS, new SandboxOp.ReadOnly("/", false), origin);
        }
    }

    private List<String> options(RootSpec.Overlay overlay) {
        List<String> options = new ArrayList<>();
        overlay.lower().forEach(directory -> options.add("lowerdir+=" + directory));
        overlay.upper().ifPresent(directory -> options.add("upperdir=" + directory));
        overlay.work().ifPresent(directory -> options.add("workdir=" + directory));
        overlay.sizeBytes().ifPresent(bytes -> options.add("size=" + bytes));
        if (namespaces.hasUser()) { // it may not have attributes of the class "trusted"
            options.add("userxattr");
        }
        return options;
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
        String uidMap =
                bind.idmap().map(map -> idMap(map, UserNamespaceSpec::uidMap)).orElse("");
        String gidMap =
                bind.idmap().map(map -> idMap(map, UserNamespaceSpec::gidMap)).orElse("");
        bind.idmap().ifPresent(this::checkIdMap);
        add(new SandboxOp.Bind(bind.source(), bind.target(), flags, uidMap, gidMap), bind);
    }

    private String idMap(MountSpec.IdMapping map, Function<UserNamespaceSpec, List<IdRange>> ofService) {
        return IdMapCheck.text(
                map.ranges().isEmpty() ? spec.userNamespace().map(ofService).orElse(List.of()) : map.ranges());
    }

    private void checkIdMap(MountSpec.IdMapping map) {
        namespaces
                .mappedMountsObstacle()
                .ifPresent(why -> draft.problem(map.origin(), "cannot map the ids of a mount: " + why));
        if (map.ranges().isEmpty() && !namespaces.hasIdMap()) {
            draft.problem(
                    map.origin(), "\"service\" needs \"sandbox.user_namespace.uid_map\" and \"gid_map\" to go by");
        }
        IdMapCheck.map(
                draft,
                "idmap",
                map.ranges(),
                id -> draft.facts().isUserMapped(id) && draft.facts().isGroupMapped(id));
    }

    private void filesystem(MountSpec.Filesystem filesystem) {
        boolean inUser = namespaces.isIn(NamespaceType.USER);
        if (filesystem.type().equals("sysfs") && inUser && !namespaces.isIn(NamespaceType.NET)) {
            draft.problem(filesystem.origin(), "sysfs in a user namespace needs the namespace \"net\"");
        }
        if (filesystem.type().equals("proc") && inUser && !namespaces.isIn(NamespaceType.PID)) {
            draft.problem(filesystem.origin(), "proc in a user namespace needs the namespace \"pid\"");
        }
        if (filesystem.type().equals("cgroup2") && inUser && !namespaces.isIn(NamespaceType.CGROUP)) {
            draft.problem(filesystem.origin(), "cgroup in a user namespace needs the namespace \"cgroup\"");
        }
        if (filesystem.type().equals("mqueue") && inUser && !namespaces.isIn(NamespaceType.IPC)) {
            draft.problem(filesystem.origin(), "mqueue in a user namespace needs the namespace \"ipc\"");
        }
        long attributes = NOSUID | NODEV | (filesystem.exec() ? 0 : NOEXEC) | (filesystem.readOnly() ? RDONLY : 0);
        add(
                new SandboxOp.Filesystem(filesystem.type(), filesystem.target(), filesystem.options(), attributes),
                filesystem);
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
    }
}
