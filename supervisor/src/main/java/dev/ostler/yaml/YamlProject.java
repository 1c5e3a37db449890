package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ExitOn;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Loads a project file with all it refers to. Any thread; no state is shared between loads. */
public final class YamlProject {
    /** Whoever takes it runs a JVM. */
    private static final String JVM_PROFILE = "jvm-service";

    private final ProjectSource source;
    private final Problems problems = new Problems();
    private final ProjectFiles files;
    private final Interpolation interpolation;
    private final Context context;
    private final ProfileResolver profiles;
    private final Secrets secrets = new Secrets();
    private final ServiceReader reader;
    private final Map<String, List<String>> templates = new LinkedHashMap<>();
    private final Map<ServiceName, List<Setting>> settings = new LinkedHashMap<>();

    private YamlProject(ProjectSource source) {
        this.source = source;
        this.files = new ProjectFiles(source);
        interpolation = new Interpolation(source.environment());
        this.context = new Context(problems, interpolation, source.directory(), files);
        this.profiles = new ProfileResolver(source, context);
        this.reader = new ServiceReader(context, secrets);
    }

    /** A sound project, or every problem of every file it refers to; never throws for what a file holds. */
    public static LoadResult load(ProjectSource source) {
        return new YamlProject(source).load();
    }

    private LoadResult load() {
        Origin start = new Origin(source.displayName(), 1, 1, "");
        List<Part> parts = parts(start);
        List<ServiceSpec> services = parts.isEmpty() ? List.of() : project(parts);
        Optional<Located<Duration>> outerGrace = top(parts, OuterGraceReader::read);
        Optional<RestartBudgetSpec> budget = top(parts, RestartReader::budget);
        ExitOn exitOn = top(parts, ExitOnReader::read).orElse(ExitOn.NEVER);
        if (!problems.isEmpty()) {
            return new LoadResult.Refused(problems.sorted(source.displayName()));
        }
        outerGrace.ifPresent(grace -> OuterGraceReader.warn(grace, services, problems));
        return new LoadResult.Loaded(
                new ProjectSpec(source.directory(), services, budget, outerGrace.map(Located::value), exitOn),
                files.all(),
                files.absent(),
                interpolation.used(),
                settings,
                source.wantsSettings() ? topSettings(parts) : List.of(),
                problems.sortedWarnings(source.displayName()));
    }

    /** Of the last file that says something about it. */
    private <T> Optional<T> top(List<Part> parts, Function<YamlMap, Optional<T>> reader) {
        Optional<T> value = Optional.empty();
        for (Part part : parts) {
            Optional<T> below = value;
            value = reader.apply(new YamlMap(part.root(), context)).or(() -> below);
        }
        return value;
    }

    /** Of each key about all services the value that counts, that of the last file that has one. */
    private List<Setting> topSettings(List<Part> parts) {
        List<Setting> result = new ArrayList<>();
        for (String key : List.of("restart_budget", "outer_grace")) {
            Optional<YamlNode.Entry> last = Optional.empty();
            for (Part part : parts) {
                Optional<YamlNode.Entry> below = last;
                last = part.root().entry(key).or(() -> below);
            }
            last.ifPresent(entry -> result.addAll(SettingsReader.ofTop(entry, context)));
        }
        return result;
    }

    /** The project file, or a drop-in. */
    private record Part(Path file, YamlNode.Mapping root) {}

    /** The project file first; none when that cannot be had. */
    private List<Part> parts(Origin start) {
        Optional<YamlNode.Mapping> main = profiles.file(source.file(), start);
        List<Part> parts = new ArrayList<>();
        main.ifPresent(root -> parts.add(new Part(source.file(), root)));
        try {
            for (Path file : files.dropIns()) {
                Optional<YamlNode.Mapping> root = profiles.file(file, start);
                root.filter(whole -> main.isPresent()).ifPresent(whole -> parts.add(new Part(file, whole)));
            }
        } catch (IOException e) {
            problems.add(start, files.cannotRead(source.dropIns(), e));
        }
        return parts;
    }

    private List<ServiceSpec> project(List<Part> parts) {
        Origin start = new Origin(source.displayName(), 1, 1, "");
        ProfileResolver.Resolved base = profiles.shippedDefault(start);
        for (Part part : parts) {
            YamlMap top = new YamlMap(part.root(), context);
            top.or("version", YamlProject::version, 1);
            secrets.declare(top);
            base = withDefaults(base, part);
            top.get("profiles")
                    .flatMap(Yaml::anyMap)
                    .ifPresent(own -> own.fields()
                            .forEach(profile -> profiles.checkOwn(part.file(), profile.name(), profile.origin())));
        }
        List<Merged> merged = services(parts, start, base);
        List<ServiceSpec> services = read(merged);
        profiles.checkAll(reader);
        return services;
    }

    private static int version(String text) throws BadValue {
        if (!text.equals("1")) {
            throw new BadValue("version \"" + text + "\" is not known; this is version 1");
        }
        return 1;
    }

    /** With the defaults of one more file over them. */
    private ProfileResolver.Resolved withDefaults(ProfileResolver.Resolved below, Part part) {
        Optional<YamlNode.Entry> defaults = part.root().entry("defaults");
        if (defaults.isEmpty()) {
            return below;
        }
        if (!(defaults.get().value() instanceof YamlNode.Mapping written)) {
            new Yaml(defaults.get().value(), context).wrongKind("a mapping");
            return below;
        }
        ProfileResolver.Resolved own = profiles.resolve(part.file(), written);
        reader.check(defaults.get(), profiles.finish(own.mapping()));
        return profiles.over(below, own);
    }

