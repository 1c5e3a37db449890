package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.Optional;

/**
 * What "/" is in a sandbox.
 *
 * @param directory what becomes the root, an absolute path on the host ({@code /}: the host's own tree); empty = a root
 *     with nothing in it but what is mounted
 */
public record RootSpec(Optional<String> directory, Origin origin) {}
