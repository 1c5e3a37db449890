package dev.ostler.plan;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.NamespaceType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Ops that build what a service sees instead of the host. */
public sealed interface SandboxOp extends Op {
    /** "Leave the id as it is". */
    long NO_ID = -1;

    /** The namespaces of the clone itself, and the ids of a user namespace; the parent writes the maps. */
    record Namespaces(
            long flags,
            boolean denySetgroups,
            long uid,
            long gid,
            String uidMap,
            String gidMap,
            List<String> uidHelper,
            List<String> gidHelper)
            implements SandboxOp {
        public Namespaces {
            uidHelper = List.copyOf(uidHelper);
            gidHelper = List.copyOf(gidHelper);
        }

        @Override
        public OpKind kind() {
            return OpKind.NAMESPACES;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(flags);
            sink.unsigned(denySetgroups ? 1 : 0);
            sink.unsigned(uid);
            sink.unsigned(gid);
            sink.string(uidMap);
            sink.string(gidMap);
            sink.strings(uidHelper);
            sink.strings(gidHelper);
        }

        @Override
        public String text() {
            return MountWords.namespaces(flags)
                    + (uidMap.isEmpty()
                            ? ""
                            : " uid_map=" + PlanWords.quoted(uidMap) + " gid_map=" + PlanWords.quoted(gidMap))
                    + (uidHelper.isEmpty() ? "" : " by " + uidHelper.get(0));
        }
    }

    /**
     * Namespaces of a running service.
     *
     * @param passed the descriptor that refers to its main process, by its place among those passed
     * @param types CLONE_NEW* bits
     */
    record JoinProcess(int passed, long types, ServiceName service) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.JOIN_PROCESS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(passed);
            sink.unsigned(types);
            sink.string(service.value());
        }

        @Override
        public String text() {
            return Arrays.stream(NamespaceType.values())
                            .filter(type -> (types & type.flag()) != 0)
                            .map(NamespaceType::key)
                            .collect(Collectors.joining(" "))
                    + " of service " + PlanWords.quoted(service.value());
        }
    }

    /** A namespace that exists already. */
    record Join(String path, NamespaceType type) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.JOIN;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
            sink.unsigned(type.flag());
        }

        @Override
        public String text() {
            return type + " " + PlanWords.quoted(path);
        }
    }

    /** Clocks ahead of the host's, in whole seconds. */
    record TimeOffsets(long monotonic, long boottime) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.TIME_OFFSETS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.signed(monotonic);
            sink.signed(boottime);
        }

        @Override
        public String text() {
            return "monotonic=" + monotonic + "s boottime=" + boottime + "s";
        }
    }

    /** The cgroup of this moment becomes the root of what is seen. */
    record CgroupNamespace() implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.CGROUP_NAMESPACE;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /** What becomes "/". */
    record Root(Kind kindOfRoot, String source, List<String> options, long attributes) implements SandboxOp {
        /** A new file system of a type, a copy of what is mounted at a path, an overlay; numbered as on the wire. */
        public enum Kind {
            NEW,
            COPY,
            OVERLAY
        }

        public Root {
            options = List.copyOf(options);
        }

        @Override
        public OpKind kind() {
            return OpKind.ROOT;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(kindOfRoot.ordinal());
            sink.string(source);
            sink.strings(options);
            sink.unsigned(attributes);
        }

        @Override
        public String text() {
            return (kindOfRoot == Kind.COPY ? "copy of " + PlanWords.quoted(source) : source)
                    + MountWords.options(options)
                    + MountWords.attributes(attributes);
        }
    }

    /** Something of the host, or of the new root; with id maps where they are not empty. */
    record Bind(String source, String target, long flags, String uidMap, String gidMap) implements SandboxOp {
        public Bind(String source, String target, long flags) {
            this(source, target, flags, "", "");
        }

        @Override
        public OpKind kind() {
            return OpKind.BIND;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(source);
            sink.string(target);
            sink.unsigned(flags);
            sink.string(uidMap);
            sink.string(gidMap);
        }

        @Override
        public String text() {
            return PlanWords.quoted(source) + " at " + PlanWords.quoted(target) + MountWords.attributes(flags)
                    + (uidMap.isEmpty()
                            ? ""
                            : " uid_map=" + PlanWords.quoted(uidMap) + " gid_map=" + PlanWords.quoted(gidMap));
        }
    }

    /** A new file system. */
    record Filesystem(String type, String target, List<String> options, long attributes) implements SandboxOp {
        public Filesystem {
            options = List.copyOf(options);
        }

        @Override
        public OpKind kind() {
            return OpKind.FILESYSTEM;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(type);
            sink.string(target);
            sink.strings(options);
            sink.unsigned(attributes);
        }

        @Override
        public String text() {
            return type + " at " + PlanWords.quoted(target) + MountWords.options(options)
                    + MountWords.attributes(attributes);
        }
    }

    /** A directory, and those above it. */
    record Mkdir(String path, int mode) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.MKDIR;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
            sink.unsigned(mode);
        }

        @Override
        public String text() {
            return PlanWords.quoted(path) + String.format(" mode=%04o", mode);
        }
    }

    /** A small file. */
    record File(String path, int mode, String content) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.FILE;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
            sink.unsigned(mode);
            sink.string(content);
        }

        @Override
        public String text() {
            return PlanWords.quoted(path) + String.format(" mode=%04o ", mode) + content.length() + " characters";
        }
    }

    /** A symbolic link. */
    record Symlink(String to, String path) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.SYMLINK;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(to);
            sink.string(path);
        }

        @Override
        public String text() {
            return PlanWords.quoted(path) + " to " + PlanWords.quoted(to);
        }
    }

    /** Something that looks empty from now on. */
    record Mask(String path) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.MASK;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
        }

        @Override
        public String text() {
            return PlanWords.quoted(path);
        }
    }

    /** Something that cannot be written to from now on. */
    record ReadOnly(String path, boolean recursive) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.READ_ONLY;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
            sink.unsigned(recursive ? 1 : 0);
        }

        @Override
        public String text() {
            return PlanWords.quoted(path) + (recursive ? " and below" : "");
        }
    }

    /** The new root takes the place of the host's, which is let go of. */
    record Pivot() implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.PIVOT;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /** What the kernel says of the tree must be what the ops before have made of it. */
    record VerifyMounts() implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.VERIFY_MOUNTS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /** Host and domain name; an empty one stays. */
    record Hostname(String host, String domain) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.HOSTNAME;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(host);
            sink.string(domain);
        }

        @Override
        public String text() {
            return PlanWords.quoted(host) + (domain.isEmpty() ? "" : " domain=" + PlanWords.quoted(domain));
        }
    }

    /** A kernel parameter, by its path below /proc/sys. */
    record Sysctl(String path, String value) implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.SYSCTL;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
            sink.string(value);
        }

        @Override
        public String text() {
            return path + "=" + PlanWords.quoted(value);
        }
    }

    /** The loopback interface goes up. */
    record Loopback() implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.LOOPBACK;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /** The first process of the pid namespace stays as its init; the program is its child. */
    record Init() implements SandboxOp {
        @Override
        public OpKind kind() {
            return OpKind.INIT;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }
}
