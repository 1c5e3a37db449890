package dev.ostler.linux;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One mount of a mount namespace.
 *
 * @param parent id of the mount it is on
 * @param device of its file system, major in the upper, minor in the lower 32 bits
 * @param type of its file system, {@code tmpfs}
 * @param root which part of the file system it shows
 * @param point where it is, as the root directory of the namespace sees it
 * @param attributes MOUNT_ATTR_RDONLY and so on; read-only also where the file system is
 */
public record Mount(long id, long parent, long device, String type, String root, String point, long attributes) {
    private static final Map<Integer, String> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put(LinuxConstants.MOUNT_ATTR_NOSUID, "nosuid");
        WORDS.put(LinuxConstants.MOUNT_ATTR_NODEV, "nodev");
        WORDS.put(LinuxConstants.MOUNT_ATTR_NOEXEC, "noexec");
        WORDS.put(LinuxConstants.MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow");
    }

    public boolean has(long asked) {
        return (attributes & asked) == asked;
    }

    /** {@code tmpfs rw,nosuid,nodev}. */
    public String text() {
        return type + " " + words(attributes);
    }

    /** {@code ro,noexec}; {@code rw} when there is none. */
    public static String words(long attributes) {
        List<String> words = new ArrayList<>();
        words.add((attributes & LinuxConstants.MOUNT_ATTR_RDONLY) != 0 ? "ro" : "rw");
        WORDS.forEach((bit, word) -> {
            if ((attributes & bit) != 0) {
                words.add(word);
            }
        });
        return String.join(",", words);
    }

    /** The bit of a word of mount(8); 0 for those that say something else. */
    static long bit(String word) {
        return word.equals("ro")
                ? LinuxConstants.MOUNT_ATTR_RDONLY
                : WORDS.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(word))
                        .mapToLong(Map.Entry::getKey)
                        .findFirst()
                        .orElse(0);
    }
}
