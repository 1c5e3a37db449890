package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    private final ServiceReader reader;
    private final Map<String, List<String>> templates = new LinkedHashMap<>();

    private YamlProject(ProjectSource source) {
        this.source = source;
        this.files = new ProjectFiles(source);
        interpolation = new Interpolation(source.environment());
        this.context = new Context(problems, interpolation, source.directory(), files);
        this.profiles = new ProfileResolver(source, context);
        this.reader = new ServiceReader(context);
    }

    /** A sound project, or every problem of every file it refers to; never throws for what a file holds. */
    public static LoadResult load(ProjectSource source) {
        return new YamlProject(source).load();
    }

    private LoadResult load() {
        Origin start = new Origin(source.displayName(), 1, 1, "");
        Optional<YamlNode.Mapping> root = profiles.file(source.file(), start);
        List<ServiceSpec> services = root.map(this::project).orElse(List.of());
        Optional<Located<Duration>> outerGrace = root.flatMap(top -> OuterGraceReader.read(new YamlMap(top, context)));
        Optional<RestartBudgetSpec> budget = root.flatMap(top -> RestartReader.budget(new YamlMap(top, context)));
        if (!problems.isEmpty()) {
            return new LoadResult.Refused(problems.sorted(source.displayName()));
        }
        outerGrace.ifPresent(grace -> OuterGraceReader.warn(grace, services, problems));
        return new LoadResult.Loaded(
                new ProjectSpec(source.directory(), services, budget, outerGrace.map(Located::value)),
                files.all(),
                files.absent(),
                interpolation.used(),
                problems.sortedWarnings(source.displayName()));
    }

    private List<ServiceSpec> project(YamlNode.Mapping root) {
        YamlMap top = new YamlMap(root, context);
        top.or("version", YamlProject::version, 1);
        Origin start = new Origin(source.displayName(), 1, 1, "");
        ProfileResolver.Resolved base = base(root, start);
        top.get("profiles")
                .flatMap(Yaml::anyMap)
                .ifPresent(own -> own.fields().forEach(profile -> profiles.checkOwn(profile.name(), profile.origin())));
        List<Merged> merged = services(top, start, base);
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

    /** The shipped defaults with those of the file over them. */
    private ProfileResolver.Resolved base(YamlNode.Mapping root, Origin start) {
        ProfileResolver.Resolved shipped = profiles.shippedDefault(start);
        Optional<YamlNode.Entry> defaults = root.entry("defaults");
        if (defaults.isEmpty()) {
            return shipped;
        }
        if (!(defaults.get().value() instanceof YamlNode.Mapping written)) {
            new Yaml(defaults.get().value(), context).wrongKind("a mapping");
            return shipped;
        }
        ProfileResolver.Resolved own = profiles.resolve(source.file(), written);
        reader.check(defaults.get(), profiles.finish(own.mapping()));
        return new ProfileResolver.Resolved(
                profiles.lay(shipped.mapping(), own.mapping()), own.extended(), shipped.whole() && own.whole());
    }

    /** A service after its layers were merged. */
    private record Merged(YamlNode.Entry entry, YamlNode.Mapping mapping, boolean jvm, boolean whole) {}

    private List<Merged> services(YamlMap top, Origin start, ProfileResolver.Resolved base) {
        Optional<Yaml> value = top.get("services");
        if (value.isEmpty()) {
            problems.add(start, "\"services\" is missing");
            return List.of();
        }
        List<YamlMap.Field> fields = value.get().anyMap().map(YamlMap::fields).orElse(List.of());
        if (value.get().isMapping() && fields.isEmpty()) {
            value.get().problem("there are no services");
        }
        List<Merged> merged = new ArrayList<>();
        for (YamlMap.Field field : fields) {
            if (ServiceName.isValid(field.name())) {
                merged.addAll(instances(merge(field, base)));
            } else {
                problems.add(field.origin(), badName(field.name()));
            }
        }
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

    private Merged merge(YamlMap.Field field, ProfileResolver.Resolved base) {
        YamlNode.Entry entry =
                new YamlNode.Entry(field.name(), field.origin(), field.value().node());
        if (!(entry.value() instanceof YamlNode.Mapping written)) {
            field.value().wrongKind("a mapping");
            return new Merged(entry, new YamlNode.Mapping(field.origin(), Map.of()), false, false);
        }
        ProfileResolver.Resolved own = profiles.resolve(source.file(), written);
        YamlNode.Mapping all = profiles.finish(profiles.lay(base.mapping(), own.mapping()));
        boolean jvm = own.extended().contains(JVM_PROFILE) || base.extended().contains(JVM_PROFILE);
        return new Merged(entry, all, jvm, base.whole() && own.whole());
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
            read.filter(spec -> service.jvm()).ifPresent(this::refuseWhatNoJvmBears);
            read.ifPresent(services::add);
            read.ifPresent(spec -> OutOfReach.warn(spec, problems));
        }
        DependencyCycles.report(graph, problems);
        DependencyChecks.check(services, problems);
        HostInterfaces.check(services, problems);
        return services;
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
