package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the process is kept away from. Each part is absent or empty when nothing was asked for.
 *
 * @param namespaces asked for by name; others follow from what else is asked
 * @param init whether a pid namespace has an init of Ostler's; absent = yes
 * @param readOnly the root, with all that the host has mounted in it
 * @param masked paths that look empty
 * @param readOnlyPaths paths that cannot be written to
 * @param landlock what it may reach
 * @param seccomp which system calls it may make
 */
public record SandboxSpec(
        List<Located<NamespaceType>> namespaces,
        Optional<Located<Boolean>> init,
        Optional<UserNamespaceSpec> userNamespace,
        List<Join> join,
        Optional<TimeOffsets> time,
        Optional<RootSpec> root,
        Optional<Located<Boolean>> readOnly,
        List<MountSpec> mounts,
        List<Located<String>> masked,
        List<Located<String>> readOnlyPaths,
        Optional<Located<String>> hostname,
        Optional<Located<String>> domainname,
        List<Sysctl> sysctls,
        Optional<NetworkSpec> network,
        Optional<LandlockSpec> landlock,
        Optional<SeccompSpec> seccomp) {
    public static final SandboxSpec NONE = new SandboxSpec(
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public SandboxSpec {
        namespaces = List.copyOf(namespaces);
        join = List.copyOf(join);
        mounts = List.copyOf(mounts);
        masked = List.copyOf(masked);
        readOnlyPaths = List.copyOf(readOnlyPaths);
        sysctls = List.copyOf(sysctls);
    }

    /** A namespace that exists already: by a path such as {@code /proc/123/ns/net}, or that of a running service. */
    public record Join(NamespaceType type, String path, Optional<ServiceName> service, Origin origin) {
        public Join(NamespaceType type, String path, Origin origin) {
            this(type, path, Optional.empty(), origin);
        }

        public Join(NamespaceType type, ServiceName service, Origin origin) {
            this(type, "", Optional.of(service), origin);
        }
    }

    /** By how much the clocks are ahead of the host's. */
    public record TimeOffsets(Duration monotonic, Duration boottime, Origin origin) {}

    /** A kernel parameter of a namespace, {@code net.ipv4.ip_forward}. */
    public record Sysctl(String name, String value, Origin origin) {}

    /** Whether the service sees a file system of its own. */
    public boolean hasMounts() {
        return root.isPresent()
                || readOnly.map(Located::value).orElse(false)
                || !mounts.isEmpty()
                || !masked.isEmpty()
                || !readOnlyPaths.isEmpty();
    }

    /** The same with more mounts behind its own, and more paths that cannot be written to. */
    public SandboxSpec withMounts(List<MountSpec> more, List<Located<String>> moreReadOnly) {
        List<MountSpec> all = new ArrayList<>(mounts);
        all.addAll(more);
        List<Located<String>> allReadOnly = new ArrayList<>(readOnlyPaths);
        allReadOnly.addAll(moreReadOnly);
        return new SandboxSpec(
                namespaces,
                init,
                userNamespace,
                join,
                time,
                root,
                readOnly,
                all,
                masked,
                allReadOnly,
                hostname,
                domainname,
                sysctls,
                network,
                landlock,
                seccomp);
    }

    /** The same with this in place of what there was. */
    public SandboxSpec withLandlock(LandlockSpec asked) {
        return new SandboxSpec(
                namespaces,
                init,
                userNamespace,
                join,
                time,
                root,
                readOnly,
                mounts,
                masked,
                readOnlyPaths,
                hostname,
                domainname,
                sysctls,
                network,
                Optional.of(asked),
                seccomp);
    }

    /** The same with this in place of what there was. */
    public SandboxSpec withSeccomp(SeccompSpec asked) {
        return new SandboxSpec(
                namespaces,
                init,
                userNamespace,
                join,
                time,
                root,
                readOnly,
                mounts,
                masked,
                readOnlyPaths,
                hostname,
                domainname,
                sysctls,
                network,
                landlock,
                Optional.of(asked));
    }
}
