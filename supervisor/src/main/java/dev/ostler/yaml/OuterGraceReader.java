package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopChains;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads {@code outer_grace}, and warns where stop ladders take longer. */
final class OuterGraceReader {
    private OuterGraceReader() {}

    static Optional<Located<Duration>> read(YamlMap top) {
        return top.located("outer_grace", Durations::parsePositive);
    }

    /** @param services without cycles */
    static void warn(Located<Duration> outer, List<ServiceSpec> services, Problems problems) {
        StopChains chains = new StopChains(services);
        List<ServiceName> longest = chains.longest();
        if (longest.isEmpty()) {
            return;
        }
        Duration sum = chains.through(longest.get(0));
        Duration usable = StopChains.usable(outer.value());
        if (sum.compareTo(usable) > 0) {
            String names = longest.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", then "));
            problems.warn(
                    outer.origin(),
                    "the stop of " + names + " may take " + text(sum) + ", and " + text(usable)
                            + " are there for it; when all goes down, ladders are shortened");
        }
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
