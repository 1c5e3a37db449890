package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.nio.file.Path;

/**
 * A directory that is made before a launch when it is missing; one that exists is left as it is.
 *
 * @param path absolute
 * @param mode permission bits
 */
public record DirectorySpec(Path path, int mode, Origin origin) {}
