package dev.ostler.yaml;

import dev.ostler.base.IpPrefix;
import dev.ostler.base.Located;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.LandlockSpec;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.NetworkSpec;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UserNamespaceSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a service is shut in. */
final class SandboxKeys extends KeyRows {
    SandboxKeys() {
        landlock();
        seccomp();
        sandbox();
        mounts();
    }

    private void landlock() {
        landlockPaths("read", LandlockSpec::read);
        landlockPaths("execute", LandlockSpec::execute);
        landlockPaths("write", LandlockSpec::write);
        landlockPaths("ioctl_dev", LandlockSpec::ioctlDev);
        Function<ServiceSpec, Object> read = landlock(spec -> paths(spec.read()));
        row("sandbox.landlock", "sandbox: { landlock: { read: [] } }", read, List.of(), "-");
        row(
                "sandbox.landlock.read[].path",
                "sandbox: { landlock: { read: [{ path: /srv }] } }",
                read,
                List.of("/srv"),
                "-");
        row(
                "sandbox.landlock.read[].optional",
                "sandbox: { landlock: { read: [{ path: /srv, optional: true }] } }",
                read,
                List.of("/srv optional"),
                "-");
        Function<ServiceSpec, Object> bind = landlock(spec -> ports(spec.bindTcp()));
        row("sandbox.landlock.tcp", "sandbox: { landlock: { tcp: { bind: [0] } } }", bind, List.of(0), "-");
        row("sandbox.landlock.tcp.bind", "sandbox: { landlock: { tcp: { bind: [80] } } }", bind, List.of(80), "-");
        row(
                "sandbox.landlock.tcp.connect",
                "sandbox: { landlock: { tcp: { connect: [80, \"443\"] } } }",
                landlock(spec -> ports(spec.connectTcp())),
                List.of(80, 443),
                "-");
        row(
                "sandbox.landlock.scope",
                "sandbox: { landlock: { scope: [signal] } }",
                landlock(spec -> value(spec.scope())),
                List.of(LandlockSpec.Scope.SIGNAL),
                "-");
        row(
                "sandbox.landlock.if_unsupported",
                "sandbox: { landlock: { read: [], if_unsupported: warn } }",
                landlock(LandlockSpec::ifUnsupported),
                IfUnsupported.WARN,
                "-");
    }

    private void landlockPaths(
            String key, Function<LandlockSpec, Optional<Located<List<LandlockSpec.PathRule>>>> where) {
        row(
                "sandbox.landlock." + key,
                "sandbox: { landlock: { " + key + ": [/usr/lib/.., /tmp] } }",
                landlock(spec -> paths(where.apply(spec))),
                List.of("/usr/lib/..", "/tmp"),
                "-");
    }

    private static Function<ServiceSpec, Object> landlock(Function<LandlockSpec, Object> part) {
        return service -> service.sandbox().landlock().map(part).orElse("-");
    }

    private static Object paths(Optional<Located<List<LandlockSpec.PathRule>>> rules) {
        return rules.orElseThrow().value().stream()
                .map(rule -> rule.path() + (rule.optional() ? " optional" : ""))
                .toList();
    }

    private static Object ports(Optional<Located<List<Located<Integer>>>> ports) {
        return ports.orElseThrow().value().stream().map(Located::value).toList();
    }

    private void seccomp() {
        Function<ServiceSpec, Object> filter =
                s -> s.sandbox().seccomp().map(SandboxKeys::text).orElse("-");
        String socket = "{ call: socket, args: [ { index: 1, op: masked_eq, mask: 0xf, value: SOCK_RAW } ] }";
        String rules = "allow [socket (1 MASKED_EQ 15 [3])] deny [] EPERM FAIL";
        row(
                "sandbox.seccomp",
                "sandbox: { seccomp: { deny: [swapon] } }",
                filter,
                "allow - deny [swapon] EPERM FAIL",
                "-");
        row(
                "sandbox.seccomp.allow",
                "sandbox: { seccomp: { allow: ['@system-service', kcmp] } }",
                filter,
                "allow [@system-service, kcmp] deny [] EPERM FAIL",
                "-");
        for (String key : List.of("call", "args", "args[].index", "args[].op", "args[].value", "args[].mask")) {
            row(
                    "sandbox.seccomp.allow[]." + key,
                    "sandbox: { seccomp: { allow: [" + socket + "] } }",
                    filter,
                    rules,
                    "-");
        }
        for (String key : List.of("", "[].call", "[].args")) {
            row(
                    "sandbox.seccomp.deny" + key,
                    "sandbox: { seccomp: { deny: [ { call: fcntl, args: [ { index: 1, op: in, value: [F_NOTIFY, 7,"
                            + " F_GETFD|0x10] } ] } ] } }",
                    filter,
                    "allow - deny [fcntl (1 IN 0 [1026, 7, 17])] EPERM FAIL",
                    "-");
        }
        row(
                "sandbox.seccomp.deny[].action",
                "sandbox: { seccomp: { deny: [ { call: '@mount', action: kill } ] } }",
                filter,
                "allow - deny [@mount kill] EPERM FAIL",
                "-");
        row(
                "sandbox.seccomp.default",
                "sandbox: { seccomp: { allow: [], default: trap } }",
                filter,
                "allow [] deny [] trap FAIL",
                "-");
        row(
                "sandbox.seccomp.if_unsupported",
                "sandbox: { seccomp: { allow: [], if_unsupported: warn } }",
                filter,
                "allow [] deny [] EPERM WARN",
                "-");
    }

