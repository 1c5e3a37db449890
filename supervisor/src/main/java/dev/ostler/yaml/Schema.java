package dev.ostler.yaml;

import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.UlimitSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Every mapping whose keys are fixed, and these keys. PROFILE has those a profile has beside the keys of SERVICE. Everything that asks "which keys are there" (unknown keys, the
 * nearest one, the check of the documentation) asks here.
 */
enum Schema {
    TOP("", "version", "services", "profiles", "defaults", "restart_budget", "outer_grace"),
    RESTART_BUDGET("restart_budget.", "count", "within"),
    SERVICE(
            "",
            "extends",
            "command",
            "environment",
            "env_file",
            "working_dir",
            "user",
            "group_add",
            "umask",
            "directories",
            "ulimits",
            "nice",
            "oom_score_adj",
            "cpu_affinity",
            "mem_limit",
            "mem_reservation",
            "memswap_limit",
            "pids_limit",
            "cpus",
            "cpu_weight",
            "cpuset",
            "hugetlb",
            "blkio_config",
            "cgroup",
            "scheduling",
            "io_priority",
            "numa",
            "timer_slack",
            "transparent_hugepages",
            "memory_deny_write_execute",
            "core_scheduling",
            "coredump_filter",
            "keyring",
            "tsc",
            "capabilities",
            "securebits",
            "no_new_privs",
            "sandbox",
            "death_signal",
            "type",
            "remain",
            "disabled",
            "groups",
            "hooks",
            "depends_on",
            "ready",
            "sockets",
            "activation",
            "notify_access",
            "watchdog",
            "restart",
            "oom_policy",
            "free_ports",
            "stop_signal",
            "stop_grace_period",
            "stop",
            "logs"),
    INSTANCES("", "scale", "instances"),
    PROFILE("", "description", "params"),
    PARAM("params.NAME.", "default", "description"),
    VARIABLE("environment.NAME.", "file"),
    EXTENDS("extends[].", "profile", "with"),
    USER("user.", "name", "group", "if_unsupported"),
    DIRECTORY("directories[].", "path", "mode"),
    ULIMITS("ulimits.", ulimitNames()),
    ULIMIT("ulimits.NAME.", "soft", "hard"),
    BLKIO("blkio_config.", "weight", "device_read_bps", "device_write_bps", "device_read_iops", "device_write_iops"),
    BLKIO_RATE("blkio_config.device_read_bps[].", "path", "rate"),
    CGROUP("cgroup.", "memory_high", "oom_group", "if_unsupported"),
    SCHEDULING("scheduling.", "policy", "priority", "runtime", "deadline", "period", "reset_on_fork", "if_unsupported"),
    IO_PRIORITY("io_priority.", "class", "level", "if_unsupported"),
    NUMA("numa.", "policy", "nodes", "if_unsupported"),
    MEMORY_DENY_WRITE_EXECUTE("memory_deny_write_execute.", "value", "force", "if_unsupported"),
    CORE_SCHEDULING("core_scheduling.", "value", "if_unsupported"),
    COREDUMP_FILTER("coredump_filter.", "value", "if_unsupported"),
    KEYRING("keyring.", "value", "if_unsupported"),
    TSC("tsc.", "value", "if_unsupported"),
    CAPABILITIES("capabilities.", "keep"),
    SANDBOX(
            "sandbox.",
            "no_new_privs",
            "namespaces",
            "init",
            "user_namespace",
            "join",
            "time",
            "root",
            "read_only",
            "mounts",
            "mask",
            "read_only_paths",
            "hostname",
            "domainname",
            "sysctls",
            "network",
            "landlock",
            "seccomp"),
    USER_NAMESPACE("sandbox.user_namespace.", "uid", "gid", "uid_map", "gid_map", "nested"),
    ROOT("sandbox.root.", "overlay", "upper", "work", "size"),
    JOIN("sandbox.join.", NamespaceType.keys().toArray(String[]::new)),
    TIME("sandbox.time.", "monotonic", "boottime"),
    MOUNT(
            "sandbox.mounts[].",
            "bind",
            "to",
            "read_only",
            "recursive",
            "dev",
            "suid",
            "exec",
            "optional",
            "idmap",
            "tmpfs",
            "size",
            "mode",
            "proc",
            "hidepid",
            "subset",
            "sysfs",
            "mqueue",
            "devpts",
            "cgroup",
            "hugetlbfs",
            "page_size",
            "file",
            "content",
            "directory",
            "symlink"),
    NETWORK("sandbox.network.", "veth"),
    VETH("sandbox.network.veth.", "name", "host", "bridge", "mtu", "mac", "addresses", "host_addresses", "routes"),
    ROUTE("sandbox.network.veth.routes[].", "to", "via"),
    LANDLOCK("sandbox.landlock.", "read", "execute", "write", "ioctl_dev", "tcp", "scope", "if_unsupported"),
    LANDLOCK_PATH("sandbox.landlock.read[].", "path", "optional"),
    LANDLOCK_TCP("sandbox.landlock.tcp.", "bind", "connect"),
    SECCOMP("sandbox.seccomp.", "allow", "deny", "default", "if_unsupported"),
    SECCOMP_ALLOWED("sandbox.seccomp.allow[].", "call", "args"),
    SECCOMP_DENIED("sandbox.seccomp.deny[].", "call", "args", "action"),
    SECCOMP_ARGUMENT("sandbox.seccomp.allow[].args[].", "index", "op", "value", "mask"),
    DEPENDENCY("depends_on.NAME.", "condition", "required", "restart"),
    HOOKS("hooks.", "pre_start", "post_start", "pre_stop", "post_stop"),
    HOOK("hooks.pre_start.", "command", "timeout"),
    READY("ready.", "tcp", "http", "notify", "fd", "timeout", "interval"),
    SOCKET(
            "sockets.NAME.",
            "tcp",
            "udp",
            "unix",
            "type",
            "mode",
            "owner",
            "backlog",
            "defer_accept",
            "cork",
            "mtu_discover",
            "receive_buffer",
            "send_buffer",
            "reuse_port",
            "as"),
    RESTART("restart.", "policy", "success_exit_status", "prevent_exit_status", "backoff", "limit", "stable_after"),
    FREE_PORTS("free_ports.", "tcp", "within"),
    BACKOFF("restart.backoff.", "initial", "max", "factor", "jitter"),
    LIMIT("restart.limit.", "count", "within", "retry_after"),
    STOP_STEP("stop[].", "http", "method", "timeout", "signal", "to", "wait", "kill"),
    LOGS("logs.", "rotate", "timestamps"),
    ROTATE("logs.rotate.", "size", "keep");

    private final String prefix;
    private final List<String> keys;

    Schema(String prefix, String... keys) {
        this.prefix = prefix;
        this.keys = List.of(keys);
    }

    List<String> keys() {
        return keys;
    }

    /** The keys as the reference names them, {@code restart.backoff.initial}. */
    List<String> documentedKeys() {
        return keys.stream().map(key -> prefix + key).toList();
    }

    private static String[] ulimitNames() {
        return Arrays.stream(UlimitSpec.Resource.values())
                .map(resource -> resource.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }
}
