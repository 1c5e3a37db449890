package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.LandlockSpec;
import dev.ostler.spec.LandlockSpec.PathRule;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reads what the process may reach. */
final class LandlockReader {
    private static final int MOST_PORT = 65535;
    private static final List<String> SCOPES = Arrays.stream(LandlockSpec.Scope.values())
            .map(scope -> scope.name().toLowerCase(Locale.ROOT))
            .toList();

    private LandlockReader() {}

    static Optional<LandlockSpec> read(YamlMap sandbox) {
        return sandbox.get("landlock")
                .flatMap(value -> value.map(Schema.LANDLOCK))
                .flatMap(LandlockReader::landlock);
    }

    private static Optional<LandlockSpec> landlock(YamlMap map) {
        Optional<YamlMap> tcp = map.get("tcp").flatMap(value -> value.map(Schema.LANDLOCK_TCP));
        if (tcp.isPresent() && tcp.get().fields().isEmpty()) {
            map.get("tcp").orElseThrow().problem("expected bind or connect");
        }
        String otherwise = map.or("if_unsupported", Scalars.oneOf("choice", List.of("fail", "warn")), "fail");
        LandlockSpec spec = new LandlockSpec(
                map.origin(),
                list(map, "read", LandlockReader::path),
                list(map, "execute", LandlockReader::path),
                list(map, "write", LandlockReader::path),
                list(map, "ioctl_dev", LandlockReader::path),
                tcp.flatMap(ports -> list(ports, "bind", port(0))),
                tcp.flatMap(ports -> list(ports, "connect", port(1))),
                list(map, "scope", item -> item.as(LandlockReader::scope)),
                otherwise.equals("warn") ? IfUnsupported.WARN : IfUnsupported.FAIL);
        if (map.fields().stream().allMatch(field -> field.name().equals("if_unsupported"))) {
            map.context().problems().add(map.origin(), "there is nothing in it that restricts");
            return Optional.empty();
        }
        return Optional.of(spec);
    }

    private static <T> Optional<Located<List<T>>> list(YamlMap map, String key, Function<Yaml, Optional<T>> reader) {
        Optional<Yaml> list = map.get(key);
        List<T> items = new ArrayList<>();
        for (Yaml item : map.list(key)) {
            reader.apply(item).ifPresent(items::add);
        }
        return list.map(value -> new Located<>(List.copyOf(items), value.origin()));
    }

    private static Optional<PathRule> path(Yaml item) {
        if (item.isText()) {
            return item.located(from(item.context().directory())).map(p -> new PathRule(p.value(), false, p.origin()));
        }
        if (!item.isMapping()) {
            item.wrongKind("a path or a mapping");
            return Optional.empty();
        }
        return item.map(Schema.LANDLOCK_PATH).flatMap(map -> {
            if (!map.has("path")) {
                map.missing("path");
            }
            boolean optional = map.or("optional", Scalars::bool, false);
            return map.located("path", from(map.context().directory()))
                    .map(p -> new PathRule(p.value(), optional, p.origin()));
        });
    }

    /** Otherwise as it is written: with symbolic links on the way, {@code a/..} is not always where it seems. */
    private static TextParser<String> from(Path directory) {
        return text -> {
            try {
                Path path = Path.of(Scalars.nonEmpty(text));
                return path.isAbsolute()
                        ? text
                        : text.equals(".")
                                ? directory.toString()
                                : directory.resolve(path).toString();
            } catch (InvalidPathException e) {
                throw new BadValue("\"" + text + "\" is not a path here: " + e.getReason());
            }
        };
    }

    private static Function<Yaml, Optional<Located<Integer>>> port(int lowest) {
        return item -> item.located(Scalars.integer(lowest, MOST_PORT));
    }

    private static LandlockSpec.Scope scope(String text) throws BadValue {
        String known = Scalars.oneOf("scope", SCOPES).parse(text);
        return LandlockSpec.Scope.valueOf(known.toUpperCase(Locale.ROOT));
    }
}
