package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.Dependency.Condition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code depends_on}: a list of names, or a mapping from a name to a condition. */
final class DependencyReader {
    /** Names of all services of the project; the value tells whether it has {@code ready}. */
    private final Map<String, Boolean> services;

    DependencyReader(Map<String, Boolean> services) {
        this.services = services;
    }

    List<Dependency> read(YamlMap service) {
        Map<String, Dependency> dependencies = new LinkedHashMap<>();
        Optional<Yaml> value = service.get("depends_on");
        if (value.isPresent() && value.get().isList()) {
            for (Yaml item : value.get().list()) {
                item.as(this::known).ifPresent(name -> {
                    if (dependencies.put(name, dependency(name, byDefault(name), item.origin())) != null) {
                        item.problem("\"" + name + "\" is named twice");
                    }
                });
            }
        } else if (value.isPresent() && value.get().isMapping()) {
            value.get().anyMap().ifPresent(map -> map.fields().forEach(field -> read(field, dependencies, map)));
        } else {
            value.ifPresent(v -> v.wrongKind("a list or a mapping"));
        }
        return List.copyOf(dependencies.values());
    }

    private void read(YamlMap.Field field, Map<String, Dependency> dependencies, YamlMap map) {
        Optional<YamlMap> options = field.value().map(Schema.DEPENDENCY);
        try {
            String name = known(field.name());
            Condition condition = options.flatMap(o -> o.get("condition"))
                    .flatMap(c -> condition(name, c))
                    .orElse(byDefault(name));
            dependencies.put(name, dependency(name, condition, field.origin()));
        } catch (BadValue e) {
            map.context().problems().add(field.origin(), e.getMessage());
        }
    }

    private Optional<Condition> condition(String name, Yaml value) {
        Optional<Condition> condition = value.as(Scalars.oneOf("condition", List.of("started", "ready")))
                .map(text -> text.equals("ready") ? Condition.READY : Condition.STARTED);
        if (condition.filter(c -> c == Condition.READY).isPresent() && !services.get(name)) {
            value.context()
                    .problems()
                    .warn(value.origin(), "\"" + name + "\" has no \"ready\": it counts as ready once it has started");
        }
        return condition;
    }

    private Condition byDefault(String name) {
        return services.get(name) ? Condition.READY : Condition.STARTED;
    }

    private static Dependency dependency(String name, Condition condition, Origin origin) {
        return new Dependency(new ServiceName(name), condition, origin);
    }

    private String known(String name) throws BadValue {
        if (!services.containsKey(name)) {
            throw new BadValue("unknown service \"" + name + "\"" + NearestWord.hint(name, services.keySet()));
        }
        return name;
    }
}
