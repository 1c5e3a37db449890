package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.Dependency.Condition;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code depends_on}: a list of names, or a mapping from a name to a condition. */
final class DependencyReader {
    private static final List<String> CONDITIONS =
            Arrays.stream(Condition.values()).map(Condition::toString).toList();

    private final Map<String, Provided> services;
    private final Map<String, List<String>> templates;

    /** What a service has that others may wait for. */
    record Provided(boolean ready, boolean health, boolean oneshot) {
        static Provided by(YamlMap service) {
            return new Provided(service.has("ready"), service.has("health"), LifecycleReader.isOneshot(service));
        }

        /** What is meant where no condition is written. */
        Condition condition() {
            return oneshot ? Condition.COMPLETED_SUCCESSFULLY : ready ? Condition.READY : Condition.STARTED;
        }
    }

    /**
     * @param services all of the project
     * @param templates names that stand for several of them
     */
    DependencyReader(Map<String, Provided> services, Map<String, List<String>> templates) {
        this.services = services;
        this.templates = templates;
    }

    List<Dependency> read(YamlMap service) {
        Optional<Yaml> value = service.get("depends_on");
        if (value.isEmpty()) {
            return List.of();
        }
        Map<String, Dependency> dependencies = new LinkedHashMap<>();
        if (value.get().isList()) {
            for (Yaml item : value.get().list()) {
                item.as(this::known).orElse(List.of()).forEach(name -> {
                    if (dependencies.put(name, plain(name, item.origin())) != null) {
                        item.problem("\"" + name + "\" is named twice");
                    }
                });
            }
        } else if (value.get().isMapping()) {
            value.get().anyMap().ifPresent(map -> map.fields().forEach(field -> read(field, dependencies, map)));
        } else {
            value.get().wrongKind("a list or a mapping");
        }
        return List.copyOf(dependencies.values());
    }

    private void read(YamlMap.Field field, Map<String, Dependency> dependencies, YamlMap map) {
        Optional<YamlMap> options = field.value().map(Schema.DEPENDENCY);
        try {
            for (String name : known(field.name())) {
                Dependency plain = plain(name, field.origin());
                dependencies.put(name, options.map(o -> withOptions(plain, o)).orElse(plain));
            }
        } catch (BadValue e) {
            map.context().problems().add(field.origin(), e.getMessage());
        }
    }

    private Dependency plain(String name, Origin origin) {
        Condition condition = services.get(name).condition();
        return new Dependency(new ServiceName(name), condition, true, false, origin);
    }

    private Dependency withOptions(Dependency plain, YamlMap options) {
        Condition condition = options.get("condition")
                .flatMap(value -> condition(plain.service().value(), value))
                .orElse(plain.condition());
        return new Dependency(
                plain.service(),
                condition,
                options.or("required", Scalars::bool, true),
                options.or("restart", Scalars::bool, false),
                plain.origin());
    }

    private Optional<Condition> condition(String name, Yaml value) {
        Optional<Condition> condition = value.as(Scalars.oneOf("condition", CONDITIONS))
                .map(text -> Condition.values()[CONDITIONS.indexOf(text)]);
        Provided dependency = services.get(name);
        if (condition.filter(c -> c == Condition.HEALTHY).isPresent() && !dependency.health()) {
            value.problem("\"" + name + "\" has no \"health\": nothing would tell that it is healthy");
        }
        if (condition.filter(c -> c == Condition.READY).isEmpty()) {
            return condition;
        }
        if (!dependency.ready() && !dependency.oneshot()) {
            value.context()
                    .problems()
                    .warn(value.origin(), "\"" + name + "\" has no \"ready\": it counts as ready once it has started");
        }
        return dependency.oneshot() ? Optional.of(Condition.COMPLETED_SUCCESSFULLY) : condition;
    }

    /** The service, or all instances of one. */
    private List<String> known(String name) throws BadValue {
        if (templates.containsKey(name)) {
            return templates.get(name);
        }
        if (!services.containsKey(name)) {
            throw new BadValue("unknown service \"" + name + "\"" + NearestWord.hint(name, services.keySet()));
        }
        return List.of(name);
    }
}
