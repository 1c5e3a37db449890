package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs for services, built by the C compiler that the build needs anyway. */
final class CProgram {
    private static final Path SOURCES = Path.of("src/test/resources/it");

    private CProgram() {}

    /** Builds NAME.c of the test resources into the project's directory; everybody may execute it. */
    static void build(OstlerProject project, String name) {
        try {
            compile(project, name, Files.readString(SOURCES.resolve(name + ".c")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds {@code source} into the project's directory; everybody may execute it. */
    static void compile(OstlerProject project, String name, String source, String... options) {
        Path directory = project.file(name + ".c", source).directory();
        List<String> command = new ArrayList<>(List.of("gcc", "-std=gnu17", "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", name, name + ".c"));
        try {
            int code = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError(command + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
