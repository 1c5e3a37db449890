package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds profiles and lays what they extend under them. A name is looked for in the {@code profiles:} of the file that
 * asks, in {@code profiles/} beside that file and beside the project file, in the profile directories and among the
 * shipped ones; it must be in exactly one of them.
 */
final class ProfileResolver {
    /** Longer chains are a mistake; bounds the recursion. */
    private static final int LONGEST_CHAIN = 64;

    private final ProjectSource source;
    private final Context context;
    private final Layer layer;
    private final NodeMerge merge;
    private final Map<Path, Optional<YamlNode.Mapping>> parsed = new HashMap<>();
    private final Map<Use, Resolved> resolved = new HashMap<>();
    private final Map<Use, YamlNode.Entry> entries = new LinkedHashMap<>();
    private final ParameterReferences.Bounds bounds = new ParameterReferences.Bounds();
    private final Set<Profile> chain = new LinkedHashSet<>();

    ProfileResolver(ProjectSource source, Context context) {
        this.source = source;
        this.context = context;
        this.layer = new Layer(context.problems());
        this.merge = new NodeMerge(context.problems());
    }

    /** A profile's identity. */
    private record Profile(Path file, String name) {}

    /**
     * A profile with values for its parameters.
     *
     * @param arguments what {@code with:} says; empty when the profile is taken by its name alone
     */
    private record Use(Profile profile, Optional<YamlNode.Mapping> arguments, Parameters.Missing missing) {}

    /**
     * A partial service with all it extends.
     *
     * @param extended names of the profiles, its own parents and theirs
     * @param whole false when something it extends could not be had; a problem says what
     */
    record Resolved(YamlNode.Mapping mapping, Set<String> extended, boolean whole) {}

    /** The top level of a file; problems and nothing when it is not there or not sound. */
    Optional<YamlNode.Mapping> file(Path path, Origin askedBy) {
        Optional<YamlNode.Mapping> known = parsed.get(path);
        if (known == null) {
            known = parse(path, askedBy);
            parsed.put(path, known);
        }
        return known;
    }

    private Optional<YamlNode.Mapping> parse(Path path, Origin askedBy) {
        try {
            byte[] bytes = context.files().read(path);
            Optional<YamlNode.Mapping> root =
                    NodeParser.parse(bytes, context.files().display(path), context.problems());
            root.ifPresent(mapping -> new YamlMap(mapping, context).refuseUnknown(Schema.TOP));
            return root;
        } catch (IOException e) {
            context.problems().add(askedBy, context.files().cannotRead(path, e));
            return Optional.empty();
        }
    }

    /** A profile as it is written, and with all it extends. */
    record Found(YamlNode.Entry entry, Resolved resolved) {}

    /** What {@code extends} would take by this name; parameters without a value stay open. */
    Optional<Found> show(Path file, Yaml name) {
        return find(file, name).flatMap(profile -> {
            Resolved all = profile(new Use(profile, Optional.empty(), Parameters.Missing.SHOWN), name.origin());
            return written(profile.file(), profile.name(), name.origin())
                    .filter(entry -> entries.containsKey(new Use(profile, Optional.empty(), Parameters.Missing.SHOWN)))
                    .map(entry -> new Found(entry, all));
        });
    }

    /** One profile of a file, as it is written. */
    Optional<YamlNode.Entry> written(Path file, String name, Origin askedBy) {
        return entry(new Profile(file, name), askedBy);
    }

    /** The profiles of a file. */
    List<String> names(Path file, Origin askedBy) {
        return file(file, askedBy)
                .flatMap(this::profiles)
                .map(profiles -> List.copyOf(profiles.entries().keySet()))
                .orElse(List.of());
    }

    /** The shipped profile {@code default}, below every service. */
    Resolved shippedDefault(Origin askedBy) {
        Profile shipped = new Profile(source.shippedProfiles().resolve("default.yaml"), "default");
        return profile(new Use(shipped, Optional.empty(), Parameters.Missing.REFUSED), askedBy);
    }

    /** What a partial service extends, in order, and then itself. */
    Resolved resolve(Path file, YamlNode.Mapping written) {
        YamlNode value = written.value("extends");
        YamlNode.Mapping result = new YamlNode.Mapping(written.origin(), Map.of());
        if (value == null) {
            return new Resolved(merge.mergeService(result, layer.normalize(written)), Set.of(), true);
        }
        boolean whole = true;
        Set<String> extended = new LinkedHashSet<>();
        for (Yaml parent : parents(new Yaml(value, context))) {
            Optional<Use> use = use(file, parent);
            use.ifPresent(u -> extended.add(u.profile().name()));
            Optional<Resolved> found = use.map(u -> profile(u, parent.origin()));
            found.ifPresent(f -> extended.addAll(f.extended()));
            whole &= found.isPresent() && found.get().whole();
            if (found.isPresent()) {
                result = merge.mergeService(result, found.get().mapping());
            }
        }
        return new Resolved(merge.mergeService(result, layer.normalize(written)), extended, whole);
    }

