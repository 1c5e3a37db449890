package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each key of a service: what it means, and what holds without it. A key of the schema without a row fails. */
class ServiceKeysTest {
    private final Map<String, KeyRows.Row> rows = new LinkedHashMap<>();

    ServiceKeysTest() {
        Stream.of(
                        new ProcessKeys(),
                        new SandboxKeys(),
                        new ResourceKeys(),
                        new ProbeKeys(),
                        new ActivationKeys(),
                        new LifecycleKeys())
                .forEach(table -> rows.putAll(table.rows()));
    }

    @TestFactory
    Stream<DynamicTest> meansWhatTheRowSays() {
        return rows.entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    KeyRows.Row row = entry.getValue();

                    assertThat(row.where().apply(project(row.yaml()).service())).isEqualTo(row.set());
                }));
    }

    @TestFactory
    Stream<DynamicTest> hasItsDefault() {
        ServiceSpec bare = project("").service();
        return rows.entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(),
                        () -> assertThat(entry.getValue().where().apply(bare))
                                .isEqualTo(entry.getValue().absent())));
    }

    @Test
    void everyKeyOfAServiceHasARow() {
        List<String> keys = new ArrayList<>();
        // those of ExtendsTest, ParametersTest, RestartBudgetTest, InstancesTest and SecretsTest
        EnumSet<Schema> others = EnumSet.of(
                Schema.TOP,
                Schema.PROFILE,
                Schema.PARAM,
                Schema.EXTENDS,
                Schema.RESTART_BUDGET,
                Schema.INSTANCES,
                Schema.SECRET,
                Schema.SERVICE_SECRET);
        Arrays.stream(Schema.values()).filter(s -> !others.contains(s)).forEach(s -> keys.addAll(s.documentedKeys()));

        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(keys);
    }

    private static FakeProject project(String line) {
        String command = line.startsWith("command") ? "" : "command: [true-program]";
        return FakeProject.of("services:", "  web:", "    " + command, "    " + line, "  db: { command: [d] }")
                .file("web.env", "FROM_FILE=yes");
    }
}
