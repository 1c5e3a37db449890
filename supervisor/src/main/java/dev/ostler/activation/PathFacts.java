package dev.ostler.activation;

import dev.ostler.spec.Trigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is at the paths of a trigger. Immutable; made on a thread that may wait for a disk.
 *
 * @param holds what is waited for is there
 * @param mark differs when something has changed
 */
public record PathFacts(boolean holds, long mark) {
    private static final String ATTRIBUTES = "unix:dev,ino,mode,size,lastModifiedTime,ctime";
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    public static PathFacts of(Trigger.AtPath trigger) {
        return switch (trigger.kind()) {
            case PATH_EXISTS -> new PathFacts(trigger.paths().stream().anyMatch(Files::exists), 0);
            case DIRECTORY_NOT_EMPTY -> new PathFacts(trigger.paths().stream().anyMatch(PathFacts::hasEntries), 0);
            case PATH_CHANGED ->
                new PathFacts(
                        false,
                        hash(trigger.paths().stream().map(PathFacts::state).collect(Collectors.joining("\0"))));
        };
    }

    private static boolean hasEntries(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return entries.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException ignored) { // there is none, or it is not ours to see
            return false;
        }
    }

    /** Of a directory also what is in it, in whatever order. */
    private static String state(Path path) {
        if (!Files.isDirectory(path)) {
            return attributes(path);
        }
        long sum = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                sum += hash(entry.getFileName() + "\0" + attributes(entry, LinkOption.NOFOLLOW_LINKS));
            }
        } catch (IOException | DirectoryIteratorException ignored) { // gone, or changing: its own state tells
            sum = -1;
        }
        return attributes(path) + "\0" + sum;
    }

    private static String attributes(Path path, LinkOption... options) {
        try {
            Map<String, Object> values = Files.readAttributes(path, ATTRIBUTES, options);
            return values.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(Object::toString)
                    .collect(Collectors.joining(" "));
        } catch (IOException ignored) { // there is none
            return "-";
        }
    }

    /** FNV-1a. */
    static long hash(String text) {
        long hash = FNV_OFFSET;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
