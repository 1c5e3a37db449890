package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One table of keys of a service: what each means, and what holds without it. */
abstract class KeyRows {
    static final Duration S10 = Duration.ofSeconds(10);

    /** One key: YAML that sets it, where it ends up, the value then, and the value without it. */
    record Row(String yaml, Function<ServiceSpec, Object> where, Object set, Object absent) {}

    final Map<String, Row> rows = new LinkedHashMap<>();

    void row(String key, String yaml, Function<ServiceSpec, Object> where, Object set, Object absent) {
        rows.put(key, new Row(yaml, where, set, absent));
    }

    static <T> Object of(Optional<T> asked, Function<T, Object> where) {
        return asked.isPresent() ? where.apply(asked.get()) : "-";
    }

    static List<Object> withoutOrigin(Optional<? extends Record> asked) {
        List<Object> parts = new ArrayList<>();
        asked.ifPresent(record -> Arrays.stream(record.getClass().getRecordComponents())
                .filter(part -> part.getType() != Origin.class)
                .forEach(part -> parts.add(part(record, part))));
        return parts;
    }

    static Object part(Record record, RecordComponent part) {
        try {
            return part.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static List<Step> ladder(Signal signal, Scope scope, Duration wait) {
        return List.of(new Step.Send(signal, scope), new Step.Wait(wait));
    }

    static Object value(Optional<? extends Located<?>> located) {
        return located.isPresent() ? located.get().value() : "-";
    }

    /** In the order of the table. */
    Map<String, Row> rows() {
        return rows;
    }
}
