package dev.ostler.yaml;

import dev.ostler.spec.EnvironmentVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code env_file} and {@code environment}; what is declared in the YAML wins over files, later files over earlier. */
final class EnvironmentReader {
    private final Map<Path, List<EnvironmentVariable>> envFiles = new HashMap<>();

    List<EnvironmentVariable> read(YamlMap service) {
        Map<String, EnvironmentVariable> variables = new LinkedHashMap<>();
        for (Yaml file : service.list("env_file")) {
            Optional<Path> path = file.as(Scalars.pathIn(service.context().directory()));
            path.map(p -> envFile(file, p)).ifPresent(list -> list.forEach(v -> variables.put(v.name(), v)));
        }
        List<YamlMap.Field> declared = service.get("environment")
                .flatMap(Yaml::anyMap)
                .map(YamlMap::fields)
                .orElse(List.of());
        for (YamlMap.Field field : declared) {
            variable(field, service.context()).ifPresent(v -> variables.put(v.name(), v));
        }
        return List.copyOf(variables.values());
    }

    private static Optional<EnvironmentVariable> variable(YamlMap.Field field, Context context) {
        try {
            String name = EnvFile.variableName(field.name());
            if (field.value().isMapping()) {
                return field.value().map(Schema.VARIABLE).flatMap(map -> fromFile(name, map));
            }
            return field.value()
                    .interpolated()
                    .map(text -> new EnvironmentVariable(
                            name,
                            text.value(),
                            text.substituted(),
                            field.value().origin()));
        } catch (BadValue e) {
            context.problems().add(field.origin(), e.getMessage());
            return Optional.empty();
        }
    }

    /** The value is what the file holds, without the newline at its end. */
    private static Optional<EnvironmentVariable> fromFile(String name, YamlMap variable) {
        if (!variable.has("file")) {
            variable.missing("file");
        }
        Context context = variable.context();
        return variable.located("file", Scalars.pathIn(context.directory())).flatMap(file -> {
            try {
                String shown = context.files().display(file.value());
                return TextDecoder.decode(context.files().read(file.value()), shown, context.problems())
                        .map(text -> text.endsWith("\n") ? text.substring(0, text.length() - 1) : text)
                        .map(text -> new EnvironmentVariable(name, text, true, file.origin()));
            } catch (IOException e) {
                context.problems().add(file.origin(), context.files().cannotRead(file.value(), e));
                return Optional.empty();
            }
        });
    }

    private List<EnvironmentVariable> envFile(Yaml asked, Path path) {
        List<EnvironmentVariable> known = envFiles.get(path);
        if (known != null) {
            return known;
        }
        ProjectFiles files = asked.context().files();
        Problems problems = asked.context().problems();
        String name = files.display(path);
        try {
            List<EnvironmentVariable> variables = TextDecoder.decode(files.read(path), name, problems)
                    .map(text -> EnvFile.parse(text, name, problems))
                    .orElse(List.of());
            envFiles.put(path, variables);
            return variables;
        } catch (IOException e) {
            asked.problem(files.cannotRead(path, e));
            return List.of();
        }
    }
}
