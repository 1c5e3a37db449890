package dev.ostler.yaml;

import dev.ostler.base.Signal;
import dev.ostler.spec.StopSpec;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the stop ladder. {@code stop_signal} and {@code stop_grace_period} change the signal and the wait of the ladder
 * that a lower layer gave; within one layer they exclude {@code stop} (see {@link Layer}).
 */
final class StopReader {
    private static final List<String> KINDS = List.of("http", "exec", "signal", "wait", "kill");

    private StopReader() {}

    static StopSpec read(YamlMap service) {
        List<Step> steps = service.get("stop").map(StopReader::ladder).orElse(StopSpec.DEFAULT.steps());
        if (service.has("stop_signal") || service.has("stop_grace_period")) {
            steps = shortForms(service, steps);
        }
        return new StopSpec(steps, service.or("heap_dump_grace_period", Durations::parse, Duration.ZERO));
    }

    private static List<Step> shortForms(YamlMap service, List<Step> ladder) {
        Optional<Signal> signal = service.get("stop_signal").flatMap(value -> value.as(Scalars::signal));
        Optional<Duration> grace = service.get("stop_grace_period").flatMap(value -> value.as(Durations::parse));
        boolean simple = ladder.size() == 2 && ladder.get(0) instanceof Step.Send && ladder.get(1) instanceof Step.Wait;
        if (!simple) {
            String key = service.has("stop_signal") ? "stop_signal" : "stop_grace_period";
            String ladderAt =
                    service.get("stop").map(stop -> " at " + stop.origin()).orElse("");
            service.get(key)
                    .ifPresent(value -> value.problem(
                            "\"" + key + "\" changes only a ladder of one signal and one wait, not that" + ladderAt));
            return ladder;
        }
        Step.Send send = (Step.Send) ladder.get(0);
        Step.Wait wait = (Step.Wait) ladder.get(1);
        return List.of(
                new Step.Send(signal.orElse(send.signal()), send.scope()),
                new Step.Wait(grace.orElse(wait.duration())));
    }

    private static List<Step> ladder(Yaml value) {
        List<Step> steps = new ArrayList<>();
        List<Yaml> items = value.list();
        if (value.isList() && items.isEmpty()) {
            value.problem("expected at least one step");
        }
        for (int i = 0; i < items.size(); i++) {
            boolean last = i == items.size() - 1;
            Yaml item = items.get(i);
            item.map(Schema.STOP_STEP).flatMap(map -> step(item, map, last)).ifPresent(steps::add);
        }
        return steps;
    }

    private static Optional<Step> step(Yaml item, YamlMap map, boolean last) {
        if (!StepReader.hasOne(item, map, KINDS)) {
            return Optional.empty();
        }
        StepReader.refuseStrayOptions(item, map);
        if (map.has("wait")) {
            return map.get("wait").flatMap(value -> value.as(Durations::parse)).map(Step.Wait::new);
        }
        if (!map.has("kill")) {
            return StepReader.read(map);
        }
        Scope scope = map.or("kill", Scalars.scope(), Scope.ALL);
        if (scope != Scope.ALL) {
            return Optional.of(new Step.Send(Signal.KILL, scope));
        }
        if (!last) {
            item.problem("\"kill: all\" ends the ladder");
        }
        // Every ladder ends so; the step is written for the reader of the YAML.
        return Optional.empty();
    }
}