    /** A service after its layers were merged. */
    private record Merged(YamlNode.Entry entry, YamlNode.Mapping mapping, boolean jvm, boolean whole) {}

    /** What one file says about a service. */
    private record Written(Path file, YamlMap.Field field) {}

    private List<Merged> services(List<Part> parts, Origin start, ProfileResolver.Resolved base) {
        Map<String, List<Written>> byName = new LinkedHashMap<>();
        boolean missing = true;
        for (Part part : parts) {
            Optional<Yaml> value = new YamlMap(part.root(), context).get("services");
            missing &= value.isEmpty();
            List<YamlMap.Field> fields =
                    value.flatMap(Yaml::anyMap).map(YamlMap::fields).orElse(List.of());
            if (value.filter(Yaml::isMapping).isPresent() && fields.isEmpty()) {
                value.get().problem("there are no services");
            }
            for (YamlMap.Field field : fields) {
                byName.computeIfAbsent(field.name(), name -> new ArrayList<>()).add(new Written(part.file(), field));
            }
        }
        if (missing) {
            problems.add(start, "\"services\" is missing");
        }
        List<Merged> merged = new ArrayList<>();
        byName.forEach((name, written) -> {
            if (ServiceName.isValid(name)) {
                merged.addAll(instances(merge(written, base)));
            } else {
                problems.add(written.get(0).field().origin(), badName(name));
            }
        });
        return merged;
    }

    /** The service itself, or each of its instances. */
    private List<Merged> instances(Merged service) {
        String name = service.entry().key();
        Optional<List<String>> instances = Instances.of(name, new YamlMap(service.mapping(), context));
        if (instances.isEmpty()) {
            return List.of(service);
        }
        List<Merged> result = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String instance : instances.get()) {
            YamlNode.Entry entry = service.entry();
            names.add(name + "@" + instance);
            result.add(new Merged(
                    new YamlNode.Entry(name + "@" + instance, entry.origin(), entry.value()),
                    Instances.instance(service.mapping(), name, instance),
                    service.jvm(),
                    service.whole()));
        }
        templates.put(name, List.copyOf(names));
        return result;
    }

    private Merged merge(List<Written> layers, ProfileResolver.Resolved base) {
        YamlMap.Field first = layers.get(0).field();
        YamlNode.Entry entry =
                new YamlNode.Entry(first.name(), first.origin(), first.value().node());
        ProfileResolver.Resolved all = base;
        for (Written layer : layers) {
            if (layer.field().value().node() instanceof YamlNode.Mapping written) {
                all = profiles.over(all, profiles.resolve(layer.file(), written));
            } else {
                layer.field().value().wrongKind("a mapping");
                all = new ProfileResolver.Resolved(all.mapping(), all.extended(), false);
            }
        }
        boolean jvm = all.extended().contains(JVM_PROFILE);
        return new Merged(entry, profiles.finish(all.mapping()), jvm, all.whole());
    }

    private static String badName(String name) {
        return "\"" + name + "\" is not a service name: 1 to " + ServiceName.MAX_LENGTH
                + " letters, digits and . _ @ -, a letter or digit first";
    }

    private List<ServiceSpec> read(List<Merged> merged) {
        Map<String, DependencyReader.Provided> names = new LinkedHashMap<>();
        for (Merged service : merged) {
            String name = service.entry().key();
            if (names.put(name, DependencyReader.Provided.by(new YamlMap(service.mapping(), context))) != null) {
                problems.add(service.entry().origin(), "\"" + name + "\" is a service and an instance of another");
            }
        }
        DependencyReader dependencies = new DependencyReader(names, templates);
        Map<ServiceName, List<Dependency>> graph = new LinkedHashMap<>();
        List<ServiceSpec> services = new ArrayList<>();
        for (Merged service : merged) {
            List<Dependency> dependsOn = dependencies.read(new YamlMap(service.mapping(), context));
            graph.put(new ServiceName(service.entry().key()), dependsOn);
            Optional<ServiceSpec> read = reader.read(service.entry(), service.mapping(), dependsOn, service.whole());
            read.ifPresent(spec -> {
                services.add(spec);
                look(spec, service);
            });
        }
        DependencyCycles.report(graph, problems);
        DependencyChecks.check(services, problems);
        HostInterfaces.check(services, problems);
        return services;
    }

    /** What is to be said of a service, and kept of it. */
    private void look(ServiceSpec spec, Merged service) {
        if (service.jvm()) {
            refuseWhatNoJvmBears(spec);
        }
        if (source.wantsSettings()) {
            settings.put(spec.name(), SettingsReader.of(service.mapping(), spec, context));
        }
        OutOfReach.warn(spec, problems);
        JvmProbes.warn(spec, problems);
    }

    /** Whatever the command is, a shell script for one: the profile says that a JVM comes of it. */
    private void refuseWhatNoJvmBears(ServiceSpec service) {
        for (ResourceItem item : service.limits().resources()) {
            if (item instanceof ResourceItem.MemoryDenyWriteExecute denied && !denied.force()) {
                problems.add(denied.origin(), denied.refusesJvm());
            }
        }
    }
}
