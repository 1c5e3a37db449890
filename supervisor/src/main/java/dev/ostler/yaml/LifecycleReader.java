package dev.ostler.yaml;

import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.ForkingSpec;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.LifecycleSpec.Type;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.SandboxSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what kind of service it is: {@code type}, {@code pid_file}, {@code remain}, {@code disabled}, {@code groups}, {@code hooks}. */
final class LifecycleReader {
    private static final List<String> TYPES = List.of("simple", "oneshot", "forking");

    private LifecycleReader() {}

    static LifecycleSpec read(YamlMap service, RestartSpec restart, SandboxSpec sandbox) {
        Type type = is(service, "oneshot") ? Type.ONESHOT : is(service, "forking") ? Type.FORKING : Type.SIMPLE;
        service.get("type").ifPresent(value -> value.as(Scalars.oneOf("type", TYPES)));
        boolean remain = service.or("remain", Scalars::bool, false);
        if (type == Type.ONESHOT) {
            check(service, restart);
        } else if (remain) {
            service.get("remain").ifPresent(value -> value.problem("\"remain\" is for \"type: oneshot\""));
        }
        boolean disabled = service.or("disabled", Scalars::bool, false);
        Optional<ForkingSpec> forking = Optional.empty();
        if (type == Type.FORKING) {
            forking = Optional.of(ForkingReader.read(service, sandbox));
        } else {
            ForkingReader.refuse(service);
        }
        return new LifecycleSpec(
                type, remain && type == Type.ONESHOT, disabled, groups(service), HookReader.read(service), forking);
    }

    private static List<GroupName> groups(YamlMap service) {
        Set<GroupName> groups = new LinkedHashSet<>();
        for (Yaml item : service.list("groups")) {
            item.as(LifecycleReader::group).ifPresent(group -> {
                if (!groups.add(group)) {
                    item.problem("\"" + group + "\" is named twice");
                }
            });
        }
        return List.copyOf(groups);
    }

    private static GroupName group(String text) throws BadValue {
        if (!ServiceName.isValid(text)) {
            throw new BadValue("\"" + text + "\" is not a group name: 1 to " + ServiceName.MAX_LENGTH
                    + " letters, digits and . _ @ -, a letter or digit first");
        }
        return new GroupName(text);
    }

    static boolean isOneshot(YamlMap service) {
        return is(service, "oneshot");
    }

    private static boolean is(YamlMap service, String type) {
        Optional<Yaml> written = service.get("type");
        return written.isPresent()
                && written.get()
                        .interpolated()
                        .filter(text -> text.value().equals(type))
                        .isPresent();
    }

    private static void check(YamlMap service, RestartSpec restart) {
        service.get("hooks")
                .flatMap(Yaml::anyMap)
                .flatMap(hooks -> hooks.get("post_start"))
                .ifPresent(value -> value.problem("a one-shot is not up while it runs: use post_stop"));
        service.get("ready").ifPresent(value -> value.problem("a one-shot is ready when it has done its work"));
        service.get("health")
                .ifPresent(value -> value.problem("a one-shot works or is done: nobody asks for its health"));
        if (restart.policy() == RestartSpec.Policy.ALWAYS) {
            service.get("restart")
                    .flatMap(Yaml::anyMap)
                    .flatMap(map -> map.get("policy"))
                    .ifPresent(value -> value.problem("a one-shot that is always restarted is never done"));
        }
    }
}
