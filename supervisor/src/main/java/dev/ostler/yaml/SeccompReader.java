package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.NearestWord;
import dev.ostler.base.SyscallConstants;
import dev.ostler.base.SyscallGroups;
import dev.ostler.base.Syscalls;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.SeccompAction;
import dev.ostler.spec.SeccompCondition;
import dev.ostler.spec.SeccompCondition.Operator;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the filter of system calls. */
final class SeccompReader {
    private static final List<String> OPERATORS = Arrays.stream(Operator.values())
            .map(operator -> operator.name().toLowerCase(Locale.ROOT))
            .toList();

    private SeccompReader() {}

    static Optional<SeccompSpec> read(Yaml seccomp) {
        return seccomp.map(Schema.SECCOMP).map(map -> {
            if (!map.has("allow") && !map.has("deny")) {
                seccomp.problem("expected \"allow\" or \"deny\"");
            }
            return new SeccompSpec(
                    map.get("allow").map(list -> items(list, false)),
                    map.get("deny").map(list -> items(list, true)).orElse(List.of()),
                    map.or("default", SeccompReader::action, SeccompAction.EPERM),
                    ifUnsupported(map),
                    seccomp.origin());
        });
    }

    private static IfUnsupported ifUnsupported(YamlMap map) {
        String otherwise = map.or("if_unsupported", Scalars.oneOf("choice", List.of("fail", "warn")), "fail");
        return otherwise.equals("warn") ? IfUnsupported.WARN : IfUnsupported.FAIL;
    }

    private static SeccompAction action(String text) throws BadValue {
        return SeccompAction.parse(text)
                .orElseThrow(() -> new BadValue("unknown action \"" + text + "\"; one of " + SeccompAction.words()));
    }

    private static List<SeccompItem> items(Yaml list, boolean denied) {
        List<SeccompItem> items = new ArrayList<>();
        for (Yaml item : list.list()) {
            item(item, denied).ifPresent(items::add);
        }
        return items;
    }

    private static Optional<SeccompItem> item(Yaml item, boolean denied) {
        if (!item.isMapping()) {
            return item.as(SeccompReader::call)
                    .map(call -> new SeccompItem(call, List.of(), Optional.empty(), item.origin()));
        }
        Optional<YamlMap> map = item.map(denied ? Schema.SECCOMP_DENIED : Schema.SECCOMP_ALLOWED);
        if (map.isPresent() && !map.get().has("call")) {
            map.get().missing("call");
        }
        return map.flatMap(fields -> fields.located("call", SeccompReader::call)
                .map(call -> new SeccompItem(
                        call.value(),
                        conditions(fields, call),
                        fields.get("action").flatMap(action -> action.as(SeccompReader::action)),
                        item.origin())));
    }

    private static String call(String text) throws BadValue {
        boolean group = text.startsWith("@");
        if (group ? SyscallGroups.names().contains(text) : Syscalls.names().contains(text)) {
            return text;
        }
        if (group) {
            throw new BadValue("unknown group \"" + text + "\"" + NearestWord.hint(text, SyscallGroups.names()));
        }
        throw new BadValue("unknown system call \"" + text + "\"" + NearestWord.hint(text, Syscalls.names()));
    }

    private static List<SeccompCondition> conditions(YamlMap fields, Located<String> call) {
        List<SeccompCondition> conditions = new ArrayList<>();
        for (Yaml argument : fields.list("args")) {
            if (call.value().startsWith("@")) {
                argument.problem("a group has no arguments; name the system call");
                return List.of();
            }
            if (call.value().equals("clone3")) {
                argument.problem("clone3 passes its arguments in memory, where no filter can see them");
                return List.of();
            }
            argument.map(Schema.SECCOMP_ARGUMENT)
                    .flatMap(map -> condition(map, call.value()))
                    .ifPresent(conditions::add);
        }
        return conditions;
    }

    private static Optional<SeccompCondition> condition(YamlMap map, String call) {
        List.of("index", "op", "value").stream().filter(key -> !map.has(key)).forEach(map::missing);
        Optional<Integer> index =
                map.get("index").flatMap(value -> value.as(Scalars.integer(0, Syscalls.ARGUMENTS - 1)));
        Optional<Operator> operator = map.get("op")
                .flatMap(value -> value.as(Scalars.oneOf("comparison", OPERATORS)))
                .map(name -> Operator.valueOf(name.toUpperCase(Locale.ROOT)));
        if (index.isEmpty() || operator.isEmpty() || !map.has("value")) {
            return Optional.empty();
        }
        int width = Syscalls.width(call, index.get());
        boolean masked = operator.get() == Operator.MASKED_EQ;
        if (masked && !map.has("mask")) {
            map.missing("mask");
        }
        if (!masked && map.has("mask")) {
            map.get("mask").orElseThrow().problem("only masked_eq has a mask");
        }
        long mask = map.or("mask", text -> number(text, width), 0L);
        List<Long> values = values(map.get("value").orElseThrow(), operator.get(), width);
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(new SeccompCondition(index.get(), operator.get(), mask, values));
    }

    private static List<Long> values(Yaml value, Operator operator, int width) {
        List<Yaml> texts = operator == Operator.IN ? value.list() : List.of(value);
        List<Long> values = new ArrayList<>();
        texts.forEach(text -> text.as(each -> number(each, width)).ifPresent(values::add));
        if (operator == Operator.IN && value.isList() && texts.isEmpty()) {
            value.problem("expected at least one value");
        }
        return values;
    }

    /** A number, a name, or several of these with {@code |} between them. */
    private static long number(String text, int width) throws BadValue {
        long number = 0;
        for (String part : text.split("\\|", -1)) {
            number |= one(part.strip());
        }
        long ones = -1L >>> Long.SIZE - width;
        boolean fits = (number & ~ones) == 0 || (number | ones >>> 1) == -1;
        if (!fits) {
            throw new BadValue("\"" + text + "\" does not fit: the kernel takes " + width + " bits of this argument");
        }
        return number;
    }

    private static long one(String text) throws BadValue {
        Optional<Long> named = SyscallConstants.value(text);
        if (named.isPresent()) {
            return named.get();
        }
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : decimal(text);
        } catch (NumberFormatException ignored) { // reported below, with the names that could have been meant
            throw new BadValue("\"" + text + "\" is neither a number nor a name that is known here"
                    + NearestWord.hint(text, SyscallConstants.all().keySet()));
        }
    }

    private static long decimal(String text) {
        return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
    }
}
