package dev.ostler.spec;

import dev.ostler.base.Origin;

/**
 * One variable of a service's environment.
 *
 * @param hidden the value came from an env file or a {@code ${}} and is printed as {@code ***}
 */
public record EnvironmentVariable(String name, String value, boolean hidden, Origin origin) {}
