package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.DirectorySpec;
import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.UserSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what is executed, where and as whom. */
final class ProcessReader {
    private static final int MOST_UMASK = 0777;
    private static final int MOST_MODE = 07777;
    private static final int DEFAULT_MODE = 0755;

    private final SharedReading<Void, List<EnvironmentVariable>> environment =
            SharedReading.of(new EnvironmentReader()::read);
    private final SharedReading<Void, Account> account = SharedReading.of(Account::read);

    /** As whom it runs, and what belongs to that user. */
    private record Account(
            Optional<UserSpec> user,
            List<Located<String>> groups,
            Optional<Located<Integer>> umask,
            List<DirectorySpec> directories) {
        static Account read(YamlMap service) {
            return new Account(
                    service.get("user").flatMap(ProcessReader::user),
                    ProcessReader.groups(service),
                    service.located("umask", Scalars.octal(MOST_UMASK)),
                    ProcessReader.directories(service));
        }
    }

    /** Nothing when there is no command. */
    Optional<ProcessSpec> read(YamlMap service, boolean commandRequired) {
        Path directory = service.context().directory();
        Optional<Located<List<String>>> command = command(service, commandRequired);
        List<EnvironmentVariable> variables = environment.read(service, null);
        Located<Path> workingDirectory = service.located("working_dir", Scalars.pathIn(directory))
                .orElse(new Located<>(directory, service.origin()));
        Account as = account.read(service, null);
        return command.map(c ->
                new ProcessSpec(c, variables, workingDirectory, as.user(), as.groups(), as.umask(), as.directories()));
    }

    /** {@code command}, of a service or of a hook. */
    static Optional<Located<List<String>>> command(YamlMap service, boolean required) {
        Optional<Yaml> command = service.get("command");
        if (command.isEmpty()) {
            if (required) {
                service.missing("command");
            }
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        List<Yaml> items = command.get().list();
        for (Yaml item : items) {
            item.as(text -> text).ifPresent(words::add);
        }
        if (command.get().isList() && items.isEmpty() || words.size() == items.size() && isEmptyProgram(words)) {
            command.get().problem("the command is empty");
            return Optional.empty();
        }
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of(new Located<>(words, command.get().origin()));
    }

    private static boolean isEmptyProgram(List<String> words) {
        return !words.isEmpty() && words.get(0).isEmpty();
    }

    private static List<Located<String>> groups(YamlMap service) {
        List<Located<String>> groups = new ArrayList<>();
        for (Yaml group : service.list("group_add")) {
            group.located(ProcessReader::accountName).ifPresent(groups::add);
        }
        return groups;
    }

    private static String accountName(String text) throws BadValue {
        if (Scalars.nonEmpty(text).indexOf(':') >= 0) {
            throw new BadValue("\"" + text + "\" is not a name or number");
        }
        return text;
    }

    private static Optional<UserSpec> user(Yaml user) {
        if (user.isMapping()) {
            return user.map(Schema.USER).flatMap(ProcessReader::userMapping);
        }
        if (!user.isText()) {
            user.wrongKind("a name, a number, \"user:group\" or a mapping");
            return Optional.empty();
        }
        return user.as(text -> {
            int colon = text.indexOf(':');
            String name = accountName(colon < 0 ? text : text.substring(0, colon));
            Optional<String> group = colon < 0 ? Optional.empty() : Optional.of(accountName(text.substring(colon + 1)));
            return new UserSpec(name, group, IfUnsupported.FAIL, user.origin());
        });
    }

    private static Optional<UserSpec> userMapping(YamlMap user) {
        if (!user.has("name")) {
            user.missing("name");
        }
        Optional<Located<String>> name = user.located("name", ProcessReader::accountName);
        Optional<String> group = user.get("group").flatMap(value -> value.as(ProcessReader::accountName));
        String otherwise = user.or("if_unsupported", Scalars.oneOf("choice", List.of("fail", "warn")), "fail");
        IfUnsupported ifUnsupported = otherwise.equals("warn") ? IfUnsupported.WARN : IfUnsupported.FAIL;
        return name.map(n -> new UserSpec(n.value(), group, ifUnsupported, n.origin()));
    }

    private static List<DirectorySpec> directories(YamlMap service) {
        TextParser<Path> path = Scalars.pathIn(service.context().directory());
        List<DirectorySpec> directories = new ArrayList<>();
        for (Yaml item : service.list("directories")) {
            if (item.isText()) {
                item.located(path)
                        .ifPresent(p -> directories.add(new DirectorySpec(p.value(), DEFAULT_MODE, p.origin())));
            } else {
                item.map(Schema.DIRECTORY).flatMap(map -> directory(map, path)).ifPresent(directories::add);
            }
        }
        return directories;
    }

    private static Optional<DirectorySpec> directory(YamlMap map, TextParser<Path> path) {
        if (!map.has("path")) {
            map.missing("path");
        }
        int mode = map.or("mode", Scalars.octal(MOST_MODE), DEFAULT_MODE);
        return map.located("path", path).map(p -> new DirectorySpec(p.value(), mode, p.origin()));
    }
}
