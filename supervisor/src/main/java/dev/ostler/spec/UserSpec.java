package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.Optional;

/**
 * The user a service runs as.
 *
 * @param user name or number
 * @param group name or number; empty = the user's own group
 */
public record UserSpec(String user, Optional<String> group, IfUnsupported ifUnsupported, Origin origin) {}
