package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.SandboxSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compose's {@code secrets}: files of the host that a service finds in /run/secrets. They are mounted there and never read by
 * Ostler. What one load knows of them.
 */
final class Secrets {
    static final String DIRECTORY = "/run/secrets";
    private static final String HOST = "/";
    private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}";

    private final Map<String, Path> declared = new LinkedHashMap<>();

    /** Takes those of one file, {@code secrets.NAME.file} at its top; later files win. */
    void declare(YamlMap top) {
        List<YamlMap.Field> fields =
                top.get("secrets").flatMap(Yaml::anyMap).map(YamlMap::fields).orElse(List.of());
        for (YamlMap.Field field : fields) {
            field.value().map(Schema.SECRET).ifPresent(map -> declare(field, map));
        }
    }

    private void declare(YamlMap.Field field, YamlMap map) {
        if (!field.name().matches(NAME)) {
            map.context().problems().add(field.origin(), notAName(field.name()));
        } else if (!map.has("file")) {
            map.missing("file");
        } else {
            map.get("file")
                    .flatMap(file -> file.as(Scalars.pathIn(map.context().directory())))
                    .ifPresent(file -> declared.put(field.name(), file));
        }
    }

    private static String notAName(String text) {
        return "\"" + text + "\" is not the name of a file: letters, digits and . _ -";
    }

    /**
     * The sandbox with the secrets of the service in it.
     *
     * @param whole false for a profile, which may name what only the project declares
     */
    SandboxSpec in(SandboxSpec sandbox, YamlMap service, boolean whole) {
        Map<String, MountSpec> mounts = new LinkedHashMap<>();
        for (Yaml item : service.list("secrets")) {
            mount(item, whole).ifPresent(mount -> {
                if (mounts.putIfAbsent(mount.target(), mount) != null) {
                    item.problem("\"" + mount.target() + "\" is there already");
                }
            });
        }
        if (mounts.isEmpty()) {
            return sandbox;
        }
        Origin origin = service.get("secrets").orElseThrow().origin();
        if (whole && !canHold(sandbox)) {
            service.context()
                    .problems()
                    .add(
                            origin,
                            "a secret is a file in " + DIRECTORY + ", which cannot be made in the host's tree: put"
                                    + " { tmpfs: /run } into sandbox.mounts, take another sandbox.root, or give the"
                                    + " value as environment.NAME.file");
        }
        List<MountSpec> all = new ArrayList<>();
        List<Located<String>> readOnly = new ArrayList<>();
        if (sandbox.mounts().stream().noneMatch(mount -> mount.target().equals(DIRECTORY))) {
            all.add(new MountSpec.Filesystem(
                    "tmpfs", DIRECTORY, List.of("mode=0755", "size=64k"), false, false, origin));
            readOnly.add(new Located<>(DIRECTORY, origin));
        }
        all.addAll(mounts.values());
        return sandbox.withMounts(all, readOnly);
    }

    private Optional<MountSpec> mount(Yaml item, boolean whole) {
        Optional<Yaml> source = Optional.of(item);
        Optional<Yaml> target = Optional.empty();
        if (!item.isText()) {
            Optional<YamlMap> map = item.map(Schema.SERVICE_SECRET);
            source = map.flatMap(own -> own.get("source"));
            target = map.flatMap(own -> own.get("target"));
            map.filter(own -> !own.has("source")).ifPresent(own -> own.missing("source"));
        }
        Optional<String> name = source.flatMap(value -> value.as(text -> known(text, whole)));
        Optional<String> file = target.isPresent() ? target.get().as(Secrets::fileName) : name;
        return name.map(declared::get).flatMap(path -> file.map(to -> mount(path, to, item.origin())));
    }

    private static MountSpec mount(Path file, String name, Origin origin) {
        return new MountSpec.Bind(
                file.toString(),
                DIRECTORY + "/" + name,
                true,
                false,
                false,
                false,
                false,
                false,
                Optional.empty(),
                origin);
    }

    private String known(String name, boolean whole) throws BadValue {
        if (whole && !declared.containsKey(name)) {
            throw new BadValue("there is no secret \"" + name + "\" at the top of the file"
                    + NearestWord.hint(name, declared.keySet()));
        }
        return name;
    }

    private static String fileName(String text) throws BadValue {
        if (!text.matches(NAME)) {
            throw new BadValue(notAName(text));
        }
        return text;
    }

    /** Whether the directory can be made: the host's own tree is never changed, nor what is mounted of it. */
    private static boolean canHold(SandboxSpec sandbox) {
        boolean can = sandbox.root()
                .map(root -> !root.directory().equals(Optional.of(HOST)))
                .orElse(false);
        for (MountSpec mount : sandbox.mounts()) {
            if (List.of("/", "/run", DIRECTORY).contains(mount.target())) {
                can = mount instanceof MountSpec.Filesystem;
            }
        }
        return can;
    }
}
