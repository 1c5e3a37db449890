package dev.ostler.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What one reader makes of part of a service, made once for all services that it cannot tell apart. A reader does the same
 * whenever it gets the same answers, in the same order; so it is watched once, and its result is that of every mapping that
 * has the very same nodes, or nothing, at the keys that it asked for. Services have nodes in common that come from a layer
 * below them. Their problems are the same too, and have been told. A reader that looks at more than keys is never spared.
 *
 * @param <G> what else the reader goes by
 */
final class SharedReading<G, T> {
    /** Those met last: services that have much in common mostly stand together, and one of its own costs no more than these. */
    private static final int MOST = 4;

    private record Known<G, T>(WatchedMap.Answers answers, G given, T result) {}

    private final BiFunction<YamlMap, G, T> reader;
    private final List<Known<G, T>> latest = new ArrayList<>(MOST);

    SharedReading(BiFunction<YamlMap, G, T> reader) {
        this.reader = reader;
    }

    /** Of a reader that goes by nothing else. */
    static <T> SharedReading<Void, T> of(Function<YamlMap, T> reader) {
        return new SharedReading<>((map, nothing) -> reader.apply(map));
    }

    T read(YamlMap map, G given) {
        for (int i = 0; i < latest.size(); i++) {
            Known<G, T> known = latest.get(i);
            if (Objects.equals(known.given(), given) && known.answers().areThoseOf(map)) {
                if (i > 0) {
                    latest.add(0, latest.remove(i));
                }
                return known.result();
            }
        }
        WatchedMap watched = new WatchedMap(map);
        T result = reader.apply(watched, given);
        if (!watched.wasAskedForMore()) {
            if (latest.size() == MOST) {
                latest.remove(MOST - 1);
            }
            latest.add(0, new Known<>(watched.answers(), given, result));
        }
        return result;
    }
}
