package dev.ostler.yaml;

import java.nio.file.Path;

/**
 * A file that was read, with the bytes the result was made from; they are shared, not copied.
 *
 * @param path absolute and normalized
 */
public record ReadFile(Path path, byte[] bytes) {}
