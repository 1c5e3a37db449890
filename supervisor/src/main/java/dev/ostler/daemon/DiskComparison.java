package dev.ostler.daemon;

import dev.ostler.yaml.ProjectSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what is on the disk with the bytes that are in force. Blocks; one use.
 *
 * @param inForce every file that was read, with its bytes
 * @param absent what was looked for and was not there
 * @param source of the project, reading from the disk
 */
record DiskComparison(Map<Path, byte[]> inForce, List<Path> absent, ProjectSource source) {
    DiskWatch.OnDisk result() {
        Set<String> changed = new TreeSet<>();
        inForce.forEach((path, bytes) -> {
            if (differs(path, bytes)) {
                changed.add(shown(path));
            }
        });
        absent.stream().filter(Files::exists).forEach(path -> changed.add(shown(path)));
        dropIns().stream().filter(path -> !inForce.containsKey(path)).forEach(path -> changed.add(shown(path)));
        Set<Path> names = new HashSet<>(inForce.keySet());
        names.addAll(absent);
        names.add(source.dropIns());
        Set<Path> directories = new HashSet<>();
        names.forEach(path -> directories.add(path.getParent()));
        directories.add(source.dropIns());
        return new DiskWatch.OnDisk(names, directories, List.copyOf(changed));
    }

    private boolean differs(Path path, byte[] bytes) {
        try {
            return !Arrays.equals(source.reader().read(path), bytes);
        } catch (IOException ignored) { // gone, or not to be read any more
            return true;
        }
    }

    private List<Path> dropIns() {
        try {
            return source.reader().list(source.dropIns()).stream()
                    .filter(ProjectSource::isDropIn)
                    .toList();
        } catch (IOException ignored) { // apply will say it
            return List.of();
        }
    }

    private String shown(Path path) {
        return path.startsWith(source.directory())
                ? source.directory().relativize(path).toString()
                : path.toString();
    }
}
