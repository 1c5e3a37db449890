package dev.ostler.plan;

import dev.ostler.spec.NamespaceType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Flags of mounts and namespaces, as numbers (linux/mount.h, launcher-native/src/ops.h) and as words. */
final class MountWords {
    static final long RDONLY = 1;
    static final long NOSUID = 2;
    static final long NODEV = 4;
    static final long NOEXEC = 8;
    static final long RECURSIVE = 1 << 24;
    static final long OPTIONAL = 1 << 25;
    static final long FROM_ROOT = 1 << 26;

    private static final Map<Long, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put(RDONLY, "ro");
        NAMES.put(NOSUID, "nosuid");
        NAMES.put(NODEV, "nodev");
        NAMES.put(NOEXEC, "noexec");
        NAMES.put(RECURSIVE, "recursive");
        NAMES.put(OPTIONAL, "optional");
        NAMES.put(FROM_ROOT, "from the new root");
    }

    private MountWords() {}

    /** With a space in front, empty when there are none. */
    static String attributes(long flags) {
        String words = NAMES.entrySet().stream()
                .filter(entry -> (flags & entry.getKey()) != 0)
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(","));
        return words.isEmpty() ? "" : " " + words;
    }

    static String options(List<String> options) {
        return options.isEmpty() ? "" : " " + String.join(",", options);
    }

    static String namespaces(long flags) {
        String words = Arrays.stream(NamespaceType.values())
                .filter(type -> (flags & type.flag()) != 0)
                .map(NamespaceType::key)
                .collect(Collectors.joining(","));
        return words.isEmpty() ? "none" : words;
    }
}
