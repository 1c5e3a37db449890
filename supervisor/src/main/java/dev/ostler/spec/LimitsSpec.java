package dev.ostler.spec;

import dev.ostler.base.Located;
import java.util.List;
import java.util.Optional;

/**
 * Resources of the process.
 *
 * @param cpuAffinity CPU numbers, ascending, without repeats
 */
public record LimitsSpec(
        List<UlimitSpec> ulimits,
        Optional<Located<Integer>> nice,
        Optional<Located<Integer>> oomScoreAdj,
        Optional<Located<List<Integer>>> cpuAffinity,
        List<ResourceItem> resources) {
    public LimitsSpec {
        resources = List.copyOf(resources);
        ulimits = List.copyOf(ulimits);
    }
}
