package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.plan.Op;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the ops of a plan mount, one entry an op, in their order: what hides what. Pure. */
final class PlannedMounts {
    private static final long ATTRIBUTES = LinuxConstants.MOUNT_ATTR_RDONLY
            | LinuxConstants.MOUNT_ATTR_NOSUID
            | LinuxConstants.MOUNT_ATTR_NODEV
            | LinuxConstants.MOUNT_ATTR_NOEXEC;

    /** Flags of BIND, launcher-native/src/ops.h. */
    private static final long RECURSIVE = 1 << 24;

    private static final long OPTIONAL = 1 << 25;
    private static final long FROM_ROOT = 1 << 26;

    /** One mount; {@code hiddenBy} and {@code attributes} grow with the ops that come later. */
    static final class Entry {
        final String item;
        final PlannedOp planned;
        final String asked;
        final Origin origin;
        final String path;
        /** Of its file system, where the op names one. */
        final Optional<String> type;
        /** What it shows of the host; empty where that is nothing. */
        final Optional<String> source;

        final boolean recursive;
        /** Nothing may be there. */
        final boolean optional;

        private long attributes;
        private Optional<String> hiddenBy = Optional.empty();

        private Entry(String item, PlannedOp planned, String path, long flags, Optional<String> type, String source) {
            this.item = item;
            this.planned = planned;
            this.asked = planned.op().text();
            this.origin = planned.origin();
            this.path = path;
            this.attributes = flags & ATTRIBUTES;
            this.type = type;
            this.source = Optional.of(source).filter(from -> !from.isEmpty() && (flags & FROM_ROOT) == 0);
            this.recursive = (flags & RECURSIVE) != 0;
            this.optional = (flags & OPTIONAL) != 0;
        }

        long attributes() {
            return attributes;
        }

        Optional<String> hiddenBy() {
            return hiddenBy;
        }

        boolean isBelow(String other) {
            return path.startsWith(other.equals("/") ? other : other + "/") && !path.equals(other);
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Plan plan;
    private final UnaryOperator<String> resolve;

    /** @param resolve a path as it is when the links of the tree have been followed */
    PlannedMounts(Plan plan, UnaryOperator<String> resolve) {
        this.plan = plan;
        this.resolve = resolve;
        plan.ops().forEach(this::add);
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The last entry at a path, or above it. */
    Optional<Entry> covering(String path) {
        return entries.stream()
                .filter(entry -> entry.hiddenBy().isEmpty())
                .filter(entry ->
                        path.equals(entry.path) || path.startsWith(entry.path.equals("/") ? "/" : entry.path + "/"))
                .reduce((first, second) -> second.path.length() >= first.path.length() ? second : first);
    }

    private void add(PlannedOp planned) {
        Op op = planned.op();
        if (op instanceof SandboxOp.Root root) {
            boolean copy = root.kindOfRoot() == SandboxOp.Root.Kind.COPY;
            add(new Entry(
                    "root",
                    planned,
                    "/",
                    root.attributes() & ATTRIBUTES | (copy ? RECURSIVE : 0),
                    copy ? Optional.empty() : Optional.of(root.source()),
                    copy ? root.source() : ""));
        } else if (op instanceof SandboxOp.Bind bind) {
            String path = resolve.apply(bind.target());
            add(new Entry("mount " + path, planned, path, bind.flags(), Optional.empty(), bind.source()));
        } else if (op instanceof SandboxOp.Filesystem filesystem) {
            String path = resolve.apply(filesystem.target());
            add(new Entry(
                    "mount " + path,
                    planned,
                    path,
                    filesystem.attributes() & ATTRIBUTES,
                    Optional.of(filesystem.type()),
                    ""));
        } else if (op instanceof SandboxOp.Mask mask) {
            String path = resolve.apply(mask.path());
            add(new Entry("mask " + path, planned, path, ATTRIBUTES | OPTIONAL, Optional.of("tmpfs"), ""));
        } else if (op instanceof SandboxOp.ReadOnly readOnly) {
            readOnly(readOnly, planned);
        }
    }

    /** Whether an op that comes after another one mounts over a path of it. */
    boolean isHidden(String path, PlannedOp after) {
        int index = plan.ops().indexOf(after);
        return entries.stream()
                .filter(entry -> plan.ops().indexOf(entry.planned) > index)
                .filter(entry -> !(entry.planned.op() instanceof SandboxOp.ReadOnly))
                .anyMatch(entry -> path.equals(entry.path) || path.startsWith(entry.path + "/"));
    }

    private static int prefix(String path) {
        return path.equals("/") ? 0 : path.length();
    }

    private static String below(String directory, String rest) {
        return rest.isEmpty() || rest.equals("/") ? directory : (directory.equals("/") ? "" : directory) + rest;
    }

    private void add(Entry entry) {
        for (Entry earlier : entries) {
            if (earlier.hiddenBy.isEmpty() && (earlier.path.equals(entry.path) || earlier.isBelow(entry.path))) {
                earlier.hiddenBy = Optional.of(entry.item);
            }
        }
        entries.add(entry);
    }

    /**
     * The tree is bound onto itself: what is mounted below stays and becomes read-only too, when it is recursive, else it
     * is hidden. The root is not bound, its mount is changed.
     */
    private void readOnly(SandboxOp.ReadOnly op, PlannedOp planned) {
        String path = op.path().equals("/") ? "/" : resolve.apply(op.path());
        long flags = LinuxConstants.MOUNT_ATTR_RDONLY | OPTIONAL | (op.recursive() ? RECURSIVE : 0);
        Optional<Entry> of = covering(path);
        String source = of.flatMap(above -> above.source.map(from -> below(from, path.substring(prefix(above.path)))))
                .orElse("");
        Entry entry = new Entry("read-only " + path, planned, path, flags, of.flatMap(above -> above.type), source);
        for (Entry earlier : entries) {
            boolean same = earlier.path.equals(path);
            if (earlier.hiddenBy.isEmpty() && (same || op.recursive() && earlier.isBelow(path))) {
                earlier.attributes |= LinuxConstants.MOUNT_ATTR_RDONLY;
                entry.attributes |= same ? earlier.attributes : 0;
            } else if (earlier.hiddenBy.isEmpty() && !path.equals("/") && earlier.isBelow(path)) {
                earlier.hiddenBy = Optional.of(entry.item);
            }
        }
        entries.add(entry);
    }
}
