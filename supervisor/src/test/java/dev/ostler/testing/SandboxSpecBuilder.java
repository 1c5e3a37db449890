package dev.ostler.testing;

import dev.ostler.base.IpAddress;
import dev.ostler.base.IpPrefix;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.NetworkSpec;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.UserNamespaceSpec;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A sandbox as a test wants it; each item has a line of its own, from 30 on, in the order it was asked for. */
public final class SandboxSpecBuilder {
    private final List<Located<NamespaceType>> namespaces = new ArrayList<>();
    private final List<SandboxSpec.Join> join = new ArrayList<>();
    private final List<MountSpec> mounts = new ArrayList<>();
    private final List<Located<String>> masked = new ArrayList<>();
    private final List<Located<String>> readOnlyPaths = new ArrayList<>();
    private final List<SandboxSpec.Sysctl> sysctls = new ArrayList<>();
    private final List<IdRange> uidMap = new ArrayList<>();
    private final List<IdRange> gidMap = new ArrayList<>();
    private OptionalLong uid = OptionalLong.empty();
    private OptionalLong gid = OptionalLong.empty();
    private Optional<Origin> user = Optional.empty();
    private Optional<Located<Boolean>> nested = Optional.empty();
    private Optional<Located<Boolean>> init = Optional.empty();
    private Optional<SandboxSpec.TimeOffsets> time = Optional.empty();
    private Optional<RootSpec> root = Optional.empty();
    private Optional<Located<Boolean>> readOnly = Optional.empty();
    private Optional<Located<String>> hostname = Optional.empty();
    private Optional<NetworkSpec> network = Optional.empty();
    private int line = 30;

    private SandboxSpecBuilder() {}

    public static SandboxSpecBuilder sandbox() {
        return new SandboxSpecBuilder();
    }

    public SandboxSpecBuilder namespaces(NamespaceType... types) {
        for (NamespaceType type : types) {
            namespaces.add(new Located<>(type, origin("namespaces[" + namespaces.size() + "]")));
        }
        return this;
    }

    public SandboxSpecBuilder init(boolean on) {
        init = Optional.of(new Located<>(on, origin("init")));
        return this;
    }

    public SandboxSpecBuilder ids(long uid, long gid) {
        user = Optional.of(origin("user_namespace"));
        this.uid = OptionalLong.of(uid);
        this.gid = OptionalLong.of(gid);
        return this;
    }

    public SandboxSpecBuilder uidMap(long inside, long outside, long count) {
        user = user.or(() -> Optional.of(origin("user_namespace")));
        uidMap.add(new IdRange(inside, outside, count, origin("user_namespace.uid_map[" + uidMap.size() + "]")));
        return this;
    }

    public SandboxSpecBuilder gidMap(long inside, long outside, long count) {
        user = user.or(() -> Optional.of(origin("user_namespace")));
        gidMap.add(new IdRange(inside, outside, count, origin("user_namespace.gid_map[" + gidMap.size() + "]")));
        return this;
    }

    public SandboxSpecBuilder nested(boolean allowed) {
        user = user.or(() -> Optional.of(origin("user_namespace")));
        nested = Optional.of(new Located<>(allowed, origin("user_namespace.nested")));
        return this;
    }

    public SandboxSpecBuilder join(NamespaceType type, String path) {
        join.add(new SandboxSpec.Join(type, path, origin("join." + type)));
        return this;
    }

    public SandboxSpecBuilder joinService(NamespaceType type, String service) {
        join.add(new SandboxSpec.Join(type, new ServiceName(service), origin("join." + type)));
        return this;
    }

    public SandboxSpecBuilder time(Duration monotonic, Duration boottime) {
        time = Optional.of(new SandboxSpec.TimeOffsets(monotonic, boottime, origin("time")));
        return this;
    }

    /** @param directory on the host; empty text = a root with nothing in it */
    public SandboxSpecBuilder root(String directory) {
        root = Optional.of(new RootSpec(Optional.of(directory).filter(text -> !text.isEmpty()), origin("root")));
        return this;
    }

    public SandboxSpecBuilder overlay(RootSpec.Overlay overlay) {
        root = Optional.of(new RootSpec(Optional.empty(), Optional.of(overlay), origin("root")));
        return this;
    }

    public SandboxSpecBuilder readOnly() {
        readOnly = Optional.of(new Located<>(true, origin("read_only")));
        return this;
    }

    public SandboxSpecBuilder bind(String source, String target, boolean readOnly) {
        mounts.add(new MountSpec.Bind(
                source, target, readOnly, true, false, false, true, false, Optional.empty(), mountOrigin()));
        return this;
    }

