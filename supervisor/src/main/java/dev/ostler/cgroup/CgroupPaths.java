package dev.ostler.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where this process's cgroup v2 directory is, by /proc/self/mountinfo and /proc/self/cgroup (cgroups(7)). Pure. */
final class CgroupPaths {
    private CgroupPaths() {}

    /** Empty when no cgroup v2 is mounted, on its own or in a hybrid layout. */
    static Optional<Path> own(List<String> mountinfo, List<String> cgroup) {
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
