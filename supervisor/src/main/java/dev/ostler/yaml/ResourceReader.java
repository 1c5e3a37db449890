package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.NumaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads what not every kernel or user can give. Each of these keys is a value, or a mapping with {@code value}. */
final class ResourceReader {
    /** The names of core(5) as systemd.exec(5) has them; the place is the bit. */
    private static final List<String> CORE_PARTS = List.of(
            "private-anonymous",
            "shared-anonymous",
            "private-file-backed",
            "shared-file-backed",
            "elf-headers",
            "private-huge",
            "shared-huge",
            "private-dax",
            "shared-dax");

    private static final int ALL_CORE_PARTS = (1 << CORE_PARTS.size()) - 1;

    private final YamlMap service;
    private final List<ResourceItem> items = new ArrayList<>();

    private ResourceReader(YamlMap service) {
        this.service = service;
    }

    static List<ResourceItem> read(YamlMap service) {
        return new ResourceReader(service).read();
    }

    private List<ResourceItem> read() {
        service.get("scheduling").flatMap(SchedulingReader::read).ifPresent(items::add);
        service.get("io_priority").flatMap(IoPriorityReader::read).ifPresent(items::add);
        service.get("numa").flatMap(ResourceReader::numa).ifPresent(items::add);
        service.located("timer_slack", Durations::parseFine)
                .ifPresent(slack -> items.add(new ResourceItem.TimerSlack(slack.value(), slack.origin())));
        service.located("transparent_hugepages", Scalars::bool)
                .ifPresent(on -> items.add(new ResourceItem.TransparentHugepages(on.value(), on.origin())));
        service.get("memory_deny_write_execute")
                .flatMap(ResourceReader::memoryDenyWriteExecute)
                .ifPresent(items::add);
        asked("core_scheduling", Schema.CORE_SCHEDULING, Scalars::bool, true, ResourceItem.CoreScheduling::new);
        setting(service, "coredump_filter", Schema.COREDUMP_FILTER, ResourceReader::coredumpFilter)
                .ifPresent(set ->
                        items.add(new ResourceItem.CoredumpFilter(set.value(), set.ifUnsupported(), set.origin())));
        TextParser<String> keyring = Scalars.oneOf("keyring", List.of("private", "inherit"));
        setting(service, "keyring", Schema.KEYRING, value -> value.as(keyring))
                .ifPresent(set -> items.add(
                        new ResourceItem.Keyring(set.value().equals("private"), set.ifUnsupported(), set.origin())));
        asked("tsc", Schema.TSC, Scalars.oneOf("choice", List.of("allow", "deny")), "deny", ResourceItem.DenyTsc::new);
        return items;
    }

    /** A value with what is to be done where it cannot be had. */
    private record Setting<T>(T value, IfUnsupported ifUnsupported, Origin origin) {}

    private static <T> Optional<Setting<T>> setting(
            YamlMap service, String key, Schema schema, Function<Yaml, Optional<T>> parser) {
        Optional<Yaml> written = service.get(key);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        Origin origin = written.get().origin();
        if (!written.get().isMapping()) {
            return parser.apply(written.get()).map(value -> new Setting<>(value, IfUnsupported.FAIL, origin));
        }
        Optional<YamlMap> map = written.get().map(schema);
        map.filter(m -> !m.has("value")).ifPresent(m -> m.missing("value"));
        IfUnsupported otherwise = map.map(ResourceReader::ifUnsupported).orElse(IfUnsupported.FAIL);
        return map.flatMap(m -> m.get("value")).flatMap(parser).map(value -> new Setting<>(value, otherwise, origin));
    }

    /** An item that is there or not. */
    private <T> void asked(
            String key,
            Schema schema,
            TextParser<T> parser,
            T yes,
            BiFunction<IfUnsupported, Origin, ResourceItem> item) {
        setting(service, key, schema, value -> value.as(parser))
                .filter(set -> set.value().equals(yes))
                .ifPresent(set -> items.add(item.apply(set.ifUnsupported(), set.origin())));
    }

    static IfUnsupported ifUnsupported(YamlMap map) {
        String choice = map.or("if_unsupported", Scalars.oneOf("choice", List.of("fail", "warn")), "fail");
        return choice.equals("warn") ? IfUnsupported.WARN : IfUnsupported.FAIL;
    }

    private static Optional<ResourceItem> memoryDenyWriteExecute(Yaml written) {
        if (!written.isMapping()) {
            return written.as(Scalars::bool)
                    .filter(on -> on)
                    .map(on -> new ResourceItem.MemoryDenyWriteExecute(false, IfUnsupported.FAIL, written.origin()));
        }
        Optional<YamlMap> map = written.map(Schema.MEMORY_DENY_WRITE_EXECUTE);
        map.filter(m -> !m.has("value")).ifPresent(m -> m.missing("value"));
        return map.filter(m -> m.or("value", Scalars::bool, false))
                .map(m -> new ResourceItem.MemoryDenyWriteExecute(
                        m.or("force", Scalars::bool, false), ifUnsupported(m), written.origin()));
    }

    private static Optional<ResourceItem> numa(Yaml written) {
        Optional<YamlMap> map = written.isMapping() ? written.map(Schema.NUMA) : Optional.empty();
        Optional<NumaPolicy> policy = map.isPresent()
                ? map.flatMap(m -> Choices.required(m, "policy", "policy", NumaPolicy.values()))
                : written.isMapping() ? Optional.empty() : Choices.read(written, "policy", NumaPolicy.values());
        List<Integer> nodes = map.flatMap(m -> m.get("nodes"))
                .flatMap(value -> LimitsReader.numbers(value, CpuList::parseNodes, "node"))
                .map(Located::value)
                .orElse(List.of());
        boolean given = map.map(m -> m.has("nodes")).orElse(false);
        if (policy.isPresent() && given != policy.get().hasNodes()) {
            String verb = given ? " takes no nodes" : " needs nodes";
            written.problem("the policy " + Choices.word(policy.get()) + verb);
        } else if (policy.isPresent() && policy.get() == NumaPolicy.PREFERRED && nodes.size() > 1) {
            written.problem("the policy preferred takes one node");
        }
        return policy.map(p -> new ResourceItem.Numa(
                p, nodes, map.map(ResourceReader::ifUnsupported).orElse(IfUnsupported.FAIL), written.origin()));
    }

    private static Optional<Integer> coredumpFilter(Yaml value) {
        if (!value.isList()) {
            return value.as(ResourceReader::coreMask);
        }
        int mask = 0;
        for (Yaml item : value.list()) {
            mask |= item.as(Scalars.oneOf("part of a core file", CORE_PARTS))
                    .map(name -> 1 << CORE_PARTS.indexOf(name))
                    .orElse(0);
        }
        return Optional.of(mask);
    }

    /** As the kernel writes it: {@code 0x33}. */
    private static int coreMask(String text) throws BadValue {
        try {
            int mask = Integer.decode(text);
            if (mask >= 0 && mask <= ALL_CORE_PARTS && !text.startsWith("#")) {
                return mask;
            }
        } catch (NumberFormatException ignored) { // said below
        }
        throw new BadValue("\"" + text + "\" is not a mask from 0 to 0x" + Integer.toHexString(ALL_CORE_PARTS)
                + "; a list of names is one too");
    }
}
