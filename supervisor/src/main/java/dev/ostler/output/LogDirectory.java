package dev.ostler.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** Where a project's logs go: $XDG_STATE_HOME/ostler, /var/log/ostler for root, ~/.local/state/ostler otherwise. */
public final class LogDirectory {
    private LogDirectory() {}

    /**
     * Made when it is not there.
     *
     * @param project 16 hex digits that stand for the project's directory
     * @return empty when it cannot be made or written to
     */
    public static Optional<Path> open(Map<String, String> environment, long uid, String project) {
        return of(environment, uid, project).filter(LogDirectory::make);
    }

    /** Where it is, or would be; empty when the environment of a plain user names no place. */
    public static Optional<Path> of(Map<String, String> environment, long uid, String project) {
        return base(environment, uid).map(base -> base.resolve("ostler").resolve(project));
    }

    private static Optional<Path> base(Map<String, String> environment, long uid) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        if (state.startsWith("/")) {
            return Optional.of(Path.of(state));
        }
        if (uid == 0) {
            return Optional.of(Path.of("/var/log"));
        }
        String home = environment.getOrDefault("HOME", "");
        return home.startsWith("/") ? Optional.of(Path.of(home, ".local", "state")) : Optional.empty();
    }

    private static boolean make(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
            return Files.isWritable(directory);
        } catch (IOException ignored) { // read-only, or somebody else's: the caller says so
            return false;
        }
    }
}
