package dev.ostler.activation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The symbolic links that a path leads through, as path_resolution(7) does. Immutable; made on a thread that may wait for a disk.
 *
 * @param links none has another one above it
 * @param end where they lead, whether there is something or not
 */
record LinkedPath(List<Path> links, Path end) {
    private static final int MOST_LINKS = 40;

    LinkedPath {
        links = List.copyOf(links);
    }

    /** @param path an absolute one */
    static LinkedPath of(Path path) {
        List<Path> links = new ArrayList<>();
        Path end = path;
        Path at = path.getRoot();
        for (int i = 0; i < end.getNameCount() && links.size() < MOST_LINKS; i++) {
            at = at.resolve(end.getName(i));
            if (Files.isSymbolicLink(at)) {
                links.add(at);
                end = through(at, end);
                at = end.getRoot();
                i = -1; // from its beginning
            }
        }
        return new LinkedPath(links, end);
    }

    private static Path through(Path link, Path path) {
        try {
            Path target = link.resolveSibling(Files.readSymbolicLink(link));
            return target.resolve(link.relativize(path)).normalize();
        } catch (IOException ignored) { // replaced meanwhile: its watch tells, and it is looked at again
            return path;
        }
    }
}
