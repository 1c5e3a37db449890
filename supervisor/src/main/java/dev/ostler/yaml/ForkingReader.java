package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.ForkingSpec;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.SandboxSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads what {@code type: forking} needs: {@code pid_file}. */
final class ForkingReader {
    private ForkingReader() {}

    /** Of a service of that type. */
    static ForkingSpec read(YamlMap service, SandboxSpec sandbox) {
        refuseStrangers(service, sandbox);
        Optional<Yaml> value = service.get("pid_file");
        TextParser<Path> path = fileIn(service.context().directory());
        if (value.isEmpty() || !value.get().isMapping()) {
            Optional<Located<Path>> file = value.flatMap(text -> text.located(path));
            return new ForkingSpec(file, ForkingSpec.DEFAULT_TIMEOUT);
        }
        Optional<YamlMap> map = value.get().map(Schema.PID_FILE);
        Optional<Located<Path>> file = map.flatMap(own -> own.located("path", path));
        map.filter(own -> !own.has("path")).ifPresent(own -> own.missing("path"));
        Duration timeout = map.map(own -> own.or("timeout", Durations::parsePositive, ForkingSpec.DEFAULT_TIMEOUT))
                .orElse(ForkingSpec.DEFAULT_TIMEOUT);
        return new ForkingSpec(file, timeout);
    }

    private static TextParser<Path> fileIn(Path directory) {
        TextParser<Path> path = Scalars.pathIn(directory);
        return text -> {
            Path file = path.parse(text);
            if (file.getFileName() == null) {
                throw new BadValue("\"" + file + "\" is no file");
            }
            return file;
        };
    }

    /** Of a service of another type. */
    static void refuse(YamlMap service) {
        service.get("pid_file").ifPresent(value -> value.problem("\"pid_file\" is for \"type: forking\""));
    }

    /** Whoever reaps the daemon must be Ostler's. */
    private static void refuseStrangers(YamlMap service, SandboxSpec sandbox) {
        boolean ownInit = sandbox.init().map(Located::value).orElse(true);
        boolean joined = sandbox.join().stream().anyMatch(one -> one.type() == NamespaceType.PID);
        if (!ownInit || joined) {
            service.get("type")
                    .ifPresent(
                            value -> value.problem(
                                    "a daemon needs Ostler's init in its pid namespace: neither \"init: false\" nor a joined one"));
        }
    }
}
