package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.OpKind;
import dev.ostler.plan.PlanDecoder.DecodedOp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * A plan that is launched again and again: the launcher dies before and after each op, or the kernel refuses it. The program
 * makes the file {@code out/ran}, and has the mark among its arguments.
 */
final class FaultWalk {
    static final Path FAULTY = Path.of("../launcher-native/build/ostler-faults");
    private static final int EXIT_REFUSED = 127;
    private static final int EXIT_KILLED = 137;

    private final OstlerProject project;
    private final String mark;
    private final List<DecodedOp> ops;

    FaultWalk(OstlerProject project, String mark, List<DecodedOp> ops) {
        this.project = project;
        this.mark = mark;
        this.ops = List.copyOf(ops);
    }

    /** Only what a test starts has it among its arguments. */
    static String newMark() {
        return "mark-" + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    }

    /** A directory in which every user may make files. */
    static void writable(OstlerProject project, String name) {
        project.file(name + "/.keep", "");
        project.directory().resolve(name).toFile().setWritable(true, false);
    }

    /** The launcher with faults under a name of its own, to be told from those of other tests. */
    static Path launcher(OstlerProject project, String mark) {
        try {
            return Files.copy(FAULTY, project.directory().resolve(mark));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<OpKind> kinds() {
        return ops.stream().map(each -> each.op().kind()).collect(Collectors.toSet());
    }

    /** @param commands what is to be launched with a fault at the op of this number */
    void walk(IntFunction<List<String>> commands) {
        String mounts = hostMounts();
        for (int op = 0; op < ops.size(); op++) {
            for (String command : commands.apply(op)) {
                walk(
                        op,
                        command,
                        command + " at op " + op + ", " + ops.get(op).op().kind());
            }
        }
        assertThat(hostMounts()).isEqualTo(mounts);
        assertThat(run(commands.apply(0).get(0), "before:" + ops.size()).exitCode())
                .as("the plan as it is")
                .isZero();
        assertThat(project.text("out/ran")).isEqualTo("ran\n");
    }

    private void walk(int op, String command, String what) {
        Result before = run(command, "before:" + op);
        Result refused = run(command, "errno:" + op + ":13");

        // a child that has died before its maps were written is one that they cannot be written for
        assertThat(before.exitCode()).as(what).isIn(EXIT_KILLED, op == 0 ? EXIT_REFUSED : EXIT_KILLED);
        assertThat(refused.exitCode()).as(what).isEqualTo(EXIT_REFUSED);
        String message = "fault \"OSTLER_FAULT\": EACCES (Permission denied) at "
                + ops.get(op).origin() + "\n";
        if (op == 0) { // by a child that has refused its first op too early, the parent may be refused too
            assertThat(refused.err()).as(what).contains(message);
        } else {
            assertThat(refused.err()).as(what).startsWith("cannot start").endsWith(": " + message);
        }
        if (op < ops.size() - 1) {
            assertThat(run(command, "after:" + op).exitCode()).as(what).isEqualTo(EXIT_KILLED);
        }
        assertThat(project.directory().resolve("out/ran")).as(what).doesNotExist();
        assertThat(OstlerProject.commandLinesWith(mark)).as(what).isEmpty();
    }

    private Result run(String command, String fault) {
        return project.shell("OSTLER_FAULT=" + fault + " exec " + command);
    }

    private static String hostMounts() {
        try {
            return Files.readString(Path.of("/proc/self/mountinfo"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
