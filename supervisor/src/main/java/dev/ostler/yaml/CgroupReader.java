package dev.ostler.yaml;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Located;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.IfUnsupported;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the limits of all processes of a service together. */
final class CgroupReader {
    private static final long MOST_PIDS = 4_194_304; // PID_MAX_LIMIT
    private static final double MOST_CPUS = 8192;
    private static final int MOST_WEIGHT = 10_000;

    private CgroupReader() {}

    static CgroupSpec read(YamlMap service) {
        Optional<YamlMap> cgroup = service.get("cgroup").flatMap(value -> value.map(Schema.CGROUP));
        CgroupSpec spec = new CgroupSpec(
                service.located("mem_limit", Sizes::parsePositive),
                cgroup.flatMap(map -> map.located("memory_high", Sizes::parsePositive)),
                service.located("mem_reservation", Sizes::parse),
                service.located("memswap_limit", Sizes::parsePositive),
                cgroup.flatMap(map -> map.located("oom_group", Scalars::bool)),
                service.located("pids_limit", Scalars.wholeNumber(1, MOST_PIDS)),
                service.located("cpus", Scalars.decimal(0.01, MOST_CPUS)),
                service.located("cpu_weight", Scalars.integer(1, MOST_WEIGHT)),
                service.located("cpuset", text -> List.copyOf(CpuList.parse(text))),
                hugetlb(service),
                BlkioReader.read(service),
                cgroup.map(map -> map.or("if_unsupported", CgroupReader::ifUnsupported, IfUnsupported.FAIL))
                        .orElse(IfUnsupported.FAIL));
        return spec.equals(CgroupSpec.NONE) ? CgroupSpec.NONE : spec;
    }

    private static IfUnsupported ifUnsupported(String text) throws BadValue {
        return IfUnsupported.valueOf(
                Scalars.oneOf("value", List.of("fail", "warn")).parse(text).toUpperCase(Locale.ROOT));
    }

    private static Map<ByteSize, Located<ByteSize>> hugetlb(YamlMap service) {
        Map<ByteSize, Located<ByteSize>> limits = new LinkedHashMap<>();
        Optional<YamlMap> sizes = service.get("hugetlb").flatMap(Yaml::anyMap);
        for (YamlMap.Field field : sizes.map(YamlMap::fields).orElse(List.of())) {
            try {
                ByteSize page = Sizes.parsePositive(field.name());
                field.value().located(Sizes::parse).ifPresent(limit -> limits.put(page, limit));
            } catch (BadValue e) {
                service.context().problems().add(field.origin(), e.getMessage());
            }
        }
        return limits;
    }
}
