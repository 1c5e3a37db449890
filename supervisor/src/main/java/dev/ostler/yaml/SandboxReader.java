package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.UserNamespaceSpec;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads what the process is kept away from. */
final class SandboxReader {
    private static final long MOST_ID = 0xfffffffeL;
    private static final int MOST_NAME = 64;
    private static final String OF_SERVICE = "service:";

    private SandboxReader() {}

    static SandboxSpec read(YamlMap service) {
        return service.get("sandbox")
                .flatMap(value -> value.map(Schema.SANDBOX))
                .map(SandboxReader::sandbox)
                .orElse(SandboxSpec.NONE);
    }

    private static SandboxSpec sandbox(YamlMap map) {
        return new SandboxSpec(
                namespaces(map),
                map.located("init", Scalars::bool),
                map.get("user_namespace").flatMap(SandboxReader::userNamespace),
                join(map),
                map.get("time").flatMap(SandboxReader::time),
                map.get("root").flatMap(SandboxReader::root),
                map.located("read_only", Scalars::bool),
                MountReader.read(map),
                paths(map, "mask"),
                paths(map, "read_only_paths"),
                map.located("hostname", SandboxReader::name),
                map.located("domainname", SandboxReader::name),
                sysctls(map),
                NetworkReader.read(map),
                LandlockReader.read(map),
                map.get("seccomp").flatMap(SeccompReader::read));
    }

    private static List<Located<NamespaceType>> namespaces(YamlMap map) {
        List<Located<NamespaceType>> types = new ArrayList<>();
        for (Yaml item : map.list("namespaces")) {
            item.located(SandboxReader::namespace).ifPresent(types::add);
        }
        return types;
    }

    private static NamespaceType namespace(String text) throws BadValue {
        return NamespaceType.ofKey(
                Scalars.oneOf("namespace", NamespaceType.keys()).parse(text));
    }

    private static List<SandboxSpec.Join> join(YamlMap map) {
        List<SandboxSpec.Join> joined = new ArrayList<>();
        Optional<YamlMap> types = map.get("join").flatMap(value -> value.map(Schema.JOIN));
        for (YamlMap.Field field : types.map(YamlMap::fields).orElse(List.of())) {
            if (Schema.JOIN.keys().contains(field.name())) {
                NamespaceType type = NamespaceType.ofKey(field.name());
                Origin origin = field.value().origin();
                field.value().as(text -> joined(type, text, origin)).ifPresent(joined::add);
            }
        }
        return joined;
    }

    private static SandboxSpec.Join joined(NamespaceType type, String text, Origin origin) throws BadValue {
        if (!text.startsWith(OF_SERVICE)) {
            return new SandboxSpec.Join(type, absolute(text), origin);
        }
        String name = text.substring(OF_SERVICE.length());
        if (!ServiceName.isValid(name)) {
            throw new BadValue("\"" + name + "\" is not the name of a service");
        }
        if (type == NamespaceType.MOUNT) {
            throw new BadValue("the mount namespace of a service cannot be joined");
        }
        return new SandboxSpec.Join(type, new ServiceName(name), origin);
    }

    private static Optional<UserNamespaceSpec> userNamespace(Yaml value) {
        return value.map(Schema.USER_NAMESPACE)
                .map(map -> new UserNamespaceSpec(
                        id(map, "uid"),
                        id(map, "gid"),
                        idMap(map.list("uid_map")),
                        idMap(map.list("gid_map")),
                        map.located("nested", Scalars::bool),
                        value.origin()));
    }

