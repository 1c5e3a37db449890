package dev.ostler.yaml;

import dev.ostler.base.ByteSize;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what is in the file system of a sandbox: a list of mappings, the first key of each tells its kind. */
final class MountReader {
    private static final int MOST_MODE = 07777;
    private static final String NONE = "";
    private static final String OF_THE_SERVICE = "service";

    /** Each kind, by the key that makes it so, and the keys that go with it. */
    private static final Map<String, Set<String>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("bind", Set.of("to", "read_only", "recursive", "dev", "suid", "exec", "optional", "idmap"));
        KINDS.put("tmpfs", Set.of("size", "mode", "exec", "read_only"));
        KINDS.put("proc", Set.of("hidepid", "subset", "read_only"));
        KINDS.put("dev", Set.of());
        KINDS.put("sysfs", Set.of());
        KINDS.put("mqueue", Set.of());
        KINDS.put("devpts", Set.of());
        KINDS.put("cgroup", Set.of("read_only"));
        KINDS.put("hugetlbfs", Set.of("size", "page_size", "mode"));
        KINDS.put("file", Set.of("content", "mode"));
        KINDS.put("directory", Set.of("mode"));
        KINDS.put("symlink", Set.of("to"));
    }

    private final Yaml item;
    private final YamlMap map;
    private final String kind;

    private MountReader(Yaml item, YamlMap map, String kind) {
        this.item = item;
        this.map = map;
        this.kind = kind;
    }

    static List<MountSpec> read(YamlMap sandbox) {
        List<MountSpec> mounts = new ArrayList<>();
        for (Yaml item : sandbox.list("mounts")) {
            item.map(Schema.MOUNT)
                    .flatMap(map -> reader(item, map))
                    .flatMap(MountReader::mount)
                    .ifPresent(mounts::add);
        }
        return mounts;
    }

    private static Optional<MountReader> reader(Yaml item, YamlMap map) {
        List<String> kinds = KINDS.keySet().stream()
                .filter(map::has)
                .filter(key -> !key.equals("dev") || !map.has("bind")) // which is an option of a bind as well
                .toList();
        if (kinds.size() != 1) {
            String found = kinds.isEmpty() ? "" : ", found " + String.join(" and ", kinds);
            item.problem("expected one of " + String.join(", ", KINDS.keySet()) + found);
            return Optional.empty();
        }
        String kind = kinds.get(0);
        for (YamlMap.Field field : map.fields()) {
            if (Schema.MOUNT.keys().contains(field.name())
                    && !field.name().equals(kind)
                    && !KINDS.get(kind).contains(field.name())) {
                map.context()
                        .problems()
                        .add(field.origin(), "\"" + field.name() + "\" does not go with \"" + kind + "\"");
            }
        }
        return Optional.of(new MountReader(item, map, kind));
    }

    private Optional<MountSpec> mount() {
        if (kind.equals("bind")) {
            return bind();
        }
        Optional<String> target = map.get(kind).flatMap(value -> value.as(SandboxReader::absolute));
        return target.flatMap(this::at);
    }

    private Optional<MountSpec> at(String target) {
        return switch (kind) {
            case "dev" -> Optional.of(new MountSpec.Dev(target, item.origin()));
            case "directory" -> Optional.of(new MountSpec.Directory(target, mode(0755), item.origin()));
            case "file" ->
                Optional.of(
                        new MountSpec.File(target, map.or("content", text -> text, NONE), mode(0644), item.origin()));
            case "symlink" -> {
                if (!map.has("to")) {
                    map.missing("to");
                }
                yield map.get("to")
                        .flatMap(value -> value.as(Scalars::nonEmpty))
                        .map(to -> new MountSpec.Link(target, to, item.origin()));
            }
            default -> Optional.of(filesystem(target));
        };
    }

    private int mode(int absent) {
        return map.or("mode", Scalars.octal(MOST_MODE), absent);
    }

    private boolean flag(String key, boolean absent) {
        return map.or(key, Scalars::bool, absent);
    }

    private Optional<MountSpec> bind() {
        Path directory = map.context().directory();
        Optional<String> source = map.get("bind")
                .flatMap(value -> value.as(Scalars.pathIn(directory)))
                .map(Path::toString);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        String target = map.or("to", SandboxReader::absolute, source.get());
        return Optional.of(new MountSpec.Bind(
                source.get(),
                target,
                flag("read_only", false),
                flag("recursive", true),
                flag("dev", false),
                flag("suid", false),
                flag("exec", true),
                flag("optional", false),
                map.get("idmap").map(MountReader::idmap),
                item.origin()));
    }

    private static MountSpec.IdMapping idmap(Yaml value) {
        List<IdRange> ranges = List.of();
        if (value.isText()) {
            value.as(Scalars.oneOf("idmap", List.of(OF_THE_SERVICE)));
        } else {
            ranges = SandboxReader.idMap(value.list());
            if (value.isList() && value.list().isEmpty()) {
                value.problem("expected \"" + OF_THE_SERVICE + "\" or at least one range");
            }
        }
        return new MountSpec.IdMapping(ranges, value.origin());
    }

    private MountSpec filesystem(String target) {
        List<String> options = new ArrayList<>();
        switch (kind) {
            case "tmpfs" -> {
                size("size").ifPresent(size -> options.add("size=" + size));
                options.add(String.format("mode=%04o", mode(01777)));
            }
            case "proc" -> {
                text("hidepid", List.of("off", "noaccess", "invisible", "ptraceable"))
                        .ifPresent(value -> options.add("hidepid=" + value));
                text("subset", List.of("pid")).ifPresent(value -> options.add("subset=" + value));
            }
            case "devpts" -> options.addAll(List.of("newinstance", "ptmxmode=0666", "mode=0620"));
            case "hugetlbfs" -> {
                size("size").ifPresent(size -> options.add("size=" + size));
                size("page_size").ifPresent(size -> options.add("pagesize=" + size));
                options.add(String.format("mode=%04o", mode(01777)));
            }
            default -> options.clear();
        }
        String type = kind.equals("cgroup") ? "cgroup2" : kind;
        boolean readOnly = flag("read_only", kind.equals("sysfs") || kind.equals("cgroup"));
        boolean exec = flag("exec", kind.equals("tmpfs"));
        return new MountSpec.Filesystem(type, target, options, readOnly, exec, item.origin());
    }

    private Optional<Long> size(String key) {
        return map.get(key).flatMap(value -> value.as(Sizes::parsePositive)).map(ByteSize::bytes);
    }

    private Optional<String> text(String key, List<String> known) {
        return map.get(key).flatMap(value -> value.as(Scalars.oneOf(key, known)));
    }
}
