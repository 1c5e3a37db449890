package dev.ostler.supervise;

import java.nio.file.Path;

/** A number that differs between hosts and boots, and is the same for every supervisor of one: proc_sys_kernel(5). */
final class BootId {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    static long seed() {
        return SystemHostFacts.text(FILE).orElse("").hashCode();
    }
}
