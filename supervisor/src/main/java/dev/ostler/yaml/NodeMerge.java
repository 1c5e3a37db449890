package dev.ostler.yaml;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays one partial service over another: mappings merge, everything else replaces, and {@code +key} appends its list to
 * the one below. A {@code +key} that found nothing below yet stays one until {@link #finish}.
 */
final class NodeMerge {
    private final Problems problems;

    /** By what lay above: where the same lay below it, the same comes of it, for each service that extends a profile. */
    private final Map<YamlNode.Entry, Laid> laid = new IdentityHashMap<>();

    private record Laid(YamlNode.Entry below, YamlNode.Entry result) {}

    NodeMerge(Problems problems) {
        this.problems = problems;
    }

    /** Of services: a {@code stop} ladder also replaces the short forms below, which would change it otherwise. */
    YamlNode.Mapping mergeService(YamlNode.Mapping below, YamlNode.Mapping above) {
        if (!above.entries().containsKey("stop")) {
            return merge(below, above);
        }
        LinkedHashMap<String, YamlNode.Entry> kept = below.copy();
        kept.remove("stop_signal");
        kept.remove("stop_grace_period");
        return merge(YamlNode.Mapping.of(below.origin(), kept), above);
    }

    private YamlNode.Mapping merge(YamlNode.Mapping below, YamlNode.Mapping above) {
        boolean appends = below.appends() || above.appends();
        if (!appends && below.entries().isEmpty()) {
            return above;
        }
        LinkedHashMap<String, YamlNode.Entry> merged = below.copy();
        for (YamlNode.Entry entry : above.entries().values()) {
            if (entry.key().startsWith("+")) {
                append(merged, entry);
            } else {
                if (appends) {
                    merged.remove("+" + entry.key());
                }
                YamlNode.Entry old = merged.get(entry.key());
                merged.put(entry.key(), old == null ? entry : overlay(old, entry));
            }
        }
        return YamlNode.Mapping.of(above.origin(), merged);
    }

    private YamlNode.Entry overlay(YamlNode.Entry below, YamlNode.Entry above) {
        if (below.value() instanceof YamlNode.Mapping b && above.value() instanceof YamlNode.Mapping a) {
            Laid known = laid.get(above);
            if (known == null || known.below() != below) {
                known = new Laid(below, new YamlNode.Entry(above.key(), above.origin(), merge(b, a)));
                laid.put(above, known);
            }
            return known.result();
        }
        return above;
    }

    private void append(Map<String, YamlNode.Entry> merged, YamlNode.Entry entry) {
        String plain = entry.key().substring(1);
        String target = merged.containsKey(plain) ? plain : entry.key();
        YamlNode.Entry below = merged.get(target);
        if (below == null) {
            merged.put(target, entry);
        } else if (!(entry.value() instanceof YamlNode.Sequence more)) {
            problems.add(
                    entry.value().origin(),
                    "expected a list to append, found " + entry.value().kind());
        } else if (!(below.value() instanceof YamlNode.Sequence list)) {
            problems.add(
                    entry.origin(),
                    "cannot append to \"" + plain + "\": it is " + below.value().kind() + " at "
                            + below.value().origin());
        } else {
            Laid known = laid.get(entry);
            if (known == null || known.below() != below) {
                List<YamlNode> all = new ArrayList<>(list.items());
                all.addAll(more.items());
                YamlNode.Sequence joined = new YamlNode.Sequence(list.origin(), all);
                known = new Laid(below, new YamlNode.Entry(target, below.origin(), joined));
                laid.put(entry, known);
            }
            merged.put(target, known.result());
        }
    }

    /** What was to be appended to a list that nobody gave becomes the list. */
    YamlNode.Mapping finish(YamlNode.Mapping mapping) {
        if (!mapping.appends()) {
            return mapping;
        }
        LinkedHashMap<String, YamlNode.Entry> finished = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries().values()) {
            YamlNode.Entry done = finish(entry);
            finished.put(done.key(), done);
        }
        return YamlNode.Mapping.of(mapping.origin(), finished);
    }

    private YamlNode.Entry finish(YamlNode.Entry entry) {
        if (entry.key().startsWith("+")) {
            if (!(entry.value() instanceof YamlNode.Sequence)) {
                problems.add(
                        entry.value().origin(),
                        "expected a list to append, found " + entry.value().kind());
            }
            return new YamlNode.Entry(entry.key().substring(1), entry.origin(), entry.value());
        }
        if (entry.value() instanceof YamlNode.Mapping inner) {
            YamlNode.Mapping done = finish(inner);
            return done == inner ? entry : new YamlNode.Entry(entry.key(), entry.origin(), done);
        }
        return entry;
    }
}
