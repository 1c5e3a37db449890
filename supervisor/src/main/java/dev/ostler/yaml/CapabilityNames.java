package dev.ostler.yaml;

import java.util.List;
import java.util.Locale;

/** Capabilities by name, in the order of linux/capability.h (0 to 40); whether the kernel has one is not asked here. */
final class CapabilityNames {
    static final List<String> ALL = List.of(
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "KILL",
            "SETGID",
            "SETUID",
            "SETPCAP",
            "LINUX_IMMUTABLE",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_ADMIN",
            "NET_RAW",
            "IPC_LOCK",
            "IPC_OWNER",
            "SYS_MODULE",
            "SYS_RAWIO",
            "SYS_CHROOT",
            "SYS_PTRACE",
            "SYS_PACCT",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_NICE",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "MKNOD",
            "LEASE",
            "AUDIT_WRITE",
            "AUDIT_CONTROL",
            "SETFCAP",
            "MAC_OVERRIDE",
            "MAC_ADMIN",
            "SYSLOG",
            "WAKE_ALARM",
            "BLOCK_SUSPEND",
            "AUDIT_READ",
            "PERFMON",
            "BPF",
            "CHECKPOINT_RESTORE");

    private CapabilityNames() {}

    /** The name without {@code CAP_}, in capitals. */
    static String parse(String text) throws BadValue {
        String name = text.toUpperCase(Locale.ROOT);
        if (name.startsWith("CAP_")) {
            name = name.substring("CAP_".length());
        }
        if (!ALL.contains(name)) {
            throw new BadValue("unknown capability \"" + text + "\"" + NearestKey.hint(name, ALL));
        }
        return name;
    }
}
