package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ostler.base.ByteSize;
import dev.ostler.base.CronSchedule;
import dev.ostler.base.IpPrefix;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.base.TextPattern;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ExitStatuses;
import dev.ostler.spec.FreePortsSpec;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.LandlockSpec;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.NetworkSpec;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ReloadSpec;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.RestartSpec.OomPolicy;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.SocketSpec.MtuDiscovery;
import dev.ostler.spec.SocketSpec.UnixType;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import dev.ostler.spec.Trigger;
import dev.ostler.spec.UlimitSpec;
import dev.ostler.spec.UserNamespaceSpec;
import dev.ostler.spec.UserSpec;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each key of a service: what it means, and what holds without it. A key of the schema without a row fails. */
class ServiceKeysTest {
    private static final Duration S10 = Duration.ofSeconds(10);

    /** One key: YAML that sets it, where it ends up, the value then, and the value without it. */
    private record Row(String yaml, Function<ServiceSpec, Object> where, Object set, Object absent) {}

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private void row(String key, String yaml, Function<ServiceSpec, Object> where, Object set, Object absent) {
        rows.put(key, new Row(yaml, where, set, absent));
    }

    ServiceKeysTest() {
        process();
        identity();
        privileges();
        landlock();
        sandbox();
        mounts();
        limits();
        cgroup();
        resources();
        readiness();
        conditions();
        health();
        checks();
        restart();
        stop();
        reload();
        logs();
    }

    private void process() {
        row("extends", "extends: jvm-service", s -> variable(s, "MALLOC_ARENA_MAX"), "2", "-");
        row(
                "command",
                "command: [java, -jar, 'a b.jar']",
                s -> s.process().command().value(),
                List.of("java", "-jar", "a b.jar"),
                List.of("true-program"));
        row("environment", "environment: { PORT: 8080 }", s -> variable(s, "PORT"), "8080", "-");
        row(
                "environment.NAME.file",
                "environment: { A: { file: web.env } }",
                s -> variable(s, "A"),
                "FROM_FILE=yes",
                "-");
        row("env_file", "env_file: web.env", s -> variable(s, "FROM_FILE"), "yes", "-");
        row(
                "working_dir",
                "working_dir: sub/dir",
                s -> s.process().workingDirectory().value(),
                Path.of("/project/sub/dir"),
                Path.of("/project"));
        Function<ServiceSpec, Object> directories = s -> s.process().directories().stream()
                .map(d -> d.path() + " " + Integer.toOctalString(d.mode()))
                .toList();
        row("directories", "directories: [data]", directories, List.of("/project/data 755"), List.of());
        row("directories[].path", "directories: [{ path: /srv/x }]", directories, List.of("/srv/x 755"), List.of());
        row(
                "directories[].mode",
                "directories: [{ path: d, mode: \"0700\" }]",
                directories,
                List.of("/project/d 700"),
                List.of());
        row("umask", "umask: 0027", s -> value(s.process().umask()), 027, 022);
    }

    private void identity() {
        Function<ServiceSpec, Object> user =
                s -> s.process().user().map(ServiceKeysTest::shown).orElse("-");
        row("user", "user: \"app:web\"", user, "app web FAIL", "-");
        row("user.name", "user: { name: 1000 }", user, "1000 - FAIL", "-");
        row("user.group", "user: { name: app, group: 5 }", user, "app 5 FAIL", "-");
        row("user.if_unsupported", "user: { name: app, if_unsupported: warn }", user, "app - WARN", "-");
        row(
                "group_add",
                "group_add: [audio, 1005]",
                s -> s.process().groupAdd().stream().map(Located::value).toList(),
                List.of("audio", "1005"),
                List.of());
    }

