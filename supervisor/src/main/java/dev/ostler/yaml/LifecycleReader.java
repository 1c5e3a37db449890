package dev.ostler.yaml;

import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.LifecycleSpec.Type;
import dev.ostler.spec.RestartSpec;
import java.util.List;

/** Reads what kind of service it is: {@code type}, {@code remain}. */
final class LifecycleReader {
    private static final List<String> TYPES = List.of("simple", "oneshot");

    private LifecycleReader() {}

    static LifecycleSpec read(YamlMap service, RestartSpec restart) {
        Type type = isOneshot(service) ? Type.ONESHOT : Type.SIMPLE;
        service.get("type").ifPresent(value -> value.as(Scalars.oneOf("type", TYPES)));
        boolean remain = service.or("remain", Scalars::bool, false);
        if (type == Type.ONESHOT) {
            check(service, restart);
        } else if (remain) {
            service.get("remain").ifPresent(value -> value.problem("\"remain\" is for \"type: oneshot\""));
        }
        return new LifecycleSpec(type, remain && type == Type.ONESHOT);
    }

    static boolean isOneshot(YamlMap service) {
        return service.get("type")
                .flatMap(Yaml::interpolated)
                .filter(text -> text.value().equals("oneshot"))
                .isPresent();
    }

    private static void check(YamlMap service, RestartSpec restart) {
        service.get("ready").ifPresent(value -> value.problem("a one-shot is ready when it has done its work"));
        if (restart.policy() == RestartSpec.Policy.ALWAYS) {
            service.get("restart")
                    .flatMap(Yaml::anyMap)
                    .flatMap(map -> map.get("policy"))
                    .ifPresent(value -> value.problem("a one-shot that is always restarted is never done"));
        }
    }
}