    private static List<Yaml> parents(Yaml value) {
        return value.isList() || !value.isText() && !value.isMapping() ? value.list() : List.of(value);
    }

    /** A name alone, or a mapping that also gives values. */
    private Optional<Use> use(Path file, Yaml parent) {
        if (!parent.isMapping()) {
            return find(file, parent).map(p -> new Use(p, Optional.empty(), Parameters.Missing.REFUSED));
        }
        YamlMap map = parent.map(Schema.EXTENDS).orElseThrow();
        Optional<YamlMap> with = map.get("with").flatMap(Yaml::anyMap);
        if (!map.has("profile")) {
            map.missing("profile");
        }
        if (map.has("with") && with.isEmpty()) {
            return Optional.empty();
        }
        Optional<YamlNode.Mapping> arguments = map.get("with").map(value -> (YamlNode.Mapping) value.node());
        return map.get("profile")
                .flatMap(name -> find(file, name))
                .map(p -> new Use(p, arguments, Parameters.Missing.REFUSED));
    }

    /** One layer over what the others have come to. */
    Resolved over(Resolved below, Resolved above) {
        Set<String> extended = below.extended();
        if (!above.extended().isEmpty()) {
            extended = new LinkedHashSet<>(extended);
            extended.addAll(above.extended());
        }
        return new Resolved(
                merge.mergeService(below.mapping(), above.mapping()), extended, below.whole() && above.whole());
    }

    YamlNode.Mapping finish(YamlNode.Mapping mapping) {
        return merge.finish(mapping);
    }

    /** A profile of the project file or of a drop-in, whether some service extends it or not. */
    void checkOwn(Path file, String name, Origin origin) {
        profile(new Use(new Profile(file, name), Optional.empty(), Parameters.Missing.LEFT_OUT), origin);
    }

    /** Every profile met so far is checked by itself, since what another layer replaced was never looked at. */
    void checkAll(ServiceReader reader) {
        entries.forEach((use, entry) ->
                reader.check(entry, Instances.any(finish(resolved.get(use).mapping()))));
    }

    private Resolved profile(Use use, Origin askedBy) {
        Resolved known = resolved.get(use);
        if (known != null) {
            return known;
        }
        Profile profile = use.profile();
        Resolved none = new Resolved(new YamlNode.Mapping(askedBy, Map.of()), Set.of(), false);
        if (chain.contains(profile) || chain.size() == LONGEST_CHAIN) {
            context.problems().add(askedBy, describeChain(profile));
            return none;
        }
        Optional<YamlNode.Entry> entry = entry(profile, askedBy);
        if (entry.isEmpty()) {
            return none;
        }
        if (!(entry.get().value() instanceof YamlNode.Mapping written)) {
            YamlNode value = entry.get().value();
            context.problems().add(value.origin(), "expected a mapping, found " + value.kind());
            return none;
        }
        describes(written);
        Optional<YamlNode.Mapping> body =
                Parameters.apply(profile.name(), written, use.arguments(), askedBy, use.missing(), context, bounds);
        if (body.isEmpty()) {
            return none;
        }
        chain.add(profile);
        Resolved done = resolve(profile.file(), body.get());
        chain.remove(profile);
        resolved.put(use, done);
        entries.put(use, entry.get());
        return done;
    }

    /** A description is for people alone; it must be one nevertheless. */
    private void describes(YamlNode.Mapping written) {
        new YamlMap(written, context).get("description").ifPresent(text -> text.as(Scalars::nonEmpty));
    }

    private String describeChain(Profile last) {
        List<Profile> members = new ArrayList<>(chain);
        members.add(last);
        boolean cycle = chain.contains(last);
        List<String> names = members.subList(cycle ? members.indexOf(last) : 0, members.size()).stream()
                .map(this::describe)
                .toList();
        return (cycle ? "extends cycle: " : "extends more than " + LONGEST_CHAIN + " deep: ")
                + String.join(" -> ", names);
    }

    private String describe(Profile profile) {
        return profile.file().equals(source.file())
                ? profile.name()
                : context.files().display(profile.file()) + "#" + profile.name();
    }

