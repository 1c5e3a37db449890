package dev.ostler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Machine;
import dev.ostler.linux.Libseccomp;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each shipped profile comes to, op by op, on a host that is always the same: a change of a profile, of the order or
 * of the format shows in a file that people read. {@code -Dostler.golden.update=true} writes the files anew.
 *
 * <p>What libseccomp makes of a filter differs between its versions, what the filter answers does not: the golden files
 * have the answers, and their checksums are of the plan with another filter in its place.
 */
class GoldenPlanTest {
    private static final Path SHIPPED = Path.of("../profiles").toAbsolutePath().normalize();
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path PROJECT = Path.of("/project/ostler.yaml");
    private static final String ENDING = ".plan.txt";

    /** SECCOMP_RET_ALLOW for every call. */
    private static final List<Long> ANY_FILTER = List.of(0x7fff000000000006L);

    private static final Map<String, String> EXTENDS =
            Map.of("container-default", "{ profile: container-default, with: { root: image } }");

    private static final Map<String, FakeHostFacts> HOSTS =
            Map.of("root", FakeHostFacts.root(), "a plain user", FakeHostFacts.plainUser());

    static List<String> shipped() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.replace(".yaml", ""))
                    .sorted()
                    .toList();
        }
    }

    @BeforeEach
    void needsTheSameTables() {
        assumeTrue(Machine.current() == Machine.X86_64, "skipped: the golden files are those of x86-64");
        assumeTrue(Libseccomp.load().isPresent(), "skipped: needs libseccomp.so.2 (package libseccomp2)");
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void thePlanOfAShippedProfileIsTheGoldenOne(String profile) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String host : List.of("root", "a plain user")) {
            Plan plan = plan(profile, HOSTS.get(host));
            text.append("# ").append(profile).append(" for ").append(host).append('\n');
            text.append(PlanText.explain(plan, true).replaceAll("; \\d+ instructions", ""));
            text.append("# sha256 ")
                    .append(sha256(PlanEncoder.encode(withAnyFilter(plan))))
                    .append("\n");
        }
        Path golden = GOLDEN.resolve(profile + ENDING);
        if (Boolean.getBoolean("ostler.golden.update")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, text);
        }

        assertThat(text.toString())
                .as("the plan of %s; -Dostler.golden.update=true makes it the golden one", profile)
                .isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void twoRunsGiveEqualBytes(String profile) {
        for (FakeHostFacts facts : HOSTS.values()) {
            byte[] first = PlanEncoder.encode(plan(profile, facts));

            assertThat(PlanEncoder.encode(plan(profile, facts))).isEqualTo(first);
        }
    }

    @Test
    void everyGoldenFileIsThatOfAShippedProfile() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.map(path -> path.getFileName().toString().replace(ENDING, "")))
                    .containsExactlyInAnyOrderElementsOf(shipped());
        }
    }

    private static Plan plan(String profile, FakeHostFacts facts) {
        String yaml = "services:\n  app:\n    command: [java, -jar, app.jar]\n    extends: "
                + EXTENDS.getOrDefault(profile, profile) + "\n";
        LoadResult result = YamlProject.load(
                new ProjectSource(PROJECT, "ostler.yaml", List.of(), SHIPPED, Map.of(), path -> read(path, yaml)));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return Compilations.compiled(
                        ((LoadResult.Loaded) result).project().services().get(0), facts)
                .plan();
    }

    private static byte[] read(Path path, String yaml) throws IOException {
        if (path.equals(PROJECT)) {
            return yaml.getBytes(StandardCharsets.UTF_8);
        }
        if (path.startsWith(SHIPPED)) {
            return Files.readAllBytes(path);
        }
        throw new NoSuchFileException(path.toString());
    }

    private static Plan withAnyFilter(Plan plan) {
        List<PlannedOp> ops = plan.ops().stream()
                .map(planned -> planned.op() instanceof Op.Seccomp seccomp
                        ? new PlannedOp(new Op.Seccomp(seccomp.quiet(), ANY_FILTER), planned.origin(), planned.reason())
                        : planned)
                .toList();
        return new Plan(
                plan.copy(),
                plan.guard(),
                plan.passedDescriptors(),
                plan.deadline(),
                plan.deathSignal(),
                ops,
                plan.hiddenVariables(),
                plan.cgroup());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e)); // every JDK has it
        }
    }
}
