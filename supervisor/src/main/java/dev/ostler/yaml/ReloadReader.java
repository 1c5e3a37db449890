package dev.ostler.yaml;

import dev.ostler.spec.ReloadSpec;
import dev.ostler.spec.StopSpec.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code reload}: a list of steps; {@link Layer} makes one of a step alone. */
final class ReloadReader {
    private static final List<String> KINDS = List.of("http", "exec", "signal", "ready");

    private ReloadReader() {}

    /** @param tells whether it can say that it is ready again; else that is not to be waited for */
    static Optional<ReloadSpec> read(YamlMap service, boolean tells) {
        return service.get("reload").flatMap(value -> steps(value, tells));
    }

    private static Optional<ReloadSpec> steps(Yaml value, boolean tells) {
        List<Step> steps = new ArrayList<>();
        Optional<Duration> ready = Optional.empty();
        List<Yaml> items = value.list();
        for (int i = 0; i < items.size(); i++) {
            Yaml item = items.get(i);
            Optional<YamlMap> map = item.map(Schema.RELOAD_STEP).filter(step -> StepReader.hasOne(item, step, KINDS));
            map.ifPresent(step -> StepReader.refuseStrayOptions(item, step));
            if (map.filter(step -> step.has("ready")).isPresent()) {
                ready = map.get().get("ready").flatMap(time -> time.as(Durations::parsePositive));
                checkReady(item, i, items.size(), tells);
            } else {
                map.flatMap(StepReader::read).ifPresent(steps::add);
            }
        }
        if (value.isList() && items.isEmpty()) {
            value.problem("expected at least one step");
        }
        return Optional.of(new ReloadSpec(steps, ready));
    }

    private static void checkReady(Yaml item, int index, int count, boolean tells) {
        if (index < count - 1) {
            item.problem("\"ready\" is the last step");
        } else if (index == 0) {
            item.problem("\"ready\" comes after what tells the service to reload");
        }
        if (!tells) {
            item.problem("a service can tell that only with \"ready: notify\" or \"watchdog\"");
        }
    }
}
