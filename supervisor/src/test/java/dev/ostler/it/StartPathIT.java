package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the supervisor loads before its first service runs. */
class StartPathIT {
    private static final String YAML = """
            services:
              one:
                command: [sleep, "1000"]
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void loadsNothingThatOnlyACommandNeeds(Jdk jdk) throws IOException {
        List<String> classes = classesOfAStart(copyOfInstallation(), jdk);

        assertThat(classes).contains("dev.ostler.daemon.Main");
        for (String prefix : List.of("picocli.", "com.fasterxml.jackson.", "java.net.http.")) {
            assertThat(classes).noneMatch(name -> name.startsWith(prefix));
        }
    }

    /** In the order of loading, until all services had been started. */
    private List<String> classesOfAStart(Path home, Jdk jdk) throws IOException {
        Path args = home.resolve(jdk.version() >= 24 ? "lib/jvm-25.args" : "lib/jvm-17.args");
        Path log = directory.resolve("classes.log");
        String text = Files.readString(args);
        assertThat(text).contains("-Xlog:disable");
        Files.writeString(
                args, text.replace("-Xlog:disable", "-Xlog:disable\n-Xlog:class+load:file=" + log + "::filecount=0"));
        try (OstlerProject project = OstlerProject.create(As.CURRENT, home, jdk, YAML)) {
            project.run("up", "-d").ok();
            return Files.readAllLines(log).stream()
                    .map(line -> line.substring(line.lastIndexOf("] ") + 2).split(" ")[0])
                    .toList();
        }
    }

    private Path copyOfInstallation() throws IOException {
        Path copy = directory.resolve("ostler");
        try (Stream<Path> files = Files.walk(OstlerProject.builtHome())) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(OstlerProject.builtHome().relativize(file));
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return copy;
    }
}
