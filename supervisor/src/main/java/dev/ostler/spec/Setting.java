package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.Objects;

/**
 * One value that the YAML gives a service, after all layers were merged.
 *
 * @param key path below the service: {@code restart.policy}, {@code environment.PORT}
 * @param value as written, with every {@code ${}} replaced; a list of texts is one value
 * @param hidden it may hold a secret and is never shown
 */
public record Setting(String key, String value, boolean hidden, Origin origin) {
    public Setting {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(origin, "origin");
    }
}
