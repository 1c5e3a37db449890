package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Binds whose files have other owners in the sandbox than on disk. */
class IdMappedMountsIT {
    private static final String YAML = """
            services:
              user:
                command: [sh, -c, 'stat -c "%u %g" /tmp/d/file; echo changed >> /tmp/d/file; echo > /tmp/d/made']
                working_dir: /
                user: "54321:54321"
                sandbox:
                  mounts:
                    - { tmpfs: /tmp }
                    - { bind: data, to: /tmp/d, idmap: ["0 54321 1"] }
                    - { bind: nothing, to: /tmp/n, idmap: ["0 54321 1"], optional: true }
                    - { bind: other, to: /tmp/o, idmap: ["0 54322 1"], read_only: true }
              container:
                command: [sh, -c, 'stat -c "%u %g" /tmp/d/file; echo > /tmp/d/made; chown 5:6 /tmp/d/made']
                working_dir: /
                sandbox:
                  namespaces: [pid]
                  user_namespace: { uid_map: [0 100000 65536], gid_map: [0 200000 65536] }
                  mounts:
                    - { tmpfs: /tmp }
                    - { bind: data, to: /tmp/d, idmap: service }
              without:
                command: ["true"]
                working_dir: /
                sandbox:
                  mounts:
                    - { tmpfs: /tmp }
                    - { bind: /proc, to: /tmp/d, idmap: ["0 54321 1"], recursive: false }
            """;

    @Test
    void filesBelongToWhomTheMapSays() {
        As.needRoot("idmapped mounts");
        try (OstlerProject project = project(As.CURRENT)) {
            PlanFile user = PlanFile.of(project, "user");
            Result result = user.run();
            Assumptions.assumeFalse(
                    result.err().contains("idmap \"" + project.directory()),
                    "skipped: the file system of " + project.directory() + " knows no id maps: " + result.err());

            assertThat(result).isEqualTo(new Result(0, "54321 54321\n", ""));
            assertThat(project.text("data/file")).isEqualTo("changed\n");
            assertThat(owner(project)).isEqualTo("0 0\n");
            for (String role : new String[] {"exec", "init"}) {
                project.shell("rm data/made").ok();
                assertThat(project.run(role, "user.plan").out()).isEqualTo("54321 54321\n");
                assertThat(owner(project)).isEqualTo("0 0\n");
            }
        }
    }

    /** The mount is made outside, where there are rights over the file system; inside there are none. */
    @Test
    void inAUserNamespaceTheyAreThoseOfItsMaps() {
        As.needRoot("idmapped mounts");
        try (OstlerProject project = project(As.CURRENT)) {
            Result result = PlanFile.of(project, "container").run();
            Assumptions.assumeFalse(
                    result.err().contains("idmap \"" + project.directory()),
                    "skipped: the file system of " + project.directory() + " knows no id maps: " + result.err());

            assertThat(result).isEqualTo(new Result(0, "0 0\n", ""));
            assertThat(owner(project)).isEqualTo("5 6\n");
        }
    }

    @Test
    void theSupervisorDoesSoToo() {
        As.needRoot("idmapped mounts");
        String yaml = YAML.substring(0, YAML.indexOf("  container:"))
                .replace("    user:", "    restart: never\n    user:")
                .replace("  user:\n", "  web:\n");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            prepare(project);

            Result up = project.run("up", "-d");
            Assumptions.assumeFalse(
                    up.err().contains("idmap \"" + project.directory()),
                    "skipped: the file system of " + project.directory() + " knows no id maps: " + up.err());
            Sandboxed.ended(project);
            assertThat(Sandboxed.lines(project)).containsExactly("54321 54321");
        }
    }

    @Test
    void aFileSystemThatCannotIsNamedWithItsLine() {
        As.needRoot("idmapped mounts");
        try (OstlerProject project = project(As.CURRENT)) {
            assertThat(PlanFile.of(project, "without").run())
                    .isEqualTo(new Result(
                            127,
                            "",
                            "cannot start: idmap \"/proc\": EINVAL (Invalid argument) at "
                                    + PlanFile.line(YAML, "bind: /proc")
                                    + ":11 (services.without.sandbox.mounts[1])\n"));
        }
    }

    @Test
    void aPlainUserIsRefusedBeforeAnythingStarts() {
        try (OstlerProject project = project(As.PLAIN_USER)) {
            Result check = project.run("plan", "-f", "ostler.yaml", "user");

            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err())
                    .contains("(services.user.sandbox.mounts[1].idmap): cannot map the ids of a mount: needs");
        }
    }

    private static OstlerProject project(As as) {
        OstlerProject project = OstlerProject.create(as, YAML);
        prepare(project);
        return project;
    }

    private static void prepare(OstlerProject project) {
        project.shell("mkdir data other && touch data/file && chmod 755 data other && chmod 644 data/file")
                .ok();
    }

    private static String owner(OstlerProject project) {
        return project.shell("stat -c '%u %g' data/made").ok().out();
    }
}
