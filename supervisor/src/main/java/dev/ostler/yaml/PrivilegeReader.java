package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.PrivilegeSpec;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the rights of the process. */
final class PrivilegeReader {
    /** Names of capabilities(7), "The securebits flags". */
    static final List<String> SECUREBITS = List.of(
            "noroot",
            "noroot_locked",
            "no_setuid_fixup",
            "no_setuid_fixup_locked",
            "keep_caps",
            "keep_caps_locked",
            "no_cap_ambient_raise",
            "no_cap_ambient_raise_locked");

    private PrivilegeReader() {}

    static PrivilegeSpec read(YamlMap service) {
        return new PrivilegeSpec(
                service.get("capabilities").flatMap(PrivilegeReader::keep),
                service.get("securebits").flatMap(list -> set(list, Scalars.oneOf("securebit", SECUREBITS))),
                service.located("no_new_privs", Scalars::bool),
                service.located("death_signal", Scalars::signal));
    }

    private static Optional<Located<Set<String>>> keep(Yaml capabilities) {
        Optional<YamlMap> map = capabilities.map(Schema.CAPABILITIES);
        if (map.isPresent() && !map.get().has("keep")) {
            map.get().missing("keep");
        }
        return map.flatMap(m -> m.get("keep")).flatMap(list -> set(list, CapabilityName::parse));
    }

    private static Optional<Located<Set<String>>> set(Yaml list, TextParser<String> parser) {
        if (!list.isList()) {
            list.wrongKind("a list");
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        list.list().forEach(item -> item.as(parser).ifPresent(names::add));
        return Optional.of(new Located<>(Collections.unmodifiableSet(names), list.origin()));
    }
}
