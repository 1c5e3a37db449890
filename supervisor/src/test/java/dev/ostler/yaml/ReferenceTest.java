package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.LogSpec;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.StopSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The written reference and the shipped profiles say what the reader does. */
class ReferenceTest {
    @Test
    void everyKeyHasARowInTheReference() {
        String reference = FakeProject.repositoryFile("supervisor/YAML.md");
        List<String> missing = new ArrayList<>();
        for (Schema schema : Schema.values()) {
            schema.documentedKeys().stream()
                    .filter(key -> !reference.contains("\n| `" + key + "` |"))
                    .forEach(missing::add);
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyRowOfTheReferenceIsAKey() {
        List<String> keys = new ArrayList<>();
        for (Schema schema : Schema.values()) {
            keys.addAll(schema.documentedKeys());
        }

        assertThat(FakeProject.repositoryFile("supervisor/YAML.md").lines())
                .filteredOn(line -> line.startsWith("| `"))
                .extracting(line -> line.substring(3, line.indexOf('`', 3)))
                .doesNotHaveDuplicates()
                .allMatch(keys::contains);
    }

    @Test
    void everyShippedProfileHasARow() throws IOException {
        String readme = FakeProject.repositoryFile("profiles/README.md");
        try (Stream<Path> files = Files.list(FakeProject.SHIPPED)) {
            assertThat(files.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".yaml")))
                    .isNotEmpty()
                    .allSatisfy(name ->
                            assertThat(readme).contains("\n| [`" + name.replace(".yaml", "") + "`](" + name + ") |"));
        }
    }

    @Test
    void shippedProfilesAreSound() throws IOException {
        try (Stream<Path> files = Files.list(FakeProject.SHIPPED)) {
            files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.replace(".yaml", ""))
                    .map(name -> name.equals("container-default")
                            ? "{ profile: container-default, with: { root: image } }"
                            : name)
                    .forEach(name -> assertThat(
                                    FakeProject.webWith("extends: " + name).messages())
                            .isEmpty());
        }
    }

    @Test
    void shippedDefaultIsTheBuiltInDefault() {
        var service = FakeProject.webWith("").service();

        assertThat(service.restart()).isEqualTo(RestartSpec.DEFAULT);
        assertThat(service.stop()).isEqualTo(StopSpec.DEFAULT);
        assertThat(service.logs()).isEqualTo(LogSpec.DEFAULT);
    }
}