    /** @param ranges triples; none = those of the service */
    public SandboxSpecBuilder mapped(String source, String target, long... ranges) {
        List<IdRange> map = new ArrayList<>();
        for (int i = 0; i < ranges.length; i += 3) {
            map.add(new IdRange(ranges[i], ranges[i + 1], ranges[i + 2], origin("mounts[0].idmap[" + i / 3 + "]")));
        }
        MountSpec.IdMapping idmap = new MountSpec.IdMapping(map, origin("mounts[0].idmap"));
        mounts.add(new MountSpec.Bind(
                source, target, false, true, false, false, true, false, Optional.of(idmap), mountOrigin()));
        return this;
    }

    public SandboxSpecBuilder filesystem(String type, String target, String... options) {
        boolean exec = type.equals("tmpfs");
        mounts.add(new MountSpec.Filesystem(type, target, List.of(options), false, exec, mountOrigin()));
        return this;
    }

    public SandboxSpecBuilder dev(String target) {
        mounts.add(new MountSpec.Dev(target, mountOrigin()));
        return this;
    }

    public SandboxSpecBuilder file(String target, String content) {
        mounts.add(new MountSpec.File(target, content, 0644, mountOrigin()));
        return this;
    }

    public SandboxSpecBuilder directory(String target) {
        mounts.add(new MountSpec.Directory(target, 0755, mountOrigin()));
        return this;
    }

    public SandboxSpecBuilder link(String target, String to) {
        mounts.add(new MountSpec.Link(target, to, mountOrigin()));
        return this;
    }

    public SandboxSpecBuilder mask(String path) {
        masked.add(new Located<>(path, origin("mask[" + masked.size() + "]")));
        return this;
    }

    public SandboxSpecBuilder readOnlyPath(String path) {
        readOnlyPaths.add(new Located<>(path, origin("read_only_paths[" + readOnlyPaths.size() + "]")));
        return this;
    }

    public SandboxSpecBuilder hostname(String name) {
        hostname = Optional.of(new Located<>(name, origin("hostname")));
        return this;
    }

    public SandboxSpecBuilder sysctl(String name, String value) {
        sysctls.add(new SandboxSpec.Sysctl(name, value, origin("sysctls." + name)));
        return this;
    }

    public SandboxSpecBuilder network(NetworkMode mode) {
        network = Optional.of(new NetworkSpec.Plain(mode, origin("network")));
        return this;
    }

    /** A pair between eth0 and ve-web, each item at a line of its own. */
    public SandboxSpecBuilder veth(Optional<String> bridge, List<String> addresses, List<String> hostAddresses) {
        Origin veth = origin("network.veth");
        network = Optional.of(new NetworkSpec.Veth(
                new Located<>("eth0", veth),
                Optional.empty(),
                bridge.map(name -> new Located<>(name, origin("network.veth.bridge"))),
                0,
                "",
                prefixes("addresses", addresses),
                prefixes("host_addresses", hostAddresses),
                List.of(),
                veth));
        return this;
    }

    private List<Located<IpPrefix>> prefixes(String key, List<String> texts) {
        List<Located<IpPrefix>> prefixes = new ArrayList<>();
        for (String text : texts) {
            Origin at = origin("network.veth." + key + "[" + prefixes.size() + "]");
            prefixes.add(new Located<>(IpPrefix.parse(text).orElseThrow(), at));
        }
        return prefixes;
    }

    /** Adds a route to the pair; {@code to} empty = everything else. */
    public SandboxSpecBuilder route(String to, String via) {
        NetworkSpec.Veth veth = (NetworkSpec.Veth) network.orElseThrow();
        List<NetworkSpec.Route> routes = new ArrayList<>(veth.routes());
        routes.add(new NetworkSpec.Route(
                IpPrefix.parse(to), IpAddress.parse(via), origin("network.veth.routes[" + routes.size() + "]")));
        network = Optional.of(new NetworkSpec.Veth(
                veth.name(),
                veth.host(),
                veth.bridge(),
                1400,
                "02:00:00:00:00:0a",
                veth.addresses(),
                veth.hostAddresses(),
                routes,
                veth.origin()));
        return this;
    }

    public SandboxSpec build() {
        return new SandboxSpec(
                namespaces,
                init,
                user.map(origin -> new UserNamespaceSpec(uid, gid, uidMap, gidMap, nested, origin)),
                join,
                time,
                root,
                readOnly,
                mounts,
                masked,
                readOnlyPaths,
                hostname,
                Optional.empty(),
                sysctls,
                network,
                Optional.empty(),
                Optional.empty());
    }

    private Origin mountOrigin() {
        return origin("mounts[" + mounts.size() + "]");
    }

    private Origin origin(String key) {
        return new Origin("ostler.yaml", line++, 7, "services.web.sandbox." + key);
    }
}