    private Optional<YamlNode.Entry> entry(Profile profile, Origin askedBy) {
        Optional<YamlNode.Mapping> root = file(profile.file(), askedBy);
        Optional<YamlNode.Entry> entry = root.flatMap(r -> profiles(r)).flatMap(p -> p.entry(profile.name()));
        if (root.isPresent() && entry.isEmpty()) {
            List<String> known = root.flatMap(r -> profiles(r))
                    .map(p -> List.copyOf(p.entries().keySet()))
                    .orElse(List.of());
            context.problems()
                    .add(
                            askedBy,
                            "\"" + context.files().display(profile.file()) + "\" has no profile \"" + profile.name()
                                    + "\"" + NearestWord.hint(profile.name(), known));
        }
        return entry;
    }

    private Optional<YamlNode.Mapping> profiles(YamlNode.Mapping root) {
        Optional<YamlNode> value = root.entry("profiles").map(YamlNode.Entry::value);
        if (value.isPresent() && !(value.get() instanceof YamlNode.Mapping)) {
            context.problems()
                    .add(
                            value.get().origin(),
                            "expected a mapping, found " + value.get().kind());
        }
        return value.filter(YamlNode.Mapping.class::isInstance).map(YamlNode.Mapping.class::cast);
    }

    private Optional<Profile> find(Path file, Yaml parent) {
        Optional<String> text = parent.as(Scalars::nonEmpty);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String name = text.get();
        if (name.startsWith("./") || name.startsWith("../") || name.startsWith("/")) {
            return inFile(file, parent, name);
        }
        if (!ServiceName.isValid(name)) {
            parent.problem("\"" + name + "\" is not a profile; write a name or ./file.yaml#name");
            return Optional.empty();
        }
        return byName(file, parent, name);
    }

    private static Optional<Profile> inFile(Path file, Yaml parent, String text) {
        int hash = text.lastIndexOf('#');
        if (hash < 0 || hash == text.length() - 1) {
            parent.problem("\"" + text + "\" names no profile; write ./file.yaml#name");
            return Optional.empty();
        }
        return parent.as(ignored -> Scalars.pathIn(file.getParent()).parse(text.substring(0, hash)))
                .map(path -> new Profile(path, text.substring(hash + 1)));
    }

    private Optional<Profile> byName(Path file, Yaml parent, String name) {
        Set<Path> found = new LinkedHashSet<>();
        Optional<YamlNode.Mapping> own = file(file, parent.origin()).flatMap(this::profiles);
        if (hasProfile(file, name, parent.origin())) {
            found.add(file);
        }
        boolean isDropIn = source.dropIns().equals(file.getParent());
        if (isDropIn && hasProfile(source.file(), name, parent.origin())) {
            found.add(source.file());
        }
        for (Path directory : directories(file)) {
            Path candidate = directory.resolve(name + ".yaml");
            try {
                if (context.files().readIfThere(candidate).isPresent()) {
                    found.add(candidate);
                }
            } catch (IOException e) {
                parent.problem(context.files().cannotRead(candidate, e));
                return Optional.empty();
            }
        }
        if (found.size() == 1) {
            return Optional.of(new Profile(found.iterator().next(), name));
        }
        parent.problem(found.isEmpty() ? notFound(file, own, name) : foundTwice(found, name));
        return Optional.empty();
    }

    private boolean hasProfile(Path file, String name, Origin askedBy) {
        return file(file, askedBy)
                .flatMap(this::profiles)
                .flatMap(own -> own.entry(name))
                .isPresent();
    }

    /** Where names are looked for beside the file itself, in this order. */
    Set<Path> directories(Path file) {
        Set<Path> directories = new LinkedHashSet<>();
        directories.add(file.resolveSibling("profiles"));
        directories.add(source.directory().resolve("profiles"));
        directories.addAll(source.profileDirectories());
        directories.add(source.shippedProfiles());
        return directories;
    }

    private String notFound(Path file, Optional<YamlNode.Mapping> own, String name) {
        Set<String> known =
                new LinkedHashSet<>(own.map(p -> p.entries().keySet()).orElse(Set.of()));
        directories(file).forEach(directory -> known.addAll(namesIn(directory)));
        String hint = NearestWord.hint(name, known);
        if (!hint.isEmpty()) {
            return "unknown profile \"" + name + "\"" + hint;
        }
        List<String> places = new ArrayList<>();
        places.add(context.files().display(file));
        directories(file).forEach(directory -> places.add(context.files().display(directory.resolve(name + ".yaml"))));
        return "unknown profile \"" + name + "\"; looked in " + String.join(", ", places);
    }

    /** Of the files there; for a hint alone, so a directory that cannot be read has none. */
    private static List<String> namesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        } catch (IOException ignored) { // not there
            return List.of();
        }
    }

    String foundTwice(Set<Path> found, String name) {
        List<String> places =
                found.stream().map(path -> context.files().display(path)).toList();
        return "profile \"" + name + "\" is in " + String.join(" and in ", places) + "; write ./file.yaml#name";
    }
}