    private static OptionalLong id(YamlMap map, String key) {
        return map.get(key)
                .flatMap(value -> value.as(Scalars.wholeNumber(0, MOST_ID)))
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    static List<IdRange> idMap(List<Yaml> items) {
        List<IdRange> ranges = new ArrayList<>();
        for (Yaml item : items) {
            item.as(SandboxReader::idRange)
                    .map(numbers -> new IdRange(numbers.get(0), numbers.get(1), numbers.get(2), item.origin()))
                    .ifPresent(ranges::add);
        }
        return ranges;
    }

    /** As /proc/PID/uid_map writes them: inside, outside, count. */
    private static List<Long> idRange(String text) throws BadValue {
        String[] words = text.strip().split("\\s+");
        if (words.length != 3) {
            throw new BadValue("\"" + text + "\" is not an id range; write \"INSIDE OUTSIDE COUNT\"");
        }
        TextParser<Long> id = Scalars.wholeNumber(0, MOST_ID);
        return List.of(
                id.parse(words[0]),
                id.parse(words[1]),
                Scalars.wholeNumber(1, MOST_ID + 1).parse(words[2]));
    }

    private static Optional<SandboxSpec.TimeOffsets> time(Yaml value) {
        return value.map(Schema.TIME)
                .map(map -> new SandboxSpec.TimeOffsets(
                        map.or("monotonic", SandboxReader::seconds, Duration.ZERO),
                        map.or("boottime", SandboxReader::seconds, Duration.ZERO),
                        value.origin()));
    }

    private static Duration seconds(String text) throws BadValue {
        Duration duration = Durations.parse(text);
        if (duration.toMillis() % 1000 != 0) {
            throw new BadValue("\"" + text + "\" is not in whole seconds");
        }
        return duration;
    }

    private static Optional<RootSpec> root(Yaml value) {
        if (value.isMapping()) {
            return value.map(Schema.ROOT).flatMap(map -> overlay(map, value.origin()));
        }
        Path directory = value.context().directory();
        return value.as(text -> switch (text) {
                    case "host" -> Optional.of("/");
                    case "empty" -> Optional.<String>empty();
                    default -> Optional.of(Scalars.pathIn(directory).parse(text).toString());
                })
                .map(path -> new RootSpec(path, value.origin()));
    }

    private static Optional<RootSpec> overlay(YamlMap map, Origin origin) {
        TextParser<Path> path = Scalars.pathIn(map.context().directory());
        List<String> lower = map.list("overlay").stream()
                .flatMap(item -> item.as(path).stream())
                .map(Path::toString)
                .toList();
        Optional<String> upper =
                map.get("upper").flatMap(value -> value.as(path)).map(Path::toString);
        Optional<String> work = map.get("work").flatMap(value -> value.as(path)).map(Path::toString);
        OptionalLong size = map.get("size")
                .flatMap(value -> value.as(Sizes::parsePositive))
                .map(bytes -> OptionalLong.of(bytes.bytes()))
                .orElse(OptionalLong.empty());
        if (!map.has("overlay")) {
            map.missing("overlay");
        } else if (map.list("overlay").isEmpty()) {
            map.get("overlay").ifPresent(value -> value.problem("an overlay needs a directory"));
        }
        if (map.has("upper") != map.has("work")) {
            map.context().problems().add(origin, "\"upper\" and \"work\" belong together");
        }
        if (map.has("upper") && map.has("size")) {
            map.get("size").ifPresent(value -> value.problem("\"size\" does not go with \"upper\""));
        }
        return Optional.of(
                new RootSpec(Optional.empty(), Optional.of(new RootSpec.Overlay(lower, upper, work, size)), origin));
    }

    private static List<Located<String>> paths(YamlMap map, String key) {
        List<Located<String>> paths = new ArrayList<>();
        for (Yaml item : map.list(key)) {
            item.located(SandboxReader::absolute).ifPresent(paths::add);
        }
        return paths;
    }

    /** A path inside of the sandbox, or one that means the same for everybody. */
    static String absolute(String text) throws BadValue {
        if (!text.startsWith("/") || Arrays.asList(text.split("/")).contains("..")) {
            throw new BadValue("\"" + text + "\" is not an absolute path without \"..\"");
        }
        return Path.of(text).normalize().toString();
    }

    private static String name(String text) throws BadValue {
        if (text.isEmpty() || text.length() > MOST_NAME) {
            throw new BadValue("\"" + text + "\" is not a name of 1 to " + MOST_NAME + " characters");
        }
        return text;
    }

    private static List<SandboxSpec.Sysctl> sysctls(YamlMap map) {
        List<SandboxSpec.Sysctl> sysctls = new ArrayList<>();
        Optional<YamlMap> values = map.get("sysctls").flatMap(Yaml::anyMap);
        for (YamlMap.Field field : values.map(YamlMap::fields).orElse(List.of())) {
            field.value()
                    .as(Scalars::nonEmpty)
                    .map(value -> new SandboxSpec.Sysctl(field.name(), value, field.origin()))
                    .ifPresent(sysctls::add);
        }
        return sysctls;
    }
}
