package dev.ostler.supervise;

import dev.ostler.linux.Errno;
import dev.ostler.linux.Support;
import dev.ostler.plan.KernelFeature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What this kernel, and the filters around this process, do not give; in words. Any platform thread. */
final class KernelFeatures {
    private static final Path COREDUMP_FILTER = Path.of("/proc/self/coredump_filter");

    private KernelFeatures() {}

    static Optional<String> obstacle(KernelFeature feature) {
        return switch (feature) {
            case IO_PRIORITY -> said("I/O priorities", Support.ioPriority());
            case NUMA -> said("NUMA", Support.memoryPolicy());
            case MEMORY_DENY_WRITE_EXECUTE -> said("PR_SET_MDWE (Linux 6.3)", Support.memoryDenyWriteExecute());
            case CORE_SCHEDULING -> coreScheduling();
            case COREDUMP_FILTER ->
                Files.exists(COREDUMP_FILTER) ? Optional.empty() : Optional.of("there is no " + COREDUMP_FILTER);
            case KEYRINGS -> said("keyrings", Support.keyrings());
            case TSC -> said("PR_SET_TSC", Support.tscFault());
        };
    }

    private static Optional<String> coreScheduling() {
        Optional<Errno> refusal = Support.coreScheduling();
        return refusal.filter(Errno.ENODEV::equals).isPresent()
                ? Optional.of("the cores of this machine have one thread each")
                : said("core scheduling", refusal);
    }

    private static Optional<String> said(String what, Optional<Errno> refusal) {
        return refusal.map(errno -> errno.equals(Errno.ENOSYS) || errno.equals(Errno.EINVAL)
                ? "this kernel has no " + what
                : "this supervisor may not use " + what + ": " + errno);
    }
}
