package dev.ostler.cgroup;

import dev.ostler.linux.CgroupPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The cgroup hierarchies of this process: version 2, and version 1 for each controller that is bound to one
 * (cgroups(7)). On a hybrid host both exist beside each other. Reads only. Any thread.
 */
public final class Hierarchies {
    private final List<String> mountinfo;
    private final List<String> cgroup;

    Hierarchies(List<String> mountinfo, List<String> cgroup) {
        this.mountinfo = List.copyOf(mountinfo);
        this.cgroup = List.copyOf(cgroup);
    }

    /** Those of this process; none when /proc cannot be read. */
    public static Hierarchies own() {
        try {
            return new Hierarchies(
                    Files.readAllLines(Path.of("/proc/self/mountinfo")),
                    Files.readAllLines(Path.of("/proc/self/cgroup")));
        } catch (IOException ignored) { // no /proc, or a kernel without cgroups
            return new Hierarchies(List.of(), List.of());
        }
    }

    /**
     * Where a controller is.
     *
     * @param first in a hierarchy of version 1
     * @param directory of this process in that hierarchy; cgroups for services are made below it
     * @param obstacle why it cannot be used; empty = it can
     */
    public record Place(boolean first, Optional<Path> directory, String obstacle) {
        public boolean usable() {
            return obstacle.isEmpty();
        }
    }

    public Place controller(String name) {
        Optional<Path> first = CgroupPaths.ofController(mountinfo, cgroup, name);
        if (first.isPresent()) {
            return place(true, first.get());
        }
        Optional<Path> second = CgroupPaths.own(mountinfo, cgroup);
        if (second.isEmpty()) {
            return new Place(false, Optional.empty(), "it is in no cgroup hierarchy that is mounted");
        }
        if (!words(second.get().resolve("cgroup.controllers")).contains(name)) {
            return new Place(false, second, "\"" + second.get() + "\" does not have it");
        }
        // A cgroup with processes cannot hand on controllers, the root excepted, which has no cgroup.events.
        if (Files.exists(second.get().resolve("cgroup.events"))
                && !words(second.get().resolve("cgroup.subtree_control")).contains(name)) {
            return new Place(
                    false, second, "it is not enabled in \"" + second.get().resolve("cgroup.subtree_control") + "\"");
        }
        return place(false, second.get());
    }

    private static Place place(boolean first, Path directory) {
        String obstacle = Files.isWritable(directory) ? "" : "\"" + directory + "\" is not writable";
        return new Place(first, Optional.of(directory), obstacle);
    }

    static List<String> words(Path file) {
        try {
            return Arrays.asList(Files.readString(file).strip().split(" "));
        } catch (IOException ignored) { // not there, or not ours to read: nothing is known to be in it
            return List.of();
        }
    }
}
