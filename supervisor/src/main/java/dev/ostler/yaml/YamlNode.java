package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A YAML value as written, with its origin; anchors, aliases and merge keys are already resolved. Immutable. */
sealed interface YamlNode {
    Origin origin();

    /** What messages call it: {@code text}, {@code nothing}, {@code a list}, {@code a mapping}. */
    String kind();

    /**
     * Text as written, before {@code ${}}.
     *
     * @param absent nothing was written ({@code key:} or {@code ~})
     */
    record Scalar(Origin origin, String text, boolean absent) implements YamlNode {
        public Scalar(Origin origin, String text) {
            this(origin, text, false);
        }

        @Override
        public String kind() {
            return absent ? "nothing" : "text";
        }
    }

    record Sequence(Origin origin, List<YamlNode> items) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Entries by key, in the order of the file. */
    record Mapping(Origin origin, Map<String, Entry> entries) implements YamlNode {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        Optional<Entry> entry(String key) {
            return Optional.ofNullable(entries.get(key));
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /**
     * One key with its value.
     *
     * @param origin of the key
     */
    record Entry(String key, Origin origin, YamlNode value) {}
}
