package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A root made of directories that lie one upon the other. */
class OverlayIT {
    private static final String PROGRAMS = """
                  mounts:
                    - { bind: /usr, read_only: true }
                    - { symlink: /bin, to: usr/bin }
                    - { symlink: /lib, to: usr/lib }
                    - { symlink: /lib64, to: usr/lib64 }
            """;

    private static final String YAML = """
            defaults: { working_dir: /, capabilities: { keep: [] } }
            services:
              memory:
                command: [sh, -c, 'cat /d/a /d/b; echo new > /d/made && cat /d/made; rm /d/gone; ls /d; echo x >> /d/a']
                sandbox:
                  root: { overlay: [top, base], size: 1m }
            """ + PROGRAMS + """
              disk:
                command: [sh, -c, 'echo new > /d/made; rm /d/b; ls /d']
                sandbox:
                  root: { overlay: [base], upper: upper, work: work }
            """ + PROGRAMS + """
              fixed:
                command: [sh, -c, 'cat /d/b; echo > /d/made']
                sandbox:
                  root: { overlay: [base] }
                  read_only: true
            """ + PROGRAMS + """
              full:
                command: [sh, -c, 'dd if=/dev/zero of=/d/big bs=4096 count=64 2>&1 | grep -o "No space left"']
                sandbox:
                  root: { overlay: [base], size: 64k }
            """ + PROGRAMS + """
                    - { dev: /dev }
              missing:
                command: ["true"]
                sandbox:
                  root: { overlay: [base, no-such] }
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void changesGoToMemoryOrToTheirOwnDirectory(As as) {
        try (OstlerProject project = OstlerProject.create(as, YAML)) {
            CProgram.build(project, "old_kernel");
            project.shell("mkdir -p top/d base/d && echo top > top/d/a && echo base > base/d/a"
                            + " && echo base > base/d/b && echo > base/d/gone")
                    .ok();
            PlanFile memory = PlanFile.of(project, "memory");
            Result expected = new Result(0, "top\nbase\nnew\na\nb\nmade\n", "");

            for (Result result : List.of(memory.run(), memory.runWithout("set_fd"), memory.runWithout("listmount"))) {
                assertThat(result).isEqualTo(expected);
            }
            assertThat(files(project)).isEqualTo("base/d/a base/d/b base/d/gone top/d/a\n");
            assertThat(project.text("top/d/a")).isEqualTo("top\n");

            PlanFile disk = PlanFile.of(project, "disk");
            for (String kernel : List.of("listmount", "set_fd")) {
                project.shell("chmod -R u+rwx upper work; rm -rf upper work; mkdir upper work")
                        .ok();
                assertThat(disk.runWithout(kernel)).isEqualTo(new Result(0, "a\ngone\nmade\n", ""));
                assertThat(project.text("upper/d/made")).isEqualTo("new\n");
                assertThat(files(project)).isEqualTo("base/d/a base/d/b base/d/gone top/d/a\n");
            }
            project.shell("chmod -R u+rwx work").ok(); // what the kernel makes there has mode 0
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void itIsReadOnlyBoundedAndNamedWhenItIsMissing(As as) {
        try (OstlerProject project = OstlerProject.create(as, YAML)) {
            project.shell("mkdir -p base/d && echo base > base/d/b").ok();

            assertThat(PlanFile.of(project, "fixed").run())
                    .isEqualTo(new Result(2, "base\n", "sh: 1: cannot create /d/made: Read-only file system\n"));
            assertThat(PlanFile.of(project, "full").run()).isEqualTo(new Result(0, "No space left\n", ""));
            assertThat(PlanFile.of(project, "missing").run())
                    .isEqualTo(new Result(
                            127,
                            "",
                            "cannot start: open \"" + project.directory().resolve("no-such")
                                    + "\": ENOENT (No such file or directory) at "
                                    + PlanFile.line(YAML, "no-such") + ":13 (services.missing.sandbox.root)\n"));
        }
    }

    private static String files(OstlerProject project) {
        return project.shell("echo $(find top base -type f | sort)").ok().out();
    }
}
