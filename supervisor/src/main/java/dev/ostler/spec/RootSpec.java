package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What "/" is in a sandbox.
 *
 * @param directory what becomes the root, an absolute path on the host ({@code /}: the host's own tree); empty = a root
 *     with nothing in it but what is mounted
 * @param overlay directories that lie one upon the other, in place of a directory
 */
public record RootSpec(Optional<String> directory, Optional<Overlay> overlay, Origin origin) {
    /** A root that is no overlay. */
    public RootSpec(Optional<String> directory, Origin origin) {
        this(directory, Optional.empty(), origin);
    }

    /**
     * An overlay of directories of the host, by their absolute paths.
     *
     * @param lower the topmost first
     * @param upper where changes go; empty = to memory, until the end of the run
     * @param work where the kernel prepares them; there if and only if {@code upper} is
     * @param sizeBytes of what may be changed in memory
     */
    public record Overlay(List<String> lower, Optional<String> upper, Optional<String> work, OptionalLong sizeBytes) {
        public Overlay {
            lower = List.copyOf(lower);
        }
    }
}
