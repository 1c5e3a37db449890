package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.BlkioSpec;
import dev.ostler.spec.BlkioSpec.Kind;
import dev.ostler.spec.BlkioSpec.Rate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code blkio_config}. */
final class BlkioReader {
    private static final int LEAST_WEIGHT = 10;
    private static final int MOST_WEIGHT = 1000;

    private BlkioReader() {}

    static BlkioSpec read(YamlMap service) {
        Optional<YamlMap> map = service.get("blkio_config").flatMap(value -> value.map(Schema.BLKIO));
        if (map.isEmpty()) {
            return BlkioSpec.NONE;
        }
        List<Rate> rates = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            Optional<Yaml> list = map.get().get("device_" + kind.name().toLowerCase(Locale.ROOT));
            list.ifPresent(
                    value -> value.list().forEach(item -> rate(kind, item).ifPresent(rates::add)));
        }
        return new BlkioSpec(map.get().located("weight", Scalars.integer(LEAST_WEIGHT, MOST_WEIGHT)), rates);
    }

    private static Optional<Rate> rate(Kind kind, Yaml item) {
        Optional<YamlMap> map = item.map(Schema.BLKIO_RATE);
        if (map.isEmpty()) {
            return Optional.empty();
        }
        for (String key : Schema.BLKIO_RATE.keys()) {
            if (!map.get().has(key)) {
                map.get().missing(key);
            }
        }
        boolean bytes = kind == Kind.READ_BPS || kind == Kind.WRITE_BPS;
        Optional<Located<Path>> path = map.get().located("path", BlkioReader::device);
        Optional<Located<Long>> rate = bytes
                ? map.get().located("rate", text -> Sizes.parsePositive(text).bytes())
                : map.get().located("rate", Scalars.wholeNumber(1, Integer.MAX_VALUE));
        if (path.isEmpty() || rate.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Rate(
                kind, path.get().value(), rate.get().value(), path.get().origin()));
    }

    private static Path device(String text) throws BadValue {
        if (!text.startsWith("/")) {
            throw new BadValue("\"" + text + "\" is not the absolute path of a device file");
        }
        return Path.of(text);
    }
}