    private static String text(SeccompSpec spec) {
        return "allow " + spec.allow().map(SandboxKeys::text).orElse("-") + " deny " + text(spec.deny()) + " "
                + spec.otherwise() + " " + spec.ifUnsupported();
    }

    private static String text(List<SeccompItem> items) {
        return items.stream()
                .map(item -> item.call()
                        + item.conditions().stream()
                                .map(c ->
                                        " (" + c.index() + " " + c.operator() + " " + c.mask() + " " + c.values() + ")")
                                .collect(Collectors.joining())
                        + item.action().map(action -> " " + action).orElse(""))
                .toList()
                .toString();
    }

    private void sandbox() {
        row(
                "sandbox.namespaces",
                "sandbox: { namespaces: [pid, ipc] }",
                s -> s.sandbox().namespaces().stream().map(Located::value).toList(),
                List.of(NamespaceType.PID, NamespaceType.IPC),
                List.of());
        row("sandbox.init", "sandbox: { init: false }", s -> value(s.sandbox().init()), false, "-");
        row("sandbox.user_namespace", "sandbox: { user_namespace: {} }", SandboxKeys::ids, "- - [] []", "-");
        row("sandbox.user_namespace.uid", inUser("uid: 7"), SandboxKeys::ids, "7 - [] []", "-");
        row("sandbox.user_namespace.gid", inUser("gid: 8"), SandboxKeys::ids, "- 8 [] []", "-");
        row(
                "sandbox.user_namespace.uid_map",
                inUser("uid_map: [0 100000 65536, 65536 7 1]"),
                SandboxKeys::ids,
                "- - [0 100000 65536, 65536 7 1] []",
                "-");
        row("sandbox.user_namespace.gid_map", inUser("gid_map: [0 5 1]"), SandboxKeys::ids, "- - [] [0 5 1]", "-");
        row(
                "sandbox.user_namespace.nested",
                inUser("nested: false"),
                s -> value(s.sandbox().userNamespace().flatMap(UserNamespaceSpec::nested)),
                false,
                "-");
        Function<ServiceSpec, Object> join = s ->
                s.sandbox().join().stream().map(j -> j.type() + " " + j.path()).toList();
        row("sandbox.join", "sandbox: { join: { net: /run/netns/a } }", join, List.of("net /run/netns/a"), List.of());
        for (String type : NamespaceType.keys()) {
            String yaml = "sandbox: { join: { " + type + ": /proc/1/ns/x } }";
            row("sandbox.join." + type, yaml, join, List.of(type + " /proc/1/ns/x"), List.of());
        }
        Function<ServiceSpec, Object> time = s -> s.sandbox()
                .time()
                .<Object>map(t -> t.monotonic() + " " + t.boottime())
                .orElse("-");
        row("sandbox.time", "sandbox: { time: {} }", time, "PT0S PT0S", "-");
        row("sandbox.time.monotonic", "sandbox: { time: { monotonic: 2s } }", time, "PT2S PT0S", "-");
        row("sandbox.time.boottime", "sandbox: { time: { boottime: 1h } }", time, "PT0S PT1H", "-");
        row(
                "sandbox.root",
                "sandbox: { root: image }",
                s -> s.sandbox().root().flatMap(RootSpec::directory).orElse("-"),
                "/project/image",
                "-");
        overlay("overlay", "overlay: [a, /b]", "[/project/a, /b] - - -");
        overlay("upper", "overlay: [a], upper: u, work: w", "[/project/a] /project/u /project/w -");
        overlay("work", "overlay: [a], upper: /u, work: /w", "[/project/a] /u /w -");
        overlay("size", "overlay: [a], size: 1m", "[/project/a] - - 1048576");
        row(
                "sandbox.read_only",
                "sandbox: { read_only: true }",
                s -> value(s.sandbox().readOnly()),
                true,
                "-");
        row(
                "sandbox.mask",
                "sandbox: { mask: [/proc/kcore, /root/] }",
                s -> s.sandbox().masked().stream().map(Located::value).toList(),
                List.of("/proc/kcore", "/root"),
                List.of());
        row(
                "sandbox.read_only_paths",
                "sandbox: { read_only_paths: [/proc/sys] }",
                s -> s.sandbox().readOnlyPaths().stream().map(Located::value).toList(),
                List.of("/proc/sys"),
                List.of());
        row(
                "sandbox.hostname",
                "sandbox: { hostname: web }",
                s -> value(s.sandbox().hostname()),
                "web",
                "-");
        row(
                "sandbox.domainname",
                "sandbox: { domainname: d }",
                s -> value(s.sandbox().domainname()),
                "d",
                "-");
        row(
                "sandbox.sysctls",
                "sandbox: { sysctls: { net.core.somaxconn: 9 } }",
                s -> s.sandbox().sysctls().stream()
                        .map(c -> c.name() + "=" + c.value())
                        .toList(),
                List.of("net.core.somaxconn=9"),
                List.of());
        row(
                "sandbox.network",
                "sandbox: { network: loopback }",
                s -> s.sandbox()
                        .network()
                        .map(network -> ((NetworkSpec.Plain) network).mode())
                        .orElse(NetworkMode.HOST),
                NetworkMode.LOOPBACK,
                NetworkMode.HOST);
        veth("", "{}", veth -> veth.name().value(), "eth0");
        veth(".name", "{ name: net0 }", veth -> veth.name().value(), "net0");
        veth(".host", "{ host: db0 }", veth -> veth.hostName(new ServiceName("web")), "db0");
        veth(".bridge", "{ bridge: br0 }", veth -> value(veth.bridge()), "br0");
        veth(".mtu", "{ mtu: 1400 }", NetworkSpec.Veth::mtu, 1400);
        veth(".mac", "{ mac: 02:00:00:00:00:0A }", NetworkSpec.Veth::mac, "02:00:00:00:00:0a");
        veth(
                ".addresses",
                "{ addresses: [10.1.0.2/24, 'fd00::2/64'] }",
                veth -> texts(veth.addresses()),
                List.of("10.1.0.2/24", "fd00::2/64"));
        veth(
                ".host_addresses",
                "{ host_addresses: [10.1.0.1/24] }",
                veth -> texts(veth.hostAddresses()),
                List.of("10.1.0.1/24"));
        veth(
                ".routes",
                "{ routes: [{ to: 10.9.0.0/16 }] }",
                veth -> veth.routes().size(),
                1);
        veth(
                ".routes[].to",
                "{ routes: [{ to: default, via: 10.1.0.1 }, { to: 10.9.0.0/16 }] }",
                veth -> veth.routes().stream()
                        .map(route -> route.to().map(IpPrefix::toString).orElse("-"))
                        .toList(),
                List.of("-", "10.9.0.0/16"));
        veth(
                ".routes[].via",
                "{ routes: [{ to: default, via: 'fd00::1' }] }",
                veth -> veth.routes().get(0).via().orElseThrow().text(),
                "fd00::1");
    }

