package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The profiles that a project can extend by their name alone, and what one of them says with all it extends. */
public final class ProfileCatalog {
    private static final String ENDING = ".yaml";

    /** Where what a person asked for on the command line is said to be. */
    private static final Origin COMMAND_LINE = new Origin("<command line>", 1, 1, "");

    private final ProjectSource source;
    private final DirectoryLister lister;
    private final Problems problems = new Problems();
    private final Context context;
    private final ProfileResolver resolver;

    public ProfileCatalog(ProjectSource source, DirectoryLister lister) {
        this.source = source;
        this.lister = lister;
        ProjectFiles files = new ProjectFiles(source);
        this.context = new Context(problems, new Interpolation(source.environment()), source.directory(), files);
        this.resolver = new ProfileResolver(source, context);
    }

    /** Lists directories, so that tests need none. */
    @FunctionalInterface
    public interface DirectoryLister {
        /** The files in it, in any order; none when there is no such directory. */
        List<Path> list(Path directory) throws IOException;
    }

    /**
     * One profile.
     *
     * @param origin of its name in its file
     * @param description empty when it has none
     */
    public record Entry(String name, Origin origin, String description) {}

    /**
     * What can be extended, by name, and what is wrong with it.
     *
     * @param problems as they are printed; also of names that are in two places
     */
    public record Listing(List<Entry> entries, List<String> problems) {
        public Listing {
            entries = List.copyOf(entries);
            problems = List.copyOf(problems);
        }
    }

    /** A profile with all it extends; empty when it cannot be had, and the problems say why. */
    public record Shown(Optional<ShownProfile> profile, List<String> problems) {
        public Shown {
            problems = List.copyOf(problems);
        }
    }

    public Listing list() {
        Map<String, Set<Path>> found = find();
        List<Entry> entries = new ArrayList<>();
        List<String> twice = new ArrayList<>();
        found.forEach((name, files) -> {
            files.forEach(file -> resolver.written(file, name, COMMAND_LINE)
                    .ifPresent(entry -> entries.add(
                            new Entry(name, entry.origin(), ShownProfile.description(entry.value(), context)))));
            if (files.size() > 1) {
                twice.add(resolver.foundTwice(files, name));
            }
        });
        List<String> all = new ArrayList<>(twice);
        told().forEach(all::add);
        return new Listing(entries, all);
    }

    /** @param name as {@code extends} takes it */
    public Shown show(String name) {
        boolean byName = ServiceName.isValid(name);
        Map<String, Set<Path>> found = byName ? find() : Map.of();
        if (byName && !found.containsKey(name)) {
            List<String> why = new ArrayList<>(told());
            why.add("unknown profile \"" + name + "\"" + NearestWord.hint(name, found.keySet()));
            return new Shown(Optional.empty(), why);
        }
        if (byName && found.get(name).size() > 1) {
            return new Shown(Optional.empty(), List.of(resolver.foundTwice(found.get(name), name)));
        }
        Yaml asked = new Yaml(new YamlNode.Scalar(COMMAND_LINE, name), context);
        Optional<ShownProfile> shown = resolver.show(source.file(), asked).map(of -> {
            YamlNode.Mapping effective = resolver.finish(of.resolved().mapping());
            new ServiceReader(context, new Secrets()).check(of.entry(), effective);
            return ShownProfile.of(of.entry(), effective, context);
        });
        return new Shown(shown, told());
    }

    private List<String> told() {
        return problems.sorted(source.displayName()).stream()
                .map(Problem::toString)
                .toList();
    }

    /** Names, with the files that have them. */
    private Map<String, Set<Path>> find() {
        Map<String, Set<Path>> found = new TreeMap<>();
        resolver.names(source.file(), COMMAND_LINE)
                .forEach(name ->
                        found.computeIfAbsent(name, none -> new TreeSet<>()).add(source.file()));
        for (Path directory : resolver.directories(source.file())) {
            for (Path file : files(directory)) {
                String base = file.getFileName().toString();
                String name = base.endsWith(ENDING) ? base.substring(0, base.length() - ENDING.length()) : "";
                if (ServiceName.isValid(name)) {
                    found.computeIfAbsent(name, none -> new TreeSet<>()).add(file);
                }
            }
        }
        return found;
    }

    private List<Path> files(Path directory) {
        try {
            return lister.list(directory);
        } catch (IOException e) {
            problems.add(COMMAND_LINE, context.files().cannotRead(directory, e));
            return List.of();
        }
    }
}
