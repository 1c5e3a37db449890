package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    final class Mapping implements YamlNode {
        private final Origin origin;
        private final Map<String, Entry> entries;
        private Boolean appends; // unknown at first

        Mapping(Origin origin, Map<String, Entry> entries) {
            this(entries.isEmpty() ? Map.of() : new LinkedHashMap<>(entries), origin);
        }

        private Mapping(Map<String, Entry> entries, Origin origin) {
            this.origin = origin;
            this.entries = entries;
        }

        /** The entries are not copied: nobody changes them from here on. */
        static Mapping of(Origin origin, LinkedHashMap<String, Entry> entries) {
            return new Mapping(entries, origin);
        }

        /** The same entries as those of another place. */
        Mapping at(Origin other) {
            return new Mapping(entries, other);
        }

        @Override
        public Origin origin() {
            return origin;
        }

        Map<String, Entry> entries() {
            return Collections.unmodifiableMap(entries);
        }

        /** Entries for another mapping to begin with. */
        LinkedHashMap<String, Entry> copy() {
            return new LinkedHashMap<>(entries);
        }

        Optional<Entry> entry(String key) {
            return Optional.ofNullable(entries.get(key));
        }

        /** What is written at the key; null where nothing is. */
        YamlNode value(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        /** Whether some {@code +key} is in it or in a mapping below it. */
        boolean appends() {
            if (appends == null) {
                appends = false;
                for (Entry entry : entries.values()) {
                    appends |= entry.key().startsWith("+") || entry.value() instanceof Mapping inner && inner.appends();
                }
            }
            return appends;
        }

        @Override
        public String kind() {
            return "a mapping";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Mapping mapping && origin.equals(mapping.origin) && entries.equals(mapping.entries);
        }

        @Override
        public int hashCode() {
            return Objects.hash(origin, entries);
        }
    }

    /**
     * One key with its value.
     *
     * @param origin of the key
     */
    record Entry(String key, Origin origin, YamlNode value) {}
}
