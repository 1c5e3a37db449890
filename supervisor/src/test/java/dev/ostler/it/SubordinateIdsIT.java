package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * A plain user who has been given ids (subuid(5)): newuidmap(1) and newgidmap(1) write the maps. The tests run in a mount
 * namespace of their own, where /etc knows the user and the ids.
 */
class SubordinateIdsIT {
    private static final String YAML = """
            services:
              given:
                command: [sh, -c, 'id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map; grep CapEff /proc/self/status']
                working_dir: /
                sandbox:
                  namespaces: [pid]
                  user_namespace: { uid_map: ["0 300000 1000"], gid_map: ["0 400000 1000"] }
                  mounts: [ { proc: /proc } ]
              several:
                command: [sh, -c, 'id -u; cat /proc/self/uid_map']
                working_dir: /
                sandbox:
                  user_namespace:
                    uid: 7
                    uid_map: ["0 300000 10", "1000 300500 5"]
                    gid_map: ["0 400000 10"]
              others:
                command: [sh, -c, 'echo ran > ran']
                sandbox:
                  user_namespace: { uid_map: ["0 500000 10"], gid_map: ["0 400000 10"] }
              beyond:
                command: [sh, -c, 'echo ran > ran']
                sandbox:
                  user_namespace: { uid_map: ["0 300000 10"], gid_map: ["0 400000 1001"] }
            """;

    @Test
    void p36_idsThatWereGivenAreMappedByTheHelpers() {
        needHelpers();
        try (OstlerProject project = OstlerProject.create(As.USER_WITH_IDS, YAML)) {
            assertThat(PlanFile.of(project, "given").run()).isEqualTo(new Result(0, """
                            0
                            0
                                     0     300000       1000
                                     0     400000       1000
                            CapEff:	000001ffffffffff
                            """, ""));
            assertThat(PlanFile.of(project, "several").run()).isEqualTo(new Result(0, """
                            7
                                     0     300000         10
                                  1000     300500          5
                            """, ""));
        }
    }

    /** Not even a program with half of the maps. */
    @Test
    void p36_othersAreRefusedWithTheLineAndNothingRuns() {
        needHelpers();
        try (OstlerProject project = OstlerProject.create(As.USER_WITH_IDS, YAML)) {
            Result uid = PlanFile.of(project, "others").run();
            Result gid = PlanFile.of(project, "beyond").run();

            assertThat(uid.exitCode()).isEqualTo(127);
            assertThat(uid.err())
                    .startsWith("newuidmap: ")
                    .endsWith("cannot start: uid_map \"/usr/bin/newuidmap\": EPERM (Operation not permitted) at "
                            + PlanFile.line(YAML, "0 500000") + ":23 (services.others.sandbox.user_namespace)\n");
            assertThat(gid.exitCode()).isEqualTo(127);
            assertThat(gid.err())
                    .startsWith("newgidmap: ")
                    .endsWith("cannot start: gid_map \"/usr/bin/newgidmap\": EPERM (Operation not permitted) at "
                            + PlanFile.line(YAML, "0 400000 1001") + ":23 (services.beyond.sandbox.user_namespace)\n");
            assertThat(project.directory().resolve("ran")).doesNotExist();
        }
    }

    private static void needHelpers() {
        As.needRoot("a private /etc with a user who has been given ids");
        assumeTrue(Files.exists(Path.of("/usr/bin/newuidmap")), "skipped: newuidmap is not installed (package uidmap)");
        assumeTrue(Files.exists(Path.of("/etc/subuid")), "skipped: there is no /etc/subuid");
        assumeTrue(Files.exists(Path.of("/etc/subgid")), "skipped: there is no /etc/subgid");
    }
}
