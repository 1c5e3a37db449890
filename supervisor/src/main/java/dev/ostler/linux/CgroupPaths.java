package dev.ostler.linux;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where the cgroup directories of a process are, by /proc/self/mountinfo and /proc/PID/cgroup (cgroups(7)). Pure. */
public final class CgroupPaths {
    private CgroupPaths() {}

    /** Version 2. Empty when no cgroup v2 is mounted, on its own or in a hybrid layout. */
    public static Optional<Path> own(List<String> mountinfo, List<String> cgroup) {
        Optional<String> path = cgroup.stream()
                .filter(line -> line.startsWith("0::/"))
                .findFirst()
                .map(line -> line.substring(3));
        if (path.isEmpty()) {
            return Optional.empty();
        }
        for (String line : mountinfo) {
            String[] fields = line.split(" ");
            int separator = List.of(fields).indexOf("-");
            if (separator > 4 && fields.length > separator + 1 && fields[separator + 1].equals("cgroup2")) {
                return below(fields[3], path.get()).map(Path.of(fields[4])::resolve);
            }
        }
        return Optional.empty();
    }

    /** Version 1. Empty when the controller is in no such hierarchy, or that is not mounted. */
    public static Optional<Path> ofController(List<String> mountinfo, List<String> cgroup, String controller) {
        Optional<String> path = cgroup.stream()
                .map(line -> line.split(":", 3))
                .filter(fields -> fields.length == 3
                        && Arrays.asList(fields[1].split(",")).contains(controller))
                .map(fields -> fields[2])
                .findFirst();
        if (path.isEmpty()) {
            return Optional.empty();
        }
        for (String line : mountinfo) {
            String[] fields = line.split(" ");
            int separator = Arrays.asList(fields).indexOf("-");
            if (separator > 4
                    && fields.length > separator + 3
                    && fields[separator + 1].equals("cgroup")
                    && Arrays.asList(fields[separator + 3].split(",")).contains(controller)) {
                return below(fields[3], path.get()).map(Path.of(fields[4])::resolve);
            }
        }
        return Optional.empty();
    }

    /**
     * A mount may show a part of the hierarchy only; a path outside of it cannot be reached. Outside of the cgroup
     * namespace is what begins with {@code /..} (cgroup_namespaces(7)).
     */
    static Optional<String> below(String mountRoot, String path) {
        String root = mountRoot.equals("/") ? "" : mountRoot;
        if ((path + "/").startsWith("/../") || !(path + "/").startsWith(root + "/")) {
            return Optional.empty();
        }
        String rest = path.substring(root.length());
        return Optional.of(rest.startsWith("/") ? rest.substring(1) : rest);
    }
}
