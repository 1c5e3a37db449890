package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * launcher-native/test/probe/sandbox.c, run by {@code ostler run} with a profile: a program that tries what a sandbox must
 * not allow. Its copies are in {@code data} of the project, which is bound to /tmp/data where the profile has mounts.
 */
final class SandboxProbe implements AutoCloseable {
    static final Path PROGRAM = Path.of("../launcher-native/build/sandbox-probe");
    private static final String MOUNTED = "/tmp/data";

    /** The image has nothing but a place for temporary files. */
    private static final String CONTAINER = "{ profile: container-default, with: { root: image } }";

    private final OstlerProject project;
    private final List<String> arguments = new ArrayList<>();

    /** @param profiles name → keys beside {@code extends}, in one line, {@code +mounts: DATA} where it has mounts */
    SandboxProbe(As as, Map<String, String> profiles) {
        StringBuilder yaml = new StringBuilder("services: { unused: { command: ['true'] } }\nprofiles:\n");
        profiles.forEach((profile, keys) -> yaml.append("  box-%s: { extends: %s, working_dir: /%s }\n"
                .formatted(
                        profile,
                        profile.equals("container-default") ? CONTAINER : profile,
                        keys.isEmpty() ? "" : ", " + keys.replace("DATA", "[ { bind: data, to: " + MOUNTED + " } ]"))));
        project = OstlerProject.create(as, yaml.toString());
        copy("probe");
        directoryForAll("image");
        directoryForAll("image/tmp");
    }

    private void directoryForAll(String name) {
        try {
            Path directory = Files.createDirectory(project.directory().resolve(name));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OstlerProject project() {
        return project;
    }

    /** A copy of the program in {@code data}. */
    Path copy(String name) {
        try {
            Path data = Files.createDirectories(project.directory().resolve("data"));
            Path copy = Files.copy(PROGRAM, data.resolve(name));
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An argument of the program; DATA in it stands for the place of {@code data}. */
    void give(String name, Object value) {
        arguments.add(name + "=" + value);
    }

    /** Probe → answer, in the order of the program. */
    Map<String, String> answers(String profile, boolean hasMounts, String... prefixes) {
        String data = hasMounts ? MOUNTED : project.directory().resolve("data").toString();
        List<String> command =
                new ArrayList<>(List.of("run", "-p", "./ostler.yaml#box-" + profile, "--", data + "/probe"));
        arguments.forEach(argument -> command.add(argument.replace("DATA", data)));
        command.addAll(List.of(prefixes));
        Map<String, String> answers = new LinkedHashMap<>();
        project.run(command.toArray(new String[0])).ok().out().lines().forEach(line -> {
            String[] words = line.split(" ", 2);
            answers.put(words[0], words[1]);
        });
        return answers;
    }

    @Override
    public void close() {
        project.close();
    }
}