    private void veth(String key, String yaml, Function<NetworkSpec.Veth, Object> of, Object expected) {
        row(
                "sandbox.network.veth" + key,
                "sandbox: { network: { veth: " + yaml + " } }",
                s -> s.sandbox()
                        .network()
                        .map(network -> of.apply((NetworkSpec.Veth) network))
                        .orElse("-"),
                expected,
                "-");
    }

    private static List<String> texts(List<Located<IpPrefix>> prefixes) {
        return prefixes.stream().map(prefix -> prefix.value().toString()).toList();
    }

    private void mounts() {
        mount("", "[{ tmpfs: /tmp }]", "tmpfs /tmp [mode=1777] exec");
        mount("bind", "[{ bind: data }]", "bind /project/data at /project/data recursive exec");
        mount("to", "[{ bind: data, to: /data }]", "bind /project/data at /data recursive exec");
        mount("read_only", "[{ bind: /usr, read_only: true }]", "bind /usr at /usr read_only recursive exec");
        mount("recursive", "[{ bind: /usr, recursive: false }]", "bind /usr at /usr exec");
        mount(
                "dev",
                "[{ dev: /dev }, { bind: /dev/fuse, dev: true }]",
                "dev /dev",
                "bind /dev/fuse at /dev/fuse recursive dev exec");
        mount("suid", "[{ bind: /usr, suid: true }]", "bind /usr at /usr recursive suid exec");
        mount(
                "exec",
                "[{ bind: /a, exec: false }, { tmpfs: /b, exec: false }]",
                "bind /a at /a recursive",
                "tmpfs /b [mode=1777]");
        mount("optional", "[{ bind: /lib64, optional: true }]", "bind /lib64 at /lib64 recursive exec optional");
        mount(
                "idmap",
                "[{ bind: /a, idmap: [0 7 1] }, { bind: /b, idmap: service }]",
                "bind /a at /a recursive exec idmap [0 7 1]",
                "bind /b at /b recursive exec idmap []");
        mount("tmpfs", "[{ tmpfs: /tmp, read_only: true }]", "tmpfs /tmp [mode=1777] read_only exec");
        mount("size", "[{ tmpfs: /tmp, size: 64m }]", "tmpfs /tmp [size=67108864, mode=1777] exec");
        mount(
                "mode",
                "[{ tmpfs: /tmp, mode: '0700' }, { directory: /d, mode: 0710 }]",
                "tmpfs /tmp [mode=0700] exec",
                "directory /d 710");
        mount("proc", "[{ proc: /proc }]", "proc /proc []");
        mount("hidepid", "[{ proc: /proc, hidepid: invisible }]", "proc /proc [hidepid=invisible]");
        mount("subset", "[{ proc: /proc, subset: pid }]", "proc /proc [subset=pid]");
        mount("sysfs", "[{ sysfs: /sys }]", "sysfs /sys [] read_only");
        mount("mqueue", "[{ mqueue: /dev/mqueue }]", "mqueue /dev/mqueue []");
        mount("devpts", "[{ devpts: /dev/pts }]", "devpts /dev/pts [newinstance, ptmxmode=0666, mode=0620]");
        mount("cgroup", "[{ cgroup: /sys/fs/cgroup }]", "cgroup2 /sys/fs/cgroup [] read_only");
        mount("hugetlbfs", "[{ hugetlbfs: /huge }]", "hugetlbfs /huge [mode=1777]");
        mount("page_size", "[{ hugetlbfs: /huge, page_size: 2m }]", "hugetlbfs /huge [pagesize=2097152, mode=1777]");
        mount("file", "[{ file: /etc/motd }]", "file /etc/motd 644 \"\"");
        mount("content", "[{ file: /etc/motd, content: hello }]", "file /etc/motd 644 \"hello\"");
        mount("directory", "[{ directory: /run/web }]", "directory /run/web 755");
        mount("symlink", "[{ symlink: /bin, to: usr/bin }]", "symlink /bin to usr/bin");
    }

