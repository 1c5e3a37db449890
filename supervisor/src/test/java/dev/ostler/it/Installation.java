package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;

/** The installation that the build has made, at a place that every user can reach. */
final class Installation {
    private static final Path BUILT = Path.of("target/ostler").toAbsolutePath();
    private static final Path REACHABLE = isReachable(BUILT) ? BUILT : copyToTemporary();

    private Installation() {}

    /** The build's own where others may enter its folder, else a copy for the time of the tests. */
    static Path home() {
        return REACHABLE;
    }

    /** Where the build has put it, with the archive beside it; perhaps out of other users' reach. */
    static Path built() {
        return BUILT;
    }

    private static boolean isReachable(Path home) {
        try {
            for (Path at = home; at != null; at = at.getParent()) {
                if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return Files.getPosixFilePermissions(home.resolve("lib/jvm-17.args"))
                    .contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copyToTemporary() {
        try {
            Path target = Files.createTempDirectory("ostler-it-home-");
            copy(BUILT, target);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(target)));
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a tree; everybody may read it, and execute what was executable. */
    static void copy(Path source, Path target) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path copy = target.resolve(source.relativize(directory));
                Files.createDirectories(copy);
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = target.resolve(source.relativize(file));
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES); // archives know their jars by the time
                Files.setPosixFilePermissions(
                        copy, PosixFilePermissions.fromString(Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--"));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void delete(Path tree) {
        try (var files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
