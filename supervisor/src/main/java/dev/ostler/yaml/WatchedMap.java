package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A cursor that remembers what was asked of it, and the answers. */
final class WatchedMap extends YamlMap {
    private final List<String> keys = new ArrayList<>();
    private final List<YamlNode> values = new ArrayList<>();
    private boolean more;

    WatchedMap(YamlMap watched) {
        super(watched);
    }

    /** Keys, and what was there: null where nothing was. */
    record Answers(String[] keys, YamlNode[] values) {
        /** Whether another mapping gives the very same nodes. */
        boolean areThoseOf(YamlMap other) {
            for (int i = 0; i < keys.length; i++) {
                if (other.value(keys[i]) != values[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    @Override
    YamlNode value(String key) {
        YamlNode value = super.value(key);
        keys.add(key);
        values.add(value);
        return value;
    }

    @Override
    Collection<YamlNode.Entry> entries() {
        more = true;
        return super.entries();
    }

    @Override
    Origin origin() {
        more = true;
        return super.origin();
    }

    /** Whether it was asked for more than values of keys: something that no other mapping has in common with it. */
    boolean wasAskedForMore() {
        return more;
    }

    Answers answers() {
        return new Answers(keys.toArray(String[]::new), values.toArray(YamlNode[]::new));
    }
}
