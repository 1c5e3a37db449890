package dev.ostler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** API-MAP.md says nothing that is not there, and leaves no native call out. */
class ApiMapTest {
    private static final Path MAIN = Path.of("src/main/java/dev/ostler");
    private static final Path TEST = Path.of("src/test/java/dev/ostler");
    private static final Path NATIVE = Path.of("../launcher-native");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** @param cells facility, place, test */
    private record Row(List<String> cells) {}

    @TestFactory
    Stream<DynamicTest> everyRowNamesThingsThatExist() throws IOException {
        return rows().stream()
                .map(row -> DynamicTest.dynamicTest(row.cells().get(0), () -> {
                    assertThat(row.cells()).hasSize(3);
                    assertExist(row.cells().get(1), MAIN);
                    assertExist(row.cells().get(2), TEST);
                }));
    }

    @Test
    void everyClassWithANativeCallHasARow() throws IOException {
        String map = Files.readString(Path.of("API-MAP.md"));
        try (Stream<Path> files = Files.list(MAIN.resolve("linux"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (!name.equals("Native") && Files.readString(file).contains("Native.C")) {
                    assertThat(map).contains("`linux." + name + "`");
                }
            }
        }
    }

    private static void assertExist(String cell, Path root) throws IOException {
        List<String> names = names(cell);
        assertThat(names).as("names in back-quotes").isNotEmpty();
        for (String name : names) {
            if (name.contains("/")) {
                assertThat(NATIVE.resolve(name)).exists();
            } else if (name.equals(name.toUpperCase(Locale.ROOT))) {
                assertThat(Files.readString(NATIVE.resolve("src/ops.def"))).containsPattern("\\b" + name + "\\b");
            } else {
                assertThat(root.resolve(name.replace('.', '/') + ".java")).exists();
            }
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("API-MAP.md"))) {
            if (line.startsWith("| ") && !line.startsWith("| facility")) {
                String inner = line.substring(1, line.lastIndexOf('|'));
                rows.add(
                        new Row(Stream.of(inner.split("\\|")).map(String::strip).toList()));
            }
        }
        assertThat(rows).isNotEmpty();
        return rows;
    }

    private static List<String> names(String cell) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(cell);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
