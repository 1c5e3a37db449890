package dev.ostler.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A project with one service, {@code web}, that runs {@code script.sh} in a sandbox, once. With {@link #OWN_ROOT} the
 * programs of the host are in it, and {@code /probe} (test/resources/it/probe.c); else both are in the project.
 */
final class Sandboxed {
    /** The item of {@code sandbox} that makes {@link #PROGRAMS} be mounted. */
    static final String OWN_ROOT = "root: empty";

    private static final List<String> PROGRAMS = List.of(
            "{ bind: /usr, read_only: true }",
            "{ bind: /bin, read_only: true, optional: true }",
            "{ bind: /lib, read_only: true, optional: true }",
            "{ bind: /lib64, read_only: true, optional: true }",
            "{ bind: script.sh, to: /script.sh, read_only: true }",
            "{ bind: probe, to: /probe, read_only: true }");

    private static final Path PROBE = compileProbe();

    private Sandboxed() {}

    /**
     * @param service further keys of the service, a line each
     * @param sandbox keys of the sandbox but {@code mounts}, a line each
     * @param mounts items, beside PROGRAMS
     */
    static OstlerProject project(
            As as, String script, List<String> service, List<String> sandbox, List<String> mounts) {
        boolean ownRoot = sandbox.contains(OWN_ROOT);
        StringBuilder yaml = new StringBuilder("""
                services:
                  web:
                    command: [sh, script.sh]
                    restart: "no"
                """);
        if (ownRoot) {
            yaml.append("    working_dir: /\n");
        }
        service.forEach(line -> yaml.append("    ").append(line).append('\n'));
        yaml.append("    sandbox:\n");
        sandbox.forEach(line -> yaml.append("      ").append(line).append('\n'));
        yaml.append("      mounts:\n");
        if (ownRoot) {
            PROGRAMS.forEach(item -> yaml.append("        - ").append(item).append('\n'));
        }
        if (!ownRoot && mounts.isEmpty()) {
            yaml.setLength(yaml.lastIndexOf("      mounts:"));
        }
        mounts.forEach(item -> yaml.append("        - ").append(item).append('\n'));
        OstlerProject project = OstlerProject.create(as, yaml.toString()).file("script.sh", "#!/bin/sh\n" + script);
        addProbe(project);
        return project;
    }

    /** What the script printed, once it has ended; standard error too. */
    static List<String> output(OstlerProject project) {
        project.run("up", "-d");
        ended(project);
        return lines(project);
    }

    static List<String> lines(OstlerProject project) {
        return project.log("web").stream()
                .filter(line -> line.startsWith("std"))
                .map(line -> line.replaceFirst("^std(out|err) F:\\d+ ", ""))
                .toList();
    }

    /** Its status once its run is over. */
    static JsonNode ended(OstlerProject project) {
        return Eventually.value(
                "web has ended" + project.logs(),
                () -> Optional.of(project.status("web"))
                        .filter(status -> List.of("finished", "failed", "down", "stopped")
                                .contains(status.get("state").asText())));
    }

    static void addProbe(OstlerProject project) {
        try {
            Files.copy(PROBE, project.directory().resolve("probe"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path compileProbe() {
        try (InputStream source = Sandboxed.class.getResourceAsStream("/it/probe.c")) {
            Path program = Files.createTempFile("ostler-probe-", "");
            program.toFile().deleteOnExit();
            Process gcc = new ProcessBuilder("gcc", "-static", "-O1", "-x", "c", "-", "-o", program.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            gcc.getOutputStream().write(source.readAllBytes());
            gcc.getOutputStream().close();
            if (gcc.waitFor() != 0) {
                throw new AssertionError("probe.c does not compile");
            }
            program.toFile().setReadable(true, false);
            program.toFile().setExecutable(true, false);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
