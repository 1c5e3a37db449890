package dev.ostler.cli;

import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ReadFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;

/**
 * What a plan was made from, one line each, for the native program to look at before it uses the plan again
 * (launcher-native/src/cache.h). Stateless.
 */
final class PlanInputs {
    /** The user database, which a plan takes ids from. */
    private static final List<Path> ALWAYS = List.of(
            Path.of("/etc/passwd"), Path.of("/etc/group"), Path.of("/etc/nsswitch.conf"), Path.of("/etc/subuid"));

    private static final long NANOS = 1_000_000_000L;

    private PlanInputs() {}

    /** @param synthetic name of the file that stands for the command line */
    static byte[] of(LoadResult.Loaded loaded, Map<String, String> environment, String synthetic) throws IOException {
        StringBuilder out = new StringBuilder();
        for (Path path : ALWAYS) {
            add(out, path);
        }
        for (ReadFile file : loaded.files()) {
            if (!file.path().endsWith(synthetic)) {
                add(out, file.path());
            }
        }
        loaded.absent().forEach(path -> out.append("A ").append(path).append('\n'));
        for (String name : loaded.variables()) {
            String value = environment.get(name);
            out.append(value == null ? "U " + name : "V " + name + "=" + value).append('\n');
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(StringBuilder out, Path path) throws IOException {
        if (!Files.exists(path)) {
            out.append("A ").append(path).append('\n');
            return;
        }
        Map<String, Object> unix = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime");
        out.append("F ")
                .append(unix.get("dev"))
                .append(' ')
                .append(unix.get("ino"))
                .append(' ')
                .append(unix.get("size"))
                .append(' ')
                .append(nanos(unix.get("lastModifiedTime")))
                .append(' ')
                .append(nanos(unix.get("ctime")))
                .append(' ')
                .append(path)
                .append('\n');
    }

    private static long nanos(Object time) {
        var instant = ((FileTime) time).toInstant();
        return instant.getEpochSecond() * NANOS + instant.getNano();
    }
}
