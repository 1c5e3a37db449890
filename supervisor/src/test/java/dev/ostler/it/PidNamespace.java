package dev.ostler.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A process id namespace of its own with its own /proc, as a container has; what is started in it is its PID 1. */
enum PidNamespace {
    /** Made by root, whose user ids hold inside too. */
    OF_ROOT(As.CURRENT, List.of("unshare", "--pid", "--fork", "--mount-proc")),
    /** Made by a user without any right, who is root inside and nobody else. */
    OF_PLAIN_USER(As.PLAIN_USER, List.of("unshare", "-Ur", "--pid", "--fork", "--mount-proc"));

    private final As as;
    private final List<String> unshare;

    PidNamespace(As as, List<String> unshare) {
        this.as = as;
        this.unshare = unshare;
    }

    /** A project of whoever makes the namespace; skips the test, saying why, where this host refuses to make one. */
    OstlerProject project(String yaml) {
        OstlerProject project = OstlerProject.create(as, yaml);
        Result made = project.shell(String.join(" ", unshare) + " true");
        if (made.exitCode() != 0) {
            project.close();
            Assumptions.abort("skipped: no pid namespace can be made here: " + made.err());
        }
        return project;
    }

    /** {@code ostler ARGS…} as PID 1; output goes to NAME.out and NAME.err. What is returned ends as it does. */
    Process start(OstlerProject project, String name, String... args) {
        List<String> command = new ArrayList<>(unshare);
        command.add(project.binary());
        return project.start(command, List.of(args), name);
    }

    /** As {@link #start}, to its end. */
    Result run(OstlerProject project, String... args) throws InterruptedException {
        Process process = start(project, "pid1", args);
        if (!process.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("PID 1 does not end; it said " + project.text("pid1.err"));
        }
        return new Result(process.exitValue(), project.text("pid1.out"), project.text("pid1.err"));
    }

    /** PID 1 of a namespace, seen from outside. */
    static ProcessHandle pid1(Process started) {
        return Eventually.value("there is a PID 1", () -> started.children().findFirst());
    }

    /** The supervisor's JVM below PID 1, seen from outside. */
    static ProcessHandle supervisor(Process started) {
        return Eventually.value("there is a supervisor", () -> supervisorNow(started));
    }

    static Optional<ProcessHandle> supervisorNow(Process started) {
        return started.descendants()
                .filter(process -> OstlerProject.commandLine(process.pid()).contains("dev.ostler.daemon.Main"))
                .findFirst();
    }
}
