package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.spec.LimitsSpec;
import dev.ostler.spec.UlimitSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads limits and scheduling of the process. */
final class LimitsReader {
    private LimitsReader() {}

    static LimitsSpec read(YamlMap service) {
        return new LimitsSpec(
                ulimits(service),
                service.located("nice", Scalars.integer(-20, 19)),
                service.located("oom_score_adj", Scalars.integer(-1000, 1000)),
                service.get("cpu_affinity").flatMap(value -> numbers(value, CpuList::parse, "CPU")),
                ResourceReader.read(service));
    }

    private static List<UlimitSpec> ulimits(YamlMap service) {
        List<UlimitSpec> ulimits = new ArrayList<>();
        Optional<YamlMap> map = service.get("ulimits").flatMap(value -> value.map(Schema.ULIMITS));
        for (YamlMap.Field field : map.map(YamlMap::fields).orElse(List.of())) {
            if (Schema.ULIMITS.keys().contains(field.name())) {
                var resource = UlimitSpec.Resource.valueOf(field.name().toUpperCase(Locale.ROOT));
                ulimit(resource, field).ifPresent(ulimits::add);
            }
        }
        return ulimits;
    }

    private static Optional<UlimitSpec> ulimit(UlimitSpec.Resource resource, YamlMap.Field field) {
        Origin origin = field.value().origin();
        if (field.value().isText()) {
            return field.value().as(LimitsReader::limit).map(n -> new UlimitSpec(resource, n, n, origin));
        }
        return field.value().map(Schema.ULIMIT).flatMap(map -> softAndHard(resource, map, field.value()));
    }

    private static Optional<UlimitSpec> softAndHard(UlimitSpec.Resource resource, YamlMap map, Yaml value) {
        for (String key : Schema.ULIMIT.keys()) {
            if (!map.has(key)) {
                map.missing(key);
            }
        }
        Optional<Located<Long>> soft = map.located("soft", LimitsReader::limit);
        Optional<Located<Long>> hard = map.located("hard", LimitsReader::limit);
        if (soft.isEmpty() || hard.isEmpty()) {
            return Optional.empty();
        }
        // Unsigned, as the kernel compares them: INFINITY is the largest.
        if (Long.compareUnsigned(soft.get().value(), hard.get().value()) > 0) {
            value.problem("the soft limit is above the hard limit");
        }
        return Optional.of(
                new UlimitSpec(resource, soft.get().value(), hard.get().value(), value.origin()));
    }

    private static long limit(String text) throws BadValue {
        if (text.equals("unlimited")) {
            return UlimitSpec.INFINITY;
        }
        try {
            return Scalars.wholeNumber(0, Long.MAX_VALUE).parse(text);
        } catch (BadValue ignored) { // said in the words of limits
            throw new BadValue("\"" + text + "\" is not a limit; write a whole number or unlimited");
        }
    }

    /** A number, a text like the kernel's lists, or a list of these. */
    static Optional<Located<List<Integer>>> numbers(Yaml value, TextParser<SortedSet<Integer>> parser, String item) {
        SortedSet<Integer> numbers = new TreeSet<>();
        if (value.isList()) {
            value.list().forEach(part -> part.as(parser).ifPresent(numbers::addAll));
            if (value.list().isEmpty()) {
                value.problem("expected at least one " + item);
            }
        } else if (value.isText()) {
            value.as(parser).ifPresent(numbers::addAll);
        } else {
            value.wrongKind("a " + item + " list");
        }
        return numbers.isEmpty() ? Optional.empty() : Optional.of(new Located<>(List.copyOf(numbers), value.origin()));
    }
}
