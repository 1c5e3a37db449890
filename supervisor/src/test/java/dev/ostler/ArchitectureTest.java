package dev.ostler;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may import whom, and what belongs into one place only. */
class ArchitectureTest {
    private static final String ROOT = "dev.ostler.";
    private static final String ALL = "*";

    /** Package → what it may import beside itself. The two packages that may import all come last. */
    private static final Map<String, List<String>> TABLE = table();

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.ostler");

    private static Map<String, List<String>> table() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        table.put("base", List.of());
        table.put("linux", List.of("base"));
        table.put("spec", List.of("base"));
        table.put("yaml", List.of("base", "spec"));
        table.put("plan", List.of("base", "spec", "linux"));
        table.put("loop", List.of("base", "linux"));
        table.put("keeper", List.of("base", "plan", "linux", "loop"));
        table.put("state", List.of("base", "linux"));
        table.put("service", List.of("base", "spec"));
        for (String concern : List.of("probe", "notify", "activation", "output", "cgroup", "jvm")) {
            table.put(concern, List.of("base", "spec", "linux", "loop"));
        }
        table.put("audit", List.of("base", "spec", "plan", "linux"));
        List<String> joined = new ArrayList<>(table.keySet());
        joined.remove("yaml");
        table.put("supervise", joined);
        table.put("control", List.of("base", "spec", "service", "linux", "loop"));
        table.put("cli", List.of(ALL));
        table.put("daemon", List.of(ALL));
        return table;
    }

    @TestFactory
    Stream<DynamicTest> eachPackageImportsOnlyWhatTheTableAllows() {
        return TABLE.entrySet().stream()
                .filter(row -> !row.getValue().contains(ALL))
                .map(row -> DynamicTest.dynamicTest(row.getKey(), () -> assertImports(row.getKey(), row.getValue())));
    }

    private static void assertImports(String name, List<String> allowed) {
        String[] permitted = Stream.concat(Stream.of(name), allowed.stream())
                .map(each -> ROOT + each + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.ostler..").and(resideOutsideOfPackages(permitted)))
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void everyPackageIsInTheTable() {
        Set<String> packages = new TreeSet<>();
        MAIN.forEach(each -> packages.add(each.getPackageName()));

        assertThat(packages)
                .allMatch(each -> each.startsWith(ROOT)
                        && TABLE.containsKey(each.substring(ROOT.length()).split("\\.")[0]));
    }

    @Test
    void onlyLinuxImportsJnr() {
        onlyIn("linux", "jnr..", "com.kenai..");
    }

    @Test
    void onlyYamlImportsSnakeYaml() {
        onlyIn("yaml", "org.yaml..", "org.snakeyaml..");
    }

    @Test
    void onlyBaseImportsRe2() {
        onlyIn("base", "com.google.re2j..");
    }

    @Test
    void onlyBaseImportsCronUtils() {
        onlyIn("base", "com.cronutils..");
    }

    private static void onlyIn(String owner, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + owner + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(MAIN);
    }

    @Test
    void nobodyStartsProcessesFromJava() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Process.class, ProcessBuilder.class)
                .orShould()
                .callMethodWhere(call(Runtime.class, "exec"))
                .because("the keeper is the parent of everything")
                .check(MAIN);
    }

    @Test
    void onlyTheClockReadsTheTime() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + "linux.SystemClock")
                .should()
                .callMethodWhere(call(System.class, "nanoTime", "currentTimeMillis"))
                .orShould()
                .callMethodWhere(call(Instant.class, "now"))
                .orShould()
                .callMethodWhere(call(LocalDateTime.class, "now"))
                .orShould()
                .callMethodWhere(call(ZonedDateTime.class, "now"))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class)
                .check(MAIN);
    }

    private static DescribedPredicate<JavaMethodCall> call(Class<?> type, String... methods) {
        DescribedPredicate<JavaMethodCall> ofType = describe(
                type.getSimpleName() + "." + Arrays.toString(methods),
                each -> each.getTargetOwner().isEquivalentTo(type));
        return ofType.and(describe("by name", each -> List.of(methods).contains(each.getName())));
    }
}
