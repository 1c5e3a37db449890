package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A network namespace that stands for the host's, with a bridge {@code br0} that has 10.1.0.254, and the program
 * {@code net} (test/resources/it/net.c) in the project. Root makes it as it is; anybody else as root of a user namespace.
 */
final class OwnNetwork {
    private static final String READY = "the host is ready";

    private final OstlerProject project;
    private final Process holder;

    private OwnNetwork(OstlerProject project, Process holder) {
        this.project = project;
        this.holder = holder;
    }

    /** Skips the test, saying why, where this host has no such namespaces, or no bridges. */
    static OwnNetwork of(OstlerProject project, As as) {
        CProgram.build(project, "net");
        List<String> command = new ArrayList<>(unshare(as));
        command.addAll(List.of("sh", "-c", "./net bridge br0 10.1.0.254 && echo " + READY + " && exec sleep infinity"));
        Process holder = project.start(command, List.of(), "host");
        Eventually.until("the host is ready", () -> project.text("host.out").contains(READY) || !holder.isAlive());
        if (!holder.isAlive()) {
            Assumptions.abort("skipped: no network namespace with a bridge can be made here: "
                    + project.text("host.out") + project.text("host.err"));
        }
        return new OwnNetwork(project, holder);
    }

    private static List<String> unshare(As as) {
        return as.hasRoot() ? List.of("unshare", "--net") : List.of("unshare", "--user", "--map-root-user", "--net");
    }

    /** What goes in front of a command that shall run in it. */
    List<String> enter(As as) {
        String target = "--target=" + holder.pid();
        return as.hasRoot()
                ? List.of("nsenter", target, "--net")
                : List.of("nsenter", target, "--user", "--preserve-credentials", "--net");
    }

    /** A command in it, by the project's user, to its end. */
    Result run(As as, String script) {
        return project.shell(String.join(" ", enter(as)) + " " + script);
    }

    /** {@code ostler up} in it. */
    void up(As as) {
        List<String> command = new ArrayList<>(enter(as));
        command.add(project.binary());
        project.start(command, List.of("up"), "up");
        project.awaitUp();
    }

    /** The interfaces beside lo and br0. */
    List<String> ends() {
        try {
            return Files.readAllLines(Path.of("/proc/" + holder.pid() + "/net/dev")).stream()
                    .skip(2)
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .filter(name -> !List.of("lo", "br0").contains(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer of who listens there, asked from this host, once there is one. */
    String ask(As as, String address, int port) {
        return Eventually.value("an answer of " + address, () -> {
            Result result = run(as, "./net ask " + address + " " + port);
            return result.exitCode() == 0 ? Optional.of(result.out().strip()) : Optional.empty();
        });
    }
}
