package dev.ostler.yaml;

import dev.ostler.base.ErrnoText;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads each file of a project once, and remembers what was read for the snapshot. */
final class ProjectFiles {
    private final ProjectSource source;
    private final Set<Path> absent = new LinkedHashSet<>();
    private final Map<Path, byte[]> contents = new LinkedHashMap<>();

    ProjectFiles(ProjectSource source) {
        this.source = source;
    }

    byte[] read(Path path) throws IOException {
        byte[] known = contents.get(path);
        if (known == null) {
            known = source.reader().read(path);
            contents.put(path, known);
        }
        return known;
    }

    /** Nothing when there is no such file; other failures are thrown. */
    Optional<byte[]> readIfThere(Path path) throws IOException {
        try {
            return Optional.of(read(path));
        } catch (NoSuchFileException ignored) { // this place has no such profile, another one may
            absent.add(path);
            return Optional.empty();
        } catch (FileSystemException e) {
            if (ErrnoText.of(e).equals("ENOTDIR (Not a directory)")) {
                absent.add(path);
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The drop-ins, in the order in which they are laid over the project file: by name. */
    List<Path> dropIns() throws IOException {
        return source.reader().list(source.dropIns()).stream()
                .filter(ProjectSource::isDropIn)
                .sorted()
                .toList();
    }

    /** What was looked for and is not there. */
    List<Path> absent() {
        return List.copyOf(absent);
    }

    List<ReadFile> all() {
        List<ReadFile> files = new ArrayList<>();
        contents.forEach((path, bytes) -> files.add(new ReadFile(path, bytes)));
        return files;
    }

    /** Relative to the project's directory inside of it; shipped profiles as {@code <shipped>/NAME.yaml}. */
    String display(Path path) {
        if (path.equals(source.file())) {
            return source.displayName();
        }
        if (path.startsWith(source.shippedProfiles())) {
            return "<shipped>/" + source.shippedProfiles().relativize(path);
        }
        return path.startsWith(source.directory())
                ? source.directory().relativize(path).toString()
                : path.toString();
    }

    /** {@code cannot read "web.env": open: ENOENT (No such file or directory)}. */
    String cannotRead(Path path, IOException e) {
        String errno = ErrnoText.of(e);
        String call = errno.startsWith("EISDIR") ? "read" : "open";
        return "cannot read \"" + display(path) + "\": " + call + ": " + errno;
    }
}
