package dev.ostler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** FAULTS.md names tests that exist, and each fault once. */
class FaultMapTest {
    private static final Path TEST = Path.of("src/test/java/dev/ostler");
    private static final Path NATIVE = Path.of("../launcher-native/test");
    private static final Pattern NAME = Pattern.compile("`([^`#]+)#([^`#]+)`");
    private static final String SECTIONS = "PCSJ";
    private static final Pattern ROW = Pattern.compile("\\| ([" + SECTIONS + "]\\d+) \\| ([^|]+) \\| ([^|]+) \\|");

    private static List<Matcher> rows() throws IOException {
        return Files.readAllLines(Path.of("FAULTS.md")).stream()
                .filter(line -> line.matches("\\| [A-Z]\\d.*"))
                .map(line -> {
                    Matcher row = ROW.matcher(line);
                    assertThat(row.matches()).as(line).isTrue();
                    return row;
                })
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> everyRowNamesTestsThatExistOrAReason() throws IOException {
        return rows().stream()
                .map(row -> DynamicTest.dynamicTest(row.group(1), () -> {
                    String proof = row.group(3);
                    List<Matcher> names =
                            Stream.of(proof.split(", ")).map(NAME::matcher).toList();
                    if (proof.startsWith("- ")) {
                        assertThat(proof).hasSizeGreaterThan(10);
                        return;
                    }
                    for (Matcher name : names) {
                        assertThat(name.matches()).as(proof).isTrue();
                        assertThat(source(name.group(1))).containsPattern("[ *]" + name.group(2) + "\\(");
                    }
                }));
    }

    private static String source(String place) throws IOException {
        return Files.readString(
                place.endsWith(".c") ? NATIVE.resolve(place) : TEST.resolve(place.replace('.', '/') + ".java"));
    }

    @Test
    void everyFaultHasOneRowInOrder() throws IOException {
        List<String> numbers = rows().stream().map(row -> row.group(1)).toList();

        assertThat(numbers).hasSizeGreaterThan(100).doesNotHaveDuplicates();
        assertThat(numbers)
                .isSortedAccordingTo((a, b) -> a.charAt(0) != b.charAt(0)
                        ? SECTIONS.indexOf(a.charAt(0)) - SECTIONS.indexOf(b.charAt(0))
                        : Integer.parseInt(a.substring(1)) - Integer.parseInt(b.substring(1)));
    }
}
