package dev.ostler.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The CPUs that the cgroup of this process may use, in either version of cgroups (cpuset(7)). */
final class Cpuset {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private Cpuset() {}

    /** A CPU list as the kernel writes it; empty where no controller says anything. */
    static Optional<String> effective() {
        return SystemHostFacts.text(Path.of("/proc/self/cgroup")).map(Cpuset::candidates).orElse(List.of()).stream()
                .flatMap(file -> SystemHostFacts.text(file).stream())
                .findFirst();
    }

    /** Where the list may be, from {@code id:controllers:path} lines; version 1 first, as there it is authoritative. */
    static List<Path> candidates(String cgroup) {
        Stream<Path> first = cgroup.lines()
                .map(line -> line.split(":", 3))
                .filter(parts ->
                        parts.length == 3 && List.of(parts[1].split(",")).contains("cpuset"))
                .map(parts -> below(CGROUPS.resolve("cpuset"), parts[2]).resolve("cpuset.effective_cpus"));
        Stream<Path> second = cgroup.lines()
                .map(line -> line.split(":", 3))
                .filter(parts -> parts.length == 3 && parts[0].equals("0"))
                .flatMap(parts -> Stream.of(CGROUPS, CGROUPS.resolve("unified"))
                        .map(root -> below(root, parts[2]).resolve("cpuset.cpus.effective")));
        return Stream.concat(first, second).toList();
    }

    private static Path below(Path root, String path) {
        return root.resolve(path.startsWith("/") ? path.substring(1) : path).normalize();
    }
}
