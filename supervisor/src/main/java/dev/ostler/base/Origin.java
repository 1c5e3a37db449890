package dev.ostler.base;

import java.util.Objects;

/**
 * Where in a YAML file something was asked for. Line and column count from 1; the file is relative to the project
 * directory where it lies inside it.
 *
 * @param file file name as shown to people
 * @param line line, from 1
 * @param column column, from 1
 * @param key dotted path of the key, for example {@code services.web.depends_on[0]}
 */
public record Origin(String file, int line, int column, String key) {
    /** For things that no line asked for: built-in defaults. */
    public static final Origin BUILT_IN = new Origin("built-in", 0, 0, "");

    public Origin {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(key, "key");
    }

    /** {@code web.yaml:14:9 (services.web.sandbox)}; {@code built-in default} when nobody asked. */
    @Override
    public String toString() {
        if (line == 0) {
            return key.isEmpty() ? "built-in default" : "built-in default (" + key + ")";
        }
        return file + ":" + line + ":" + column + (key.isEmpty() ? "" : " (" + key + ")");
    }
}