    private void mount(String key, String yaml, String... shown) {
        row(
                key.isEmpty() ? "sandbox.mounts" : "sandbox.mounts[]." + key,
                "sandbox: { mounts: " + yaml + " }",
                s -> s.sandbox().mounts().stream().map(SandboxKeys::shown).toList(),
                List.of(shown),
                List.of());
    }

    private void overlay(String key, String line, String shown) {
        row(
                "sandbox.root." + key,
                "sandbox: { root: { " + line + " } }",
                s -> s.sandbox()
                        .root()
                        .flatMap(RootSpec::overlay)
                        .<Object>map(o -> o.lower() + " " + o.upper().orElse("-") + " "
                                + o.work().orElse("-") + " " + id(o.sizeBytes()))
                        .orElse("-"),
                shown,
                "-");
    }

    private static String inUser(String line) {
        return "sandbox: { user_namespace: { " + line + " } }";
    }

    private static Object ids(ServiceSpec service) {
        return service.sandbox()
                .userNamespace()
                .<Object>map(user -> id(user.uid()) + " " + id(user.gid()) + " " + ranges(user.uidMap()) + " "
                        + ranges(user.gidMap()))
                .orElse("-");
    }

    private static String id(OptionalLong id) {
        return id.isPresent() ? Long.toString(id.getAsLong()) : "-";
    }

    private static List<String> ranges(List<UserNamespaceSpec.IdRange> map) {
        return map.stream()
                .map(range -> range.inside() + " " + range.outside() + " " + range.count())
                .toList();
    }

    private static String shown(MountSpec mount) {
        if (mount instanceof MountSpec.Bind bind) {
            return "bind " + bind.source() + " at " + bind.target() + when(bind.readOnly(), "read_only")
                    + when(bind.recursive(), "recursive") + when(bind.dev(), "dev") + when(bind.suid(), "suid")
                    + when(bind.exec(), "exec") + when(bind.optional(), "optional")
                    + bind.idmap().map(map -> " idmap " + ranges(map.ranges())).orElse("");
        } else if (mount instanceof MountSpec.Filesystem made) {
            return made.type() + " " + made.target() + " " + made.options() + when(made.readOnly(), "read_only")
                    + when(made.exec(), "exec");
        } else if (mount instanceof MountSpec.File file) {
            return "file " + file.target() + " " + Integer.toOctalString(file.mode()) + " \"" + file.content() + "\"";
        } else if (mount instanceof MountSpec.Directory directory) {
            return "directory " + directory.target() + " " + Integer.toOctalString(directory.mode());
        } else if (mount instanceof MountSpec.Link link) {
            return "symlink " + link.target() + " to " + link.to();
        }
        return "dev " + mount.target();
    }

    private static String when(boolean is, String word) {
        return is ? " " + word : "";
    }
}
