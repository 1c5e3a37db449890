package dev.ostler.output;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.LogSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The log files of a project whose supervisor has ended: nobody writes to them. Any thread. */
public final class StoredLogs {
    private static final String ENDING = ".log";

    private final Path directory;

    public StoredLogs(Path directory) {
        this.directory = directory;
    }

    /** The services that have written, by name; none when there is no such directory. */
    public List<ServiceName> services() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .filter(ServiceName::isValid) // the supervisor's own is none
                    .map(ServiceName::new)
                    .sorted()
                    .toList();
        }
    }

    /** The last {@code lines} lines of a service, oldest first, in pieces of whole lines, each line with its newline. */
    public void read(ServiceName service, int lines, Consumer<String> pieces) throws IOException {
        Path path = directory.resolve(service + ENDING);
        LogSpec spec = new LogSpec(LogSpec.DEFAULT.rotateSize(), rotatedAway(path), true);
        try (RotatingFile file = new RotatingFile(path, spec);
                FileCursor cursor = new FileCursor(file, lines)) {
            Optional<String> piece = cursor.next();
            while (piece.isPresent()) {
                pieces.accept(piece.get());
                piece = cursor.next();
            }
        }
    }

    /** The highest number behind the file's name: how many were kept is in a YAML that may have changed. */
    private static int rotatedAway(Path path) throws IOException {
        String prefix = path.getFileName() + ".";
        try (Stream<Path> files = Files.list(path.getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .map(name -> name.substring(prefix.length()))
                    .filter(number -> number.matches("[1-9]\\d{0,5}"))
                    .mapToInt(Integer::parseInt)
                    .max()
                    .orElse(0);
        }
    }
}
