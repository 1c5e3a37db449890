package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** C8: words and links that somebody else has chosen are never options, and never lead out. */
class ChosenByOthersIT {
    private static final List<String> LIKE_OPTIONS =
            List.of("--", "--profile", "none", "-s", "user=root", "--help", "--bind", "/");

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c8_wordsThatBeginWithDashesAreArgumentsOfTheProgram(As as) {
        String words = String.join("|", LIKE_OPTIONS) + "|";
        String yaml = """
                services:
                  web:
                    command: [printf, '%%s|', %s, '\\n']
                    restart: "no"
                    sandbox:
                      namespaces: [pid]
                      mounts: [ { tmpfs: /tmp }, { bind: --help, to: /tmp/--help } ]
                    working_dir: /tmp/--help
                profiles: { box: { extends: none } }
                """.formatted("'" + String.join("', '", LIKE_OPTIONS) + "'");
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("--help/file", "");
            project.run("plan", "-f", "ostler.yaml", "-o", "web.plan", "web").ok();
            String[] command = Stream.concat(
                            Stream.of("run", "-p", "./ostler.yaml#box", "--", "printf", "%s|"), LIKE_OPTIONS.stream())
                    .toArray(String[]::new);

            assertThat(project.run("exec", "web.plan").ok().out()).isEqualTo(words + "\\n|");
            assertThat(project.run("exec", "web.plan", "--", "--help").ok().out())
                    .isEqualTo(words + "\\n|--help|");
            for (int time = 0; time < 2; time++) { // the second by the kept plan
                assertThat(project.run(command).ok().out()).isEqualTo(words);
            }
        }
    }

    /** A program leaves links where its data is kept; the next start has mounts and files below there. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c8_linksInADirectoryThatIsKeptAreFollowedInsideOnly(As as) throws IOException {
        String yaml = """
                defaults:
                  command: [sh, -c, 'echo ran; echo x > /data/link/written; cat /data/link/file']
                  restart: "no"
                  working_dir: /
                services:
                  web: &web
                    sandbox:
                      root: empty
                      mounts:
                        - { bind: /usr, read_only: true }
                        - { symlink: /bin, to: usr/bin }
                        - { symlink: /lib, to: usr/lib }
                        - { symlink: /lib64, to: usr/lib64 }
                        - { bind: data, to: /data }
                """;
        String more = """
                        - { file: /data/link/made, content: x }
                  covered:
                    <<: *web
                    sandbox: { root: empty, mounts: [ { bind: data, to: /data }, { tmpfs: /data/link } ] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Path host = Files.createDirectories(project.directory().resolve("host"));
            Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwxrwxrwx"));
            project.file("host/file", "of the host").file("data/kept", "");
            Files.createSymbolicLink(project.directory().resolve("data/link"), host);

            assertThat(Sandboxed.output(project)).first().isEqualTo("ran");
            assertThat(Sandboxed.lines(project))
                    .hasSize(3)
                    .allMatch(line ->
                            line.equals("ran") || line.contains("No such file") || line.contains("nonexistent"));
            project.run("down").ok();
            project.file("ostler.yaml", yaml + more);
            Result up = project.run("up", "-d");

            assertThat(up.err().lines().filter(line -> line.startsWith("cannot start")))
                    .hasSize(2)
                    .allMatch(line ->
                            line.matches("cannot start \"\\w+\": \\w+ \"/data/link(/made)?\": (ENOENT|ELOOP) .*"));
            try (Stream<Path> files = Files.list(host)) {
                assertThat(files.map(file -> file.getFileName().toString())).containsExactly("file");
            }
            assertThat(Files.readString(host.resolve("file"))).isEqualTo("of the host");
        }
    }
}
