package dev.ostler.base;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A project's name in the file system, the same as the native part gives it. Pure. */
public final class ProjectHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private ProjectHash() {}

    /** FNV-1a, 64 bits, of the real path of the project's directory; 16 hex digits. */
    public static String of(Path directory) {
        long hash = FNV_OFFSET;
        for (byte b : directory.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return String.format("%016x", hash);
    }
}
