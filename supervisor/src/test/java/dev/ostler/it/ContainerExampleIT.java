package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code examples/container}: a plan made ahead, run as PID 1 of a real container. */
class ContainerExampleIT {
    private static final Path EXAMPLE =
            Path.of("../examples/container").toAbsolutePath().normalize();

    @Test
    void thePlanRunsAsPid1OfAReadOnlyContainerOfAPlainUserAndEndsWhenAsked() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/crun")), "needs crun (package crun)");
        assumeTrue(Files.isWritable(Path.of("/sys/fs/cgroup")), "needs root");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, "services: { a: { command: ['true'] } }\n")) {
            String name = project.directory().getFileName().toString();
            Path bundle = project.directory().resolve("bundle");
            project.shell(EXAMPLE + "/build.sh " + project.binary() + " " + bundle)
                    .ok();

            Process container = project.start(
                    List.of(EXAMPLE.resolve("run.sh").toString(), bundle.toString(), name), List.of(), "container");
            Eventually.until(
                    "it has started", () -> project.text("container.out").contains("\n"));
            assertThat(project.text("container.out")).isEqualTo("pid 2, child of 1, user 1000, no_new_privs 1\n");
            project.shell("crun kill " + name + " TERM").ok();

            assertThat(container.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(container.exitValue()).isZero();
            assertThat(project.text("container.out")).endsWith("asked to end\n");
        }
    }
}
