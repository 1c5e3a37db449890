package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Image directories that somebody has prepared: whatever links they hold, nothing outside of them is touched. */
class SandboxImageIT {
    private static final int STARTS = Boolean.getBoolean("ostler.long") ? 1000 : 40;

    /** The mounts of a service of which one goes through the link. */
    private static final List<String> DESTINATIONS = List.of(
            "dev: [ { dev: /dev } ]",
            "proc: [ { proc: /proc } ]",
            "tmp: [ { tmpfs: /tmp } ]",
            "parent: [ { bind: data, to: /parent/new/data } ]",
            "target: [ { bind: data, to: /target } ]",
            "etc: [ { file: /etc/hostname, content: made } ]",
            "run: [ { directory: /run/made } ]",
            "opt: [ { symlink: /opt/made, to: x } ]");

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p14_c15_aDestinationThatLeadsToTheHost(As as) throws IOException {
        for (String up : List.of("", "../../..")) {
            StringBuilder yaml = new StringBuilder("defaults: { restart: \"no\", working_dir: / }\nservices:\n");
            for (String destination : DESTINATIONS) {
                String name = destination.substring(0, destination.indexOf(':'));
                yaml.append("  " + name + ":\n    command: [/probe, fds]\n    sandbox:\n      namespaces: [pid]\n");
                yaml.append(
                        "      root: image-" + name + "\n      mounts" + destination.substring(name.length()) + "\n");
            }
            try (OstlerProject project = OstlerProject.create(as, yaml.toString())) {
                Path victim = victim(project);
                project.file("data/x", "");
                for (String destination : DESTINATIONS) {
                    String name = destination.substring(0, destination.indexOf(':'));
                    Path image = directory(project.directory().resolve("image-" + name));
                    Files.copy(project.directory().resolve("probe"), image.resolve("probe"));
                    Files.createSymbolicLink(image.resolve(name), Path.of(up + victim));
                }

                Result result = project.run("up", "-d");

                assertThat(result.err().lines().filter(line -> line.startsWith("cannot start")))
                        .hasSize(DESTINATIONS.size())
                        .allMatch(
                                line -> line.matches(
                                        "cannot start \"\\w+\": (open|mkdir|creat|write|symlink) \"/\\S+\": (ENOENT|ELOOP) .*mounts\\[0]\\)"));
                assertThat(names(victim)).containsExactly("file");
                assertThat(Files.readString(victim.resolve("file"))).isEqualTo("untouched");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p14_aLinkToAnotherPlaceOfTheImageStaysInIt(As as) throws IOException {
        String yaml = """
                services:
                  web:
                    command: [/probe, open, /elsewhere/data/x, /link/data/x]
                    working_dir: /
                    restart: "no"
                    sandbox:
                      root: image
                      mounts: [ { bind: data, to: /link/data } ]
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            victim(project);
            project.file("data/x", "").shell("chmod a+rw data/x");
            Path image = directory(project.directory().resolve("image"));
            directory(image.resolve("elsewhere"));
            Files.copy(project.directory().resolve("probe"), image.resolve("probe"));
            Files.createSymbolicLink(image.resolve("link"), Path.of("/../../elsewhere"));

            assertThat(Sandboxed.output(project)).hasSize(2).allMatch(line -> line.contains("data/x: r done"));
            assertThat(Path.of("/elsewhere")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c13_masksDoNotDependOnTheDevicesOfTheImage(As as) throws IOException {
        String yaml = """
                services:
                  web:
                    command: [/probe, open, /secret/key, /key, /link]
                    working_dir: /
                    restart: "no"
                    sandbox:
                      root: image
                      mask: [/secret, /key, /link]
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Path victim = victim(project);
            Path image = directory(project.directory().resolve("image"));
            project.file("image/secret/key", "secret").file("image/key", "secret");
            Files.copy(project.directory().resolve("probe"), image.resolve("probe"));
            directory(image.resolve("dev"));
            Files.createSymbolicLink(image.resolve("dev/null"), Path.of("/key"));
            Files.createSymbolicLink(image.resolve("dev/zero"), victim.resolve("file"));
            Files.createSymbolicLink(image.resolve("link"), victim.resolve("file"));

            assertThat(Sandboxed.output(project))
                    .containsExactly(
                            "/secret/key: r ENOENT w ENOENT",
                            "/key: r done w " + (as.hasRoot() ? "EROFS" : "EACCES"),
                            "/link: r ENOENT w ENOENT");
            assertThat(Files.readString(victim.resolve("file"))).isEqualTo("untouched");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p15_c16_aDestinationThatChangesPlacesWithALinkDuringStarts(As as) throws Exception {
        String yaml = """
                services:
                  web:
                    command: [/probe, fds]
                    working_dir: /
                    sandbox:
                      root: image
                      mounts:
                        - { bind: data, to: /a/deep/data }
                        - { file: /a/made, content: made }
                        - { tmpfs: /a/tmp }
                        - { directory: /a/directory }
                        - { symlink: /a/link, to: x }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Path victim = victim(project);
            project.file("data/x", "");
            Path image = directory(project.directory().resolve("image"));
            Files.copy(project.directory().resolve("probe"), image.resolve("probe"));
            directory(image.resolve("a"));
            Files.createSymbolicLink(image.resolve("b"), victim);
            project.run("plan", "-f", "ostler.yaml", "-o", "app.plan", "web").ok();
            assertThat(project.run("exec", "app.plan").exitCode()).isZero(); // while nobody changes anything
            Process exchange = project.startAs(
                    As.CURRENT,
                    List.of(project.directory().resolve("probe").toString(), "exchange", image + "/a", image + "/b"),
                    "exchange");

            List<Integer> codes = new ArrayList<>();
            for (int i = 0; i < STARTS || !codes.contains(127) && i < 20 * STARTS; i++) {
                codes.add(project.run("exec", "app.plan").exitCode());
            }

            assertThat(exchange.isAlive()).isTrue();
            assertThat(codes).contains(127).isSubsetOf(0, 127); // a start in all this luck may succeed, rarely
            assertThat(names(victim)).containsExactly("file");
            exchange.destroyForcibly().waitFor();
        }
    }

    /** What must stay as it is; everybody could change it. */
    private static Path victim(OstlerProject project) throws IOException {
        Sandboxed.addProbe(project);
        Path victim =
                directory(project.file("victim/file", "untouched").directory().resolve("victim"));
        Files.setPosixFilePermissions(victim.resolve("file"), PosixFilePermissions.fromString("rw-rw-rw-"));
        return victim;
    }

    private static Path directory(Path path) throws IOException {
        Files.createDirectories(path);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
