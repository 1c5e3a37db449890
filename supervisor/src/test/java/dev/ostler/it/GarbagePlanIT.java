package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are given to {@code exec} and {@code init} as plans and are none: what is wrong is said, nothing is run. */
class GarbagePlanIT {
    private static final int MEGABYTE = 1 << 20; // the longest plan
    private static final String RUNS = "services: { app: { command: [sh, -c, 'echo ran > ran'] } }\n";
    private static final byte[] MAGIC = "OSTLPLAN".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 64;

    private static final String NO_PLAN = "it is no plan";
    private static final String HEADER_CUT = "the header is cut off";
    private static final String OTHER_LENGTH = "its length differs from the length in the header";

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aMegabyteOfGarbageAndLess(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, RUNS)) {
            byte[] garbage = new byte[MEGABYTE + 1];
            new Random(1).nextBytes(garbage);

            refused(project, Arrays.copyOf(garbage, MEGABYTE), NO_PLAN);
            refused(project, Arrays.copyOf(garbage, 1000), NO_PLAN);
            refused(project, Arrays.copyOf(garbage, 1), NO_PLAN);
            refused(project, new byte[0], NO_PLAN);
            refused(project, new byte[MEGABYTE], NO_PLAN);
            refused(project, garbage, "read: EFBIG (File too large)");
            System.arraycopy(MAGIC, 0, garbage, 0, MAGIC.length);
            refused(project, Arrays.copyOf(garbage, MEGABYTE), "its version is not 1");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPlanThatIsCutOffOrGoesOn(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, RUNS)) {
            project.run("plan", "-o", "app.plan").ok();
            byte[] plan = Files.readAllBytes(project.directory().resolve("app.plan"));

            refused(project, Arrays.copyOf(plan, MAGIC.length - 1), NO_PLAN);
            refused(project, Arrays.copyOf(plan, MAGIC.length), HEADER_CUT);
            refused(project, Arrays.copyOf(plan, HEADER_BYTES - 1), HEADER_CUT);
            refused(project, Arrays.copyOf(plan, HEADER_BYTES), OTHER_LENGTH);
            refused(project, Arrays.copyOf(plan, plan.length / 2), OTHER_LENGTH);
            refused(project, Arrays.copyOf(plan, plan.length - 1), OTHER_LENGTH);
            refused(project, Arrays.copyOf(plan, plan.length + 1), OTHER_LENGTH);
            refused(project, Arrays.copyOf(plan, MEGABYTE), OTHER_LENGTH);
            refused(project, Arrays.copyOf(plan, MEGABYTE + 1), "read: EFBIG (File too large)");
            assertThat(project.text("ran")).isEmpty();

            project.run("exec", "app.plan").ok(); // what was cut was a plan that runs
            assertThat(project.text("ran")).isEqualTo("ran\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatCannotBeReadAsAFile(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, RUNS)) {
            Files.createDirectory(project.directory().resolve("folder"));
            project.shell("mkfifo fifo && ln -s loop loop").ok();

            refused(project, "exec", "none", "open: ENOENT (No such file or directory)");
            refused(project, "exec", "ostler.yaml/x", "open: ENOTDIR (Not a directory)");
            refused(project, "exec", "loop", "open: ELOOP (Too many levels of symbolic links)");
            refused(project, "exec", "folder", "read: EISDIR (Is a directory)");
            refused(project, "exec", "fifo", "read: ESPIPE (Illegal seek)");
            assertThat(project.run("init", "./none"))
                    .isEqualTo(new Result(
                            127, "", "cannot start: execve \"./none\": ENOENT (No such file or directory)\n"));
            assertThat(project.run("init", "./folder"))
                    .isEqualTo(new Result(126, "", "cannot start: execve \"./folder\": EACCES (Permission denied)\n"));
            if (as == As.PLAIN_USER || !As.isRoot()) { // root reads everything
                Path secret = project.file("secret", "").directory().resolve("secret");
                Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
                for (String role : List.of("exec", "init")) {
                    refused(project, role, "secret", "open: EACCES (Permission denied)");
                }
            }
        }
    }

    private static void refused(OstlerProject project, byte[] bytes, String why) throws IOException {
        Path file = project.directory().resolve("x");
        Files.write(file, bytes);
        for (String role : List.of("exec", "init")) {
            refused(project, role, "x", why);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    private static void refused(OstlerProject project, String role, String file, String why) {
        assertThat(project.run(role, file))
                .as("ostler " + role + " " + file)
                .isEqualTo(new Result(125, "", "cannot read plan \"" + file + "\": " + why + "\n"));
    }
}