    private void privileges() {
        Function<ServiceSpec, Object> keep = s -> value(s.privilege().keep());
        row("capabilities", "capabilities: { keep: [] }", keep, Set.of(), "-");
        row("capabilities.keep", "capabilities: { keep: [CAP_CHOWN, net_raw] }", keep, Set.of("CHOWN", "NET_RAW"), "-");
        row(
                "securebits",
                "securebits: [noroot, noroot_locked]",
                s -> value(s.privilege().securebits()),
                Set.of("noroot", "noroot_locked"),
                "-");
        Function<ServiceSpec, Object> noNewPrivs = s -> value(s.privilege().noNewPrivs());
        row("no_new_privs", "no_new_privs: false", noNewPrivs, false, true);
        row("sandbox", "sandbox: {}", noNewPrivs, true, true);
        row("sandbox.no_new_privs", "sandbox: { no_new_privs: false }", noNewPrivs, false, true);
        seccomp();
        row("death_signal", "death_signal: KILL", s -> value(s.privilege().deathSignal()), Signal.KILL, "-");
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
                s -> s.sandbox().seccomp().map(ServiceKeysTest::text).orElse("-");
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
        return "allow " + spec.allow().map(ServiceKeysTest::text).orElse("-") + " deny " + text(spec.deny()) + " "
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
        row("sandbox.user_namespace", "sandbox: { user_namespace: {} }", ServiceKeysTest::ids, "- - [] []", "-");
        row("sandbox.user_namespace.uid", inUser("uid: 7"), ServiceKeysTest::ids, "7 - [] []", "-");
        row("sandbox.user_namespace.gid", inUser("gid: 8"), ServiceKeysTest::ids, "- 8 [] []", "-");
        row(
                "sandbox.user_namespace.uid_map",
                inUser("uid_map: [0 100000 65536, 65536 7 1]"),
                ServiceKeysTest::ids,
                "- - [0 100000 65536, 65536 7 1] []",
                "-");
        row("sandbox.user_namespace.gid_map", inUser("gid_map: [0 5 1]"), ServiceKeysTest::ids, "- - [] [0 5 1]", "-");
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
                s -> s.sandbox().mounts().stream().map(ServiceKeysTest::shown).toList(),
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

    private void limits() {
        Function<ServiceSpec, Object> ulimits = s -> s.limits().ulimits().stream()
                .map(u -> u.resource() + " " + u.soft() + " " + u.hard())
                .toList();
        row(
                "ulimits",
                "ulimits: { nofile: unlimited }",
                ulimits,
                List.of("NOFILE " + UlimitSpec.INFINITY + " " + UlimitSpec.INFINITY),
                List.of());
        row(
                "ulimits.NAME.soft",
                "ulimits: { core: { soft: 0, hard: unlimited } }",
                ulimits,
                List.of("CORE 0 -1"),
                List.of());
        row(
                "ulimits.NAME.hard",
                "ulimits: { nofile: { soft: 1, hard: 2 } }",
                ulimits,
                List.of("NOFILE 1 2"),
                List.of());
        for (UlimitSpec.Resource resource : UlimitSpec.Resource.values()) {
            String key = resource.name().toLowerCase(Locale.ROOT);
            row("ulimits." + key, "ulimits: { " + key + ": 7 }", ulimits, List.of(resource + " 7 7"), List.of());
        }
        row("nice", "nice: -5", s -> value(s.limits().nice()), -5, "-");
        row("oom_score_adj", "oom_score_adj: 500", s -> value(s.limits().oomScoreAdj()), 500, "-");
        row("cpu_affinity", "cpu_affinity: \"3,0-1\"", s -> value(s.limits().cpuAffinity()), List.of(0, 1, 3), "-");
    }

    private void cgroup() {
        row("mem_limit", "mem_limit: 512m", s -> value(s.cgroup().memory()), new ByteSize(512 << 20), "-");
        row(
                "mem_reservation",
                "mem_reservation: 1k",
                s -> value(s.cgroup().memoryReservation()),
                new ByteSize(1024),
                "-");
        row("memswap_limit", "memswap_limit: 1k", s -> value(s.cgroup().memoryAndSwap()), new ByteSize(1024), "-");
        row("pids_limit", "pids_limit: 256", s -> value(s.cgroup().pids()), 256L, "-");
        row("cpus", "cpus: 1.5", s -> value(s.cgroup().cpus()), 1.5, "-");
        row("cpu_weight", "cpu_weight: 200", s -> value(s.cgroup().cpuWeight()), 200, "-");
        row("cpuset", "cpuset: \"0-1,3\"", s -> value(s.cgroup().cpuset()), List.of(0, 1, 3), "-");
        row(
                "hugetlb",
                "hugetlb: { 2m: 64m }",
                s -> s.cgroup().hugetlb().entrySet().stream()
                        .map(e ->
                                e.getKey().bytes() + " " + e.getValue().value().bytes())
                        .toList(),
                List.of("2097152 67108864"),
                List.of());
        row("blkio_config", "blkio_config: {}", s -> s.cgroup().blkio().rates(), List.of(), List.of());
        row(
                "blkio_config.weight",
                "blkio_config: { weight: 500 }",
                s -> value(s.cgroup().blkio().weight()),
                500,
                "-");
        for (String kind : List.of("read_bps", "write_bps", "read_iops", "write_iops")) {
            Function<ServiceSpec, Object> rate = s -> s.cgroup().blkio().rates().stream()
                    .map(r -> r.kind() + " " + r.device() + " " + r.perSecond() + " "
                            + r.origin().key())
                    .toList();
            String list = "device_" + kind;
            String yaml = "blkio_config: { " + list + ": [{ path: /dev/sda, rate: 100 }] }";
            List<String> read = List.of(
                    kind.toUpperCase(Locale.ROOT) + " /dev/sda 100 services.web.blkio_config." + list + "[0].path");
            row("blkio_config." + list, yaml, rate, read, List.of());
            if (kind.equals("read_bps")) {
                row("blkio_config." + list + "[].path", yaml, rate, read, List.of());
                row("blkio_config." + list + "[].rate", yaml, rate, read, List.of());
            }
        }
        row("cgroup", "cgroup: {}", s -> value(s.cgroup().memoryHigh()), "-", "-");
        Function<ServiceSpec, Object> high = s -> value(s.cgroup().memoryHigh());
        row("cgroup.memory_high", "cgroup: { memory_high: 1m }", high, new ByteSize(1 << 20), "-");
        row(
                "cgroup.oom_group",
                "cgroup: { oom_group: true }",
                s -> value(s.cgroup().oomGroup()),
                true,
                "-");
        row(
                "cgroup.if_unsupported",
                "cgroup: { if_unsupported: warn }",
                s -> s.cgroup().ifUnsupported(),
                IfUnsupported.WARN,
                IfUnsupported.FAIL);
    }

    private void resources() {
        resource("scheduling", "scheduling: idle", "Scheduling", "IDLE 0 false 0ns 0ns 0ns FAIL");
        resource("scheduling.policy", "scheduling: { policy: batch }", "Scheduling", "BATCH 0 false 0ns 0ns 0ns FAIL");
        resource(
                "scheduling.priority",
                "scheduling: { policy: rr, priority: 99 }",
                "Scheduling",
                "RR 99 false 0ns 0ns 0ns FAIL");
        String deadline = "scheduling: { policy: deadline, runtime: 2ms, deadline: 10ms";
        resource("scheduling.runtime", deadline + " }", "Scheduling", "DEADLINE 0 false 2ms 10ms 10ms FAIL");
        resource("scheduling.deadline", deadline + " }", "Scheduling", "DEADLINE 0 false 2ms 10ms 10ms FAIL");
        resource(
                "scheduling.period",
                deadline + ", period: 1s }",
                "Scheduling",
                "DEADLINE 0 false 2ms 10ms 1000ms FAIL");
        resource(
                "scheduling.reset_on_fork",
                "scheduling: { policy: fifo, priority: 1, reset_on_fork: true }",
                "Scheduling",
                "FIFO 1 true 0ns 0ns 0ns FAIL");
        resource(
                "scheduling.if_unsupported",
                "scheduling: { policy: fifo, priority: 1, if_unsupported: warn }",
                "Scheduling",
                "FIFO 1 false 0ns 0ns 0ns WARN");
        resource("io_priority", "io_priority: idle", "IoPriority", "IDLE 0 FAIL");
        resource("io_priority.class", "io_priority: { class: best-effort }", "IoPriority", "BEST_EFFORT 4 FAIL");
        resource("io_priority.level", "io_priority: { class: realtime, level: 7 }", "IoPriority", "REALTIME 7 FAIL");
        resource(
                "io_priority.if_unsupported",
                "io_priority: { class: realtime, if_unsupported: warn }",
                "IoPriority",
                "REALTIME 4 WARN");
        resource("numa", "numa: local", "Numa", "LOCAL [] FAIL");
        resource("numa.policy", "numa: { policy: default }", "Numa", "DEFAULT [] FAIL");
        resource("numa.nodes", "numa: { policy: bind, nodes: \"0-1,3\" }", "Numa", "BIND [0, 1, 3] FAIL");
        resource(
                "numa.if_unsupported",
                "numa: { policy: preferred, nodes: 1, if_unsupported: warn }",
                "Numa",
                "PREFERRED [1] WARN");
        resource("timer_slack", "timer_slack: 50us", "TimerSlack", "50000ns");
        resource("transparent_hugepages", "transparent_hugepages: false", "TransparentHugepages", "false");
        String mdwe = "memory_deny_write_execute";
        resource(mdwe, mdwe + ": true", "MemoryDenyWriteExecute", "false FAIL");
        resource(mdwe + ".value", mdwe + ": { value: true }", "MemoryDenyWriteExecute", "false FAIL");
        resource(mdwe + ".force", mdwe + ": { value: true, force: true }", "MemoryDenyWriteExecute", "true FAIL");
        resource(
                mdwe + ".if_unsupported",
                mdwe + ": { value: true, if_unsupported: warn }",
                "MemoryDenyWriteExecute",
                "false WARN");
        resource("core_scheduling", "core_scheduling: true", "CoreScheduling", "FAIL");
        withValue("core_scheduling", "true", "CoreScheduling", "");
        resource("coredump_filter", "coredump_filter: 0x7f", "CoredumpFilter", "127 FAIL");
        withValue("coredump_filter", "[private-anonymous, elf-headers, shared-dax]", "CoredumpFilter", "273 ");
        resource("keyring", "keyring: inherit", "Keyring", "false FAIL");
        withValue("keyring", "private", "Keyring", "true ");
        resource("tsc", "tsc: deny", "DenyTsc", "FAIL");
        withValue("tsc", "deny", "DenyTsc", "");
    }

    private void withValue(String key, String value, String kind, String expected) {
        resource(key + ".value", key + ": { value: " + value + " }", kind, expected + "FAIL");
        String warn = key + ": { value: " + value + ", if_unsupported: warn }";
        resource(key + ".if_unsupported", warn, kind, expected + "WARN");
    }

    /** @param expected the values of the record, without its origin */
    private void resource(String key, String yaml, String kind, String expected) {
        row(
                key,
                yaml,
                s -> s.limits().resources().stream()
                        .map(ServiceKeysTest::values)
                        .toList(),
                List.of(kind + " " + expected),
                List.of());
    }

    private static String values(ResourceItem item) {
        StringBuilder text = new StringBuilder(item.getClass().getSimpleName());
        for (var component : item.getClass().getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(item);
                if (value instanceof Duration duration) {
                    value = duration.toNanos() % 1_000_000 == 0 && !duration.isZero()
                            ? duration.toMillis() + "ms"
                            : duration.toNanos() + "ns";
                }
                text.append(value instanceof Origin ? "" : " " + value);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return text.toString();
    }

    private void readiness() {
        Function<ServiceSpec, Object> dependsOn = s -> s.dependsOn().stream()
                .map(d -> d.service() + " " + d.condition() + (d.required() ? "" : " soft")
                        + (d.restart() ? " bound" : ""))
                .toList();
        row("depends_on", "depends_on: [db]", dependsOn, List.of("db " + Dependency.Condition.STARTED), List.of());
        row(
                "depends_on.NAME.condition",
                "depends_on: { db: { condition: ready } }",
                dependsOn,
                List.of("db " + Dependency.Condition.READY),
                List.of());
        row(
                "depends_on.NAME.required",
                "depends_on: { db: { required: false } }",
                dependsOn,
                List.of("db started soft"),
                List.of());
        row(
                "depends_on.NAME.restart",
                "depends_on: { db: { restart: true } }",
                dependsOn,
                List.of("db started bound"),
                List.of());
        LifecycleSpec oneshot = new LifecycleSpec(LifecycleSpec.Type.ONESHOT, false, false, List.of(), Map.of());
        row("type", "type: oneshot", ServiceSpec::lifecycle, oneshot, LifecycleSpec.DEFAULT);
        forking();
        row("remain", "type: oneshot\n    remain: true", s -> s.lifecycle().remain(), true, false);
        row("disabled", "disabled: true", s -> s.lifecycle().disabled(), true, false);
        row("groups", "groups: [a, b]", s -> s.lifecycle().groups().toString(), "[a, b]", "[]");
        hooks();
        Duration timeout = Duration.ofSeconds(30);
        ready(", timeout: 2m", "timeout", r -> r.timeout(), Duration.ofMinutes(2));
        ready(", interval: 1s", "interval", r -> probe(r).interval(), Duration.ofSeconds(1));
        ready(", attempt_timeout: 1s", "attempt_timeout", r -> probe(r).attemptTimeout(), Duration.ofSeconds(1));
        ready(", successes: 2", "successes", r -> probe(r).successes(), 2);
        ready(", jitter: 0.5", "jitter", r -> probe(r).jitter(), 0.5);
        ProbeCheck check = new ProbeCheck.Tcp("127.0.0.1", 1);
        ProbeSpec probe = new ProbeSpec(check, Duration.ofMillis(250), Duration.ofSeconds(5), 1, 1, 0);
        row("ready", "ready: { tcp: 1 }", s -> withoutOrigin(s.ready()), List.of(probe, timeout), List.of());
        told();
        sockets();
    }

    private void forking() {
        Function<ServiceSpec, Object> forking = s -> of(
                s.lifecycle().forking(),
                own -> own.pidFile().map(file -> file.value().toString()).orElse("-") + " " + own.timeout());
        row("pid_file", "type: forking\n    pid_file: /run/a.pid", forking, "/run/a.pid PT30S", "-");
        row("pid_file.path", "type: forking\n    pid_file: { path: /run/a.pid }", forking, "/run/a.pid PT30S", "-");
        row(
                "pid_file.timeout",
                "type: forking\n    pid_file: { path: /run/a.pid, timeout: 2m }",
                forking,
                "/run/a.pid PT2M",
                "-");
    }

    private void told() {
        row("ready.notify", "ready: notify", s -> of(s.ready(), ReadySpec::proof), new ReadySpec.Notify(), "-");
        row(
                "ready.fd",
                "ready: { fd: 3, timeout: 10s }",
                s -> withoutOrigin(s.ready()),
                List.of(new ReadySpec.Descriptor(3), S10),
                List.of());
        Function<ServiceSpec, Object> notify = s -> s.notifications()
                .map(n -> n.access() + " "
                        + n.watchdog()
                                .map(Located::value)
                                .map(Duration::toString)
                                .orElse("-"))
                .orElse("-");
        row("secrets", "secrets: []", s -> s.sandbox().mounts(), List.of(), List.of()); // the others are in SecretsTest
        row("notify_access", "ready: { notify: true }\n    notify_access: main", notify, "MAIN -", "-");
        row("watchdog", "watchdog: 10s", notify, "ALL PT10S", "-");
        row(
                "file_descriptor_store_max",
                "file_descriptor_store_max: 16",
                s -> s.notifications()
                        .flatMap(NotifySpec::storeMax)
                        .map(max -> max.value().toString())
                        .orElse("-"),
                "16",
                "-");
    }

    private static ProbeSpec probe(ReadySpec ready) {
        return ready.probe().orElseThrow();
    }

    private void ready(String yaml, String key, Function<ReadySpec, Object> where, Object set) {
        row("ready." + key, "ready: { tcp: 1" + yaml + " }", s -> of(s.ready(), where), set, "-");
    }

    private void health() {
        Duration timeout = Duration.ofSeconds(30);
        health("start_period: 2m", "start_period", h -> h.startPeriod(), Duration.ofMinutes(2));
        health("interval: 1s", "interval", h -> h.probe().interval(), Duration.ofSeconds(1));
        health("attempt_timeout: 1s", "attempt_timeout", h -> h.probe().attemptTimeout(), Duration.ofSeconds(1));
        health("failures: 1", "failures", h -> h.probe().failures(), 1);
        health("successes: 2", "successes", h -> h.probe().successes(), 2);
        health("jitter: 0", "jitter", h -> h.probe().jitter(), 0.0);
        health("action: none", "action", h -> h.action(), HealthSpec.Action.NONE);
        health("dump: {}", "dump", h -> h.dump().orElseThrow(), dump(Signal.QUIT, Scope.MAIN, 2));
        health("dump: { signal: HUP }", "dump.signal", h -> h.dump().orElseThrow(), dump(Signal.HUP, Scope.MAIN, 2));
        health("dump: { to: all }", "dump.to", h -> h.dump().orElseThrow(), dump(Signal.QUIT, Scope.ALL, 2));
        health("dump: { wait: 7s }", "dump.wait", h -> h.dump().orElseThrow(), dump(Signal.QUIT, Scope.MAIN, 7));
        ProbeCheck check = new ProbeCheck.Tcp("127.0.0.1", 1);
        ProbeSpec probe = new ProbeSpec(check, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, 1, 0.1);
        row(
                "health",
                "health: { tcp: 1 }",
                s -> withoutOrigin(s.health()),
                List.of(probe, timeout, HealthSpec.Action.RESTART, Optional.empty()),
                List.of());
    }

    private void health(String yaml, String key, Function<HealthSpec, Object> where, Object set) {
        row("health." + key, "health: { tcp: 1, " + yaml + " }", s -> of(s.health(), where), set, "-");
    }

    private static HealthSpec.Dump dump(Signal signal, Scope to, int seconds) {
        return new HealthSpec.Dump(new Step.Send(signal, to), Duration.ofSeconds(seconds));
    }

    /** What {@code ready} asks, {@code health} can ask as well. */
    private void checks() {
        check("tcp", "\"[::1]:80\"", new ProbeCheck.Tcp("::1", 80));
        URI uri = URI.create("https://a/x");
        check("http", "\"https://a/x\"", new ProbeCheck.Http(uri));
        check("unix", "run/s", new ProbeCheck.Unix(Path.of("/project/run/s")));
        check("file", "/run/f", new ProbeCheck.FileExists(Path.of("/run/f")));
        check("listening", "80", new ProbeCheck.Listening(80));
        check("ping", "10.0.0.1", new ProbeCheck.Ping("10.0.0.1"));
        Origin readyExec = new Origin("ostler.yaml", 4, 20, "services.web.ready.exec");
        Origin healthExec = new Origin("ostler.yaml", 4, 21, "services.web.health.exec");
        exec("ready", "[./a, 'b c']", readyExec);
        exec("health", "'./a ${UNSET:-b c}'", healthExec); // never becomes three words
        ready("log", "\"a b$\"", new ProbeCheck.LogLine(TextPattern.of("a b$")));
        http("url", "", ProbeCheck.Http.GOOD, "", "", false);
        List<ProbeCheck.StatusRange> status =
                List.of(new ProbeCheck.StatusRange(200, 200), new ProbeCheck.StatusRange(300, 399));
        http("status", ", status: [200, 300-399]", status, "", "", false);
        http("body", ", body: UP", ProbeCheck.Http.GOOD, "UP", "", false);
        http("ca", ", ca: ca.pem", ProbeCheck.Http.GOOD, "", "/project/ca.pem", false);
        http("insecure", ", insecure: true", ProbeCheck.Http.GOOD, "", "", true);
    }

    private void exec(String probe, String yaml, Origin origin) {
        ProbeCheck set = new ProbeCheck.Exec(new ServiceCommand(List.of("./a", "b c"), origin));
        Function<ServiceSpec, Object> check = s -> probe.equals("ready")
                ? of(s.ready(), r -> probe(r).check())
                : of(s.health(), h -> h.probe().check());
        row(probe + ".exec", probe + ": { exec: " + yaml + " }", check, set, "-");
    }

    private void http(
            String key, String yaml, List<ProbeCheck.StatusRange> status, String body, String ca, boolean insecure) {
        ProbeCheck set = new ProbeCheck.Http(
                URI.create("https://a/"),
                status,
                body.isEmpty() ? Optional.empty() : Optional.of(TextPattern.of(body)),
                ca.isEmpty() ? Optional.empty() : Optional.of(Path.of(ca)),
                insecure);
        String probe = "{ http: { url: \"https://a/\"" + yaml + " } }";
        row("ready.http." + key, "ready: " + probe, s -> of(s.ready(), r -> probe(r).check()), set, "-");
    }

    private void ready(String key, String yaml, ProbeCheck set) {
        String probe = "{ " + key + ": " + yaml + " }";
        row("ready." + key, "ready: " + probe, s -> of(s.ready(), r -> probe(r).check()), set, "-");
    }

    private void check(String key, String yaml, ProbeCheck set) {
        ready(key, yaml, set);
        String probe = "{ " + key + ": " + yaml + " }";
        row(
                "health." + key,
                "health: " + probe,
                s -> of(s.health(), h -> h.probe().check()),
                set,
                "-");
    }

    private void hooks() {
        row("hooks", "hooks: { pre_start: migrate }", hook(HookSpec.Kind.PRE_START), "[migrate] PT30S", "-");
        for (HookSpec.Kind kind : HookSpec.Kind.values()) {
            row("hooks." + kind, "hooks: { " + kind + ": 'a \"b c\"' }", hook(kind), "[a, b c] PT30S", "-");
        }
        Function<ServiceSpec, Object> preStart = hook(HookSpec.Kind.PRE_START);
        row("hooks.pre_start.command", "hooks: { pre_start: { command: [a] } }", preStart, "[a] PT30S", "-");
        row("hooks.pre_start.timeout", "hooks: { pre_start: { command: a, timeout: 2m } }", preStart, "[a] PT2M", "-");
    }

    private static Function<ServiceSpec, Object> hook(HookSpec.Kind kind) {
        return service -> service.lifecycle()
                .hook(kind)
                .map(hook -> hook.command().value() + " " + hook.timeout())
                .orElse("-");
    }

    private void sockets() {
        Function<ServiceSpec, Object> address = s -> s.activation().sockets().stream()
                .map(socket -> socket.name() + " " + socket.address())
                .collect(Collectors.joining(", "));
        row("sockets", "sockets: { http: { tcp: 80 } }", address, "http tcp 127.0.0.1:80", "");
        row("sockets.NAME.tcp", "sockets: { a: { tcp: \"[::]:80\" } }", address, "a tcp [::]:80", "");
        row("sockets.NAME.udp", "sockets: { a: { udp: \"0.0.0.0:53\" } }", address, "a udp 0.0.0.0:53", "");
        row("sockets.NAME.unix", "sockets: { a: { unix: x.sock } }", address, "a unix /project/x.sock", "");
        socket("type", "unix: x, type: datagram", s -> unix(s).type(), UnixType.DATAGRAM);
        socket("mode", "unix: x, mode: \"0600\"", s -> unix(s).mode(), 0600);
        socket("owner", "unix: x, owner: \"a:b\"", s -> value(unix(s).owner()), "a:b");
        socket("backlog", "tcp: 80, backlog: 5", s -> s.options().backlog(), 5);
        socket("defer_accept", "tcp: 80, defer_accept: 10s", s -> s.options().deferAccept(), Optional.of(S10));
        socket("cork", "tcp: 80, cork: true", s -> s.options().cork(), true);
        socket(
                "mtu_discover",
                "udp: 80, mtu_discover: do",
                s -> s.options().mtuDiscovery(),
                Optional.of(MtuDiscovery.DO));
        socket(
                "receive_buffer",
                "udp: 80, receive_buffer: 1m",
                s -> s.options().receiveBufferBytes(),
                OptionalInt.of(1 << 20));
        socket("send_buffer", "udp: 80, send_buffer: 1m", s -> s.options().sendBufferBytes(), OptionalInt.of(1 << 20));
        socket("reuse_port", "tcp: 80, reuse_port: true", s -> s.options().reusePort(), true);
        socket("as", "tcp: 80, as: stdin", SocketSpec::standardInput, true);
        row(
                "activation",
                "activation: traffic\n    sockets: { a: { tcp: 80 } }",
                s -> s.activation().trigger(),
                new Trigger.Traffic(),
                new Trigger.Boot());
        trigger("every", "every: 10m", every(10, 10, 0));
        trigger("first", "every: 10m, first: 1m", every(10, 1, 0));
        trigger("jitter", "every: 10m, jitter: 2m", every(10, 10, 2));
        trigger("cron", "cron: \"0 3 * * *\"", calendar(Optional.empty(), false));
        trigger(
                "time_zone",
                "cron: \"0 3 * * *\", time_zone: Europe/Berlin",
                calendar(Optional.of(ZoneId.of("Europe/Berlin")), false));
        trigger(
                "path_exists",
                "path_exists: run/go",
                new Trigger.AtPath(Trigger.AtPath.Kind.PATH_EXISTS, List.of(Path.of("/project/run/go"))));
        trigger(
                "path_changed",
                "path_changed: [a, /b]",
                new Trigger.AtPath(Trigger.AtPath.Kind.PATH_CHANGED, List.of(Path.of("/project/a"), Path.of("/b"))));
        trigger(
                "directory_not_empty",
                "directory_not_empty: in",
                new Trigger.AtPath(Trigger.AtPath.Kind.DIRECTORY_NOT_EMPTY, List.of(Path.of("/project/in"))));
        trigger("persistent", "cron: \"0 3 * * *\", persistent: true", calendar(Optional.empty(), true));
    }

    private static Trigger every(int interval, int first, int jitter) {
        return new Trigger.Every(Duration.ofMinutes(interval), Duration.ofMinutes(first), Duration.ofMinutes(jitter));
    }

    private static Trigger calendar(Optional<ZoneId> zone, boolean persistent) {
        return new Trigger.Calendar(CronSchedule.of("0 3 * * *"), zone, Duration.ZERO, persistent);
    }

    private void trigger(String key, String yaml, Trigger set) {
        row(
                "activation." + key,
                "activation: { " + yaml + " }",
                s -> s.activation().trigger(),
                set,
                new Trigger.Boot());
    }

    private void conditions() {
        Function<ServiceSpec, Object> conditions = s -> s.activation().conditions().stream()
                .map(each -> each.kind() + " " + each.object())
                .toList();
        row("conditions", "conditions: { link_up: eth0 }", conditions, List.of("link_up eth0"), List.of());
        row(
                "conditions.path_exists",
                "conditions: { path_exists: [a, /b] }",
                conditions,
                List.of("path_exists /project/a", "path_exists /b"),
                List.of());
        row(
                "conditions.path_absent",
                "conditions: { path_absent: run/off }",
                conditions,
                List.of("path_absent /project/run/off"),
                List.of());
        row(
                "conditions.kernel",
                "conditions: { kernel: [user namespaces, landlock] }",
                conditions,
                List.of("kernel user namespaces", "kernel landlock"),
                List.of());
        row("conditions.link_up", "conditions: { link_up: [lo] }", conditions, List.of("link_up lo"), List.of());
    }

    private void socket(String key, String yaml, Function<SocketSpec, Object> where, Object set) {
        row(
                "sockets.NAME." + key,
                "sockets: { a: { " + yaml + " } }",
                s -> s.activation().sockets().stream().findFirst().map(where).orElse("-"),
                set,
                "-");
    }

    private static SocketSpec.Unix unix(SocketSpec socket) {
        return (SocketSpec.Unix) socket.address();
    }

    private static <T> Object of(Optional<T> asked, Function<T, Object> where) {
        return asked.isPresent() ? where.apply(asked.get()) : "-";
    }

    private static List<Object> withoutOrigin(Optional<? extends Record> asked) {
        List<Object> parts = new ArrayList<>();
        asked.ifPresent(record -> Arrays.stream(record.getClass().getRecordComponents())
                .filter(part -> part.getType() != Origin.class)
                .forEach(part -> parts.add(part(record, part))));
        return parts;
    }

    private static Object part(Record record, RecordComponent part) {
        try {
            return part.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void restart() {
        row("restart", "restart: always", s -> s.restart().policy(), Policy.ALWAYS, Policy.ON_FAILURE);
        row("restart.policy", "restart: { policy: no }", s -> s.restart().policy(), Policy.NEVER, Policy.ON_FAILURE);
        row(
                "restart.backoff",
                "restart: { backoff: { max: 1m } }",
                s -> s.restart().backoff().initial(),
                Duration.ofMillis(100),
                Duration.ofMillis(100));
        row(
                "restart.backoff.initial",
                "restart: { backoff: { initial: 1s } }",
                s -> s.restart().backoff().initial(),
                Duration.ofSeconds(1),
                Duration.ofMillis(100));
        row(
                "restart.backoff.max",
                "restart: { backoff: { max: 1m } }",
                s -> s.restart().backoff().max(),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
        row(
                "restart.backoff.factor",
                "restart: { backoff: { factor: 1.5 } }",
                s -> s.restart().backoff().factor(),
                1.5,
                2.0);
        row(
                "restart.backoff.jitter",
                "restart: { backoff: { jitter: 0 } }",
                s -> s.restart().backoff().jitter(),
                0.0,
                0.2);
        row(
                "restart.limit",
                "restart: { limit: { count: 5 } }",
                s -> s.restart().limit().within(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60));
        row(
                "restart.limit.count",
                "restart: { limit: { count: 5 } }",
                s -> s.restart().limit().count(),
                5,
                0);
        row(
                "restart.limit.within",
                "restart: { limit: { within: 10m } }",
                s -> s.restart().limit().within(),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60));
        row(
                "restart.limit.retry_after",
                "restart: { limit: { count: 5, retry_after: 10m } }",
                s -> s.restart().limit().retryAfter(),
                Optional.of(Duration.ofMinutes(10)),
                Optional.empty());
        row(
                "restart.success_exit_status",
                "restart: { success_exit_status: [75, USR1] }",
                s -> s.restart().success(),
                new ExitStatuses(Set.of(75), Set.of(Signal.USR1)),
                ExitStatuses.NONE);
        row(
                "restart.prevent_exit_status",
                "restart: { prevent_exit_status: [2, 3, SIGSYS] }",
                s -> s.restart().prevent(),
                new ExitStatuses(Set.of(2, 3), Set.of(Signal.SYS)),
                ExitStatuses.NONE);
        Function<ServiceSpec, Object> ports = s -> s.restart().freePorts();
        FreePortsSpec http = new FreePortsSpec(List.of(8080), Duration.ofSeconds(5));
        row("free_ports", "free_ports: { tcp: [8080] }", ports, http, FreePortsSpec.NONE);
        row("free_ports.tcp", "free_ports: { tcp: [\"8080\"] }", ports, http, FreePortsSpec.NONE);
        row(
                "free_ports.within",
                "free_ports: { tcp: [8080], within: 0s }",
                ports,
                new FreePortsSpec(List.of(8080), Duration.ZERO),
                FreePortsSpec.NONE);
        row("oom_policy", "oom_policy: stop", s -> s.restart().oomPolicy(), OomPolicy.STOP, OomPolicy.CONTINUE);
        row(
                "restart.stable_after",
                "restart: { stable_after: 1m }",
                s -> s.restart().stableAfter(),
                Duration.ofMinutes(1),
                S10);
    }

    private void stop() {
        Function<ServiceSpec, Object> steps = s -> s.stop().steps();
        List<Step> absent = ladder(Signal.TERM, Scope.MAIN, S10);
        row(
                "stop",
                "stop: [{ signal: INT }, { wait: 1s }]",
                steps,
                ladder(Signal.INT, Scope.MAIN, Duration.ofSeconds(1)),
                absent);
        row("stop[].signal", "stop: [{ signal: 15 }]", steps, List.of(new Step.Send(Signal.TERM, Scope.MAIN)), absent);
        row(
                "stop[].to",
                "stop: [{ signal: HUP, to: group }]",
                steps,
                List.of(new Step.Send(Signal.HUP, Scope.GROUP)),
                absent);
        row("stop[].wait", "stop: [{ wait: 250ms }]", steps, List.of(new Step.Wait(Duration.ofMillis(250))), absent);
        URI shutdown = URI.create("http://a:1/stop");
        Duration five = Duration.ofSeconds(5);
        row(
                "stop[].http",
                "stop: [{ http: \"http://a:1/stop\" }]",
                steps,
                List.of(new Step.Http(shutdown, "POST", five)),
                absent);
        row(
                "stop[].method",
                "stop: [{ http: \"http://a:1/stop\", method: GET }]",
                steps,
                List.of(new Step.Http(shutdown, "GET", five)),
                absent);
        row(
                "stop[].timeout",
                "stop: [{ http: \"http://a:1/stop\", timeout: 2s }]",
                steps,
                List.of(new Step.Http(shutdown, "POST", Duration.ofSeconds(2))),
                absent);
        Origin command = new Origin("ostler.yaml", 4, 20, "services.web.stop[0].exec");
        row(
                "stop[].exec",
                "stop: [{ exec: './a b', timeout: 2s }]",
                steps,
                List.of(new Step.Exec(new ServiceCommand(List.of("./a", "b"), command), Duration.ofSeconds(2))),
                absent);
        row("stop[].kill", "stop: [{ kill: all }]", steps, List.of(), absent);
        row(
                "heap_dump_grace_period",
                "heap_dump_grace_period: 10m",
                s -> s.stop().heapDumpGrace(),
                Duration.ofMinutes(10),
                Duration.ZERO);
        row("stop_signal", "stop_signal: RTMIN+3", steps, ladder(new Signal(37), Scope.MAIN, S10), absent);
        row(
                "stop_grace_period",
                "stop_grace_period: 1m",
                steps,
                ladder(Signal.TERM, Scope.MAIN, Duration.ofMinutes(1)),
                absent);
    }

    private void reload() {
        Function<ServiceSpec, Object> steps =
                s -> s.reload().map(ReloadSpec::steps).orElse(List.of());
        Duration five = Duration.ofSeconds(5);
        URI refresh = URI.create("http://a:1/refresh");
        Step.Send hangUp = new Step.Send(Signal.HUP, Scope.MAIN);
        row("reload", "reload: { signal: HUP }", steps, List.of(hangUp), List.of());
        row(
                "reload[].signal",
                "reload: [{ signal: USR1 }, { signal: 1 }]",
                steps,
                List.of(new Step.Send(Signal.USR1, Scope.MAIN), hangUp),
                List.of());
        row(
                "reload[].to",
                "reload: { signal: HUP, to: all }",
                steps,
                List.of(new Step.Send(Signal.HUP, Scope.ALL)),
                List.of());
        row(
                "reload[].http",
                "reload: { http: \"http://a:1/refresh\" }",
                steps,
                List.of(new Step.Http(refresh, "POST", five)),
                List.of());
        row(
                "reload[].method",
                "reload: { http: \"http://a:1/refresh\", method: GET }",
                steps,
                List.of(new Step.Http(refresh, "GET", five)),
                List.of());
        Origin command = new Origin("ostler.yaml", 4, 21, "services.web.reload.exec");
        row(
                "reload[].exec",
                "reload: { exec: './a b' }",
                steps,
                List.of(new Step.Exec(new ServiceCommand(List.of("./a", "b"), command), five)),
                List.of());
        row(
                "reload[].timeout",
                "reload: { exec: './a b', timeout: 2s }",
                steps,
                List.of(new Step.Exec(new ServiceCommand(List.of("./a", "b"), command), Duration.ofSeconds(2))),
                List.of());
        row(
                "reload[].ready",
                "ready: notify\n    reload: [{ signal: HUP }, { ready: 20s }]",
                s -> s.reload().flatMap(ReloadSpec::ready),
                Optional.of(Duration.ofSeconds(20)),
                Optional.empty());
    }

    private void logs() {
        Function<ServiceSpec, Object> size = s -> s.logs().rotateSize();
        row("logs", "logs: {}", size, new ByteSize(16 << 20), new ByteSize(16 << 20));
        row("logs.rotate", "logs: { rotate: {} }", size, new ByteSize(16 << 20), new ByteSize(16 << 20));
        row("logs.rotate.size", "logs: { rotate: { size: 64k } }", size, new ByteSize(65536), new ByteSize(16 << 20));
        row("logs.rotate.keep", "logs: { rotate: { keep: 0 } }", s -> s.logs().keep(), 0, 5);
        row("logs.timestamps", "logs: { timestamps: false }", s -> s.logs().timestamps(), false, true);
    }

    @TestFactory
    Stream<DynamicTest> meansWhatTheRowSays() {
        return rows.entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    Row row = entry.getValue();

                    assertThat(row.where().apply(project(row.yaml()).service())).isEqualTo(row.set());
                }));
    }

    @TestFactory
    Stream<DynamicTest> hasItsDefault() {
        ServiceSpec bare = project("").service();
        return rows.entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(),
                        () -> assertThat(entry.getValue().where().apply(bare))
                                .isEqualTo(entry.getValue().absent())));
    }

    @Test
    void everyKeyOfAServiceHasARow() {
        List<String> keys = new ArrayList<>();
        // those of ExtendsTest, ParametersTest, RestartBudgetTest, InstancesTest and SecretsTest
        EnumSet<Schema> others = EnumSet.of(
                Schema.TOP,
                Schema.PROFILE,
                Schema.PARAM,
                Schema.EXTENDS,
                Schema.RESTART_BUDGET,
                Schema.INSTANCES,
                Schema.SECRET,
                Schema.SERVICE_SECRET);
        Arrays.stream(Schema.values()).filter(s -> !others.contains(s)).forEach(s -> keys.addAll(s.documentedKeys()));

        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(keys);
    }

    private static FakeProject project(String line) {
        String command = line.startsWith("command") ? "" : "command: [true-program]";
        return FakeProject.of("services:", "  web:", "    " + command, "    " + line, "  db: { command: [d] }")
                .file("web.env", "FROM_FILE=yes");
    }

    private static List<Step> ladder(Signal signal, Scope scope, Duration wait) {
        return List.of(new Step.Send(signal, scope), new Step.Wait(wait));
    }

    private static Object value(Optional<? extends Located<?>> located) {
        return located.isPresent() ? located.get().value() : "-";
    }

    private static String variable(ServiceSpec service, String name) {
        return service.process().environment().stream()
                .filter(v -> v.name().equals(name))
                .map(v -> v.value())
                .findFirst()
                .orElse("-");
    }

    private static String shown(UserSpec user) {
        IfUnsupported otherwise = user.ifUnsupported();
        return user.user() + " " + user.group().orElse("-") + " " + otherwise;
    }
}
