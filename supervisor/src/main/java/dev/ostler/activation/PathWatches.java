package dev.ostler.activation;

import static dev.ostler.linux.LinuxConstants.IN_ATTRIB;
import static dev.ostler.linux.LinuxConstants.IN_CLOSE_WRITE;
import static dev.ostler.linux.LinuxConstants.IN_CREATE;
import static dev.ostler.linux.LinuxConstants.IN_DELETE;
import static dev.ostler.linux.LinuxConstants.IN_DELETE_SELF;
import static dev.ostler.linux.LinuxConstants.IN_MODIFY;
import static dev.ostler.linux.LinuxConstants.IN_MOVED_FROM;
import static dev.ostler.linux.LinuxConstants.IN_MOVED_TO;
import static dev.ostler.linux.LinuxConstants.IN_MOVE_SELF;

import dev.ostler.spec.Trigger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The directories that have to be watched to see what becomes of some paths, as far as there are such directories: the deepest
 * one of each path, and of each symbolic link on its way, for the name that is looked for in it, those above only for their own end. Immutable; made on a thread that
 * may wait for a disk.
 *
 * @param directories with IN_* bits
 * @param names whose events may mean something
 * @param inside directories in which anything may
 */
public record PathWatches(Map<Path, Integer> directories, Set<Path> names, Set<Path> inside) {
    private static final int ITSELF = IN_DELETE_SELF | IN_MOVE_SELF;
    private static final int COMES = IN_CREATE | IN_MOVED_TO;
    private static final int CHANGES = COMES | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB;

    public PathWatches {
        directories = Map.copyOf(directories);
        names = Set.copyOf(names);
        inside = Set.copyOf(inside);
    }

    public static PathWatches of(Trigger.AtPath trigger) {
        Map<Path, Integer> directories = new HashMap<>();
        Set<Path> names = new HashSet<>();
        Set<Path> inside = new HashSet<>();
        int bits = trigger.kind() == Trigger.AtPath.Kind.PATH_CHANGED ? CHANGES : COMES;
        for (Path path : trigger.paths()) {
            LinkedPath way = LinkedPath.of(path);
            way.links().forEach(link -> addWayTo(link, bits, directories, names));
            Path end = way.end();
            if (trigger.kind() != Trigger.AtPath.Kind.PATH_EXISTS && Files.isDirectory(end)) {
                directories.merge(end, ITSELF | bits, (a, b) -> a | b);
                inside.add(end);
            }
            addWayTo(end, bits, directories, names);
        }
        return new PathWatches(directories, names, inside);
    }

    /** To see what becomes of a file, also while whoever writes to it keeps it open. */
    public static PathWatches of(Path file) {
        Map<Path, Integer> directories = new HashMap<>();
        Set<Path> names = new HashSet<>();
        LinkedPath way = LinkedPath.of(file);
        way.links().forEach(link -> addWayTo(link, CHANGES, directories, names));
        addWayTo(way.end(), CHANGES | IN_MODIFY, directories, names);
        return new PathWatches(directories, names, Set.of());
    }

    private static void addWayTo(Path path, int bits, Map<Path, Integer> directories, Set<Path> names) {
        Path name = path;
        boolean deepest = true;
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            if (Files.isDirectory(parent)) {
                directories.merge(parent, deepest ? ITSELF | bits : ITSELF, (a, b) -> a | b);
                names.add(name);
                deepest = false;
            }
            name = parent;
        }
    }

    /** @param name in the directory; empty for the directory itself */
    public boolean matters(Path directory, String name) {
        return directories.containsKey(directory)
                && (name.isEmpty() || inside.contains(directory) || names.contains(directory.resolve(name)));
    }
}
