package dev.ostler.yaml;

import dev.ostler.spec.ConditionSpec;
import dev.ostler.spec.ConditionSpec.Kind;
import dev.ostler.spec.KernelCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code conditions}. */
final class ConditionReader {
    private ConditionReader() {}

    static List<ConditionSpec> read(YamlMap service) {
        List<ConditionSpec> conditions = new ArrayList<>();
        Optional<YamlMap> written = service.get("conditions").flatMap(value -> value.map(Schema.CONDITIONS));
        for (Kind kind : Kind.values()) { // what is waited for comes last: what will not hold is told at once
            written.flatMap(map -> map.get(kind.toString())).ifPresent(value -> {
                for (Yaml item : value.isText() ? List.of(value) : value.list()) {
                    item.as(parser(kind, item.context()))
                            .ifPresent(object -> conditions.add(new ConditionSpec(kind, object, item.origin())));
                }
            });
        }
        return conditions;
    }

    private static TextParser<String> parser(Kind kind, Context context) {
        return switch (kind) {
            case PATH_EXISTS, PATH_ABSENT ->
                text -> Scalars.pathIn(context.directory()).parse(text).toString();
            case KERNEL -> Scalars.oneOf("feature", KernelCondition.names());
            case LINK_UP -> NetworkReader::interfaceName;
        };
    }
}
