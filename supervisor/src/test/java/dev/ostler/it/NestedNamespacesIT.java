package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P10: no user namespace inside of a sandbox: by the kernel's own number, and by a filter of system calls. */
class NestedNamespacesIT {
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p10_nestedUserNamespacesAreDenied(As as) {
        String yaml = """
                services:
                  number:
                    command: [sh, -c, './probe nested; cat /proc/sys/user/max_user_namespaces; unshare -U true']
                    capabilities: { keep: [] }
                    sandbox: { user_namespace: { nested: false } }
                  filter:
                    extends: seccomp-default
                    command: [./probe, nested]
                  both:
                    extends: strict
                    user: { name: "54321", group: "54321", if_unsupported: warn }
                    command: [/probe, nested]
                    sandbox: { +mounts: [ { bind: probe, to: /probe } ] }
                  neither:
                    command: [./probe, nested]
                    capabilities: { keep: [] }
                    sandbox: { namespaces: [user] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Sandboxed.addProbe(project);

            Result number = PlanFile.of(project, "number").run();
            assertThat(number.out()).isEqualTo("clone: ENOSPC\nclone3: ENOSPC\nsetns: EINVAL\nunshare: ENOSPC\n0\n");
            assertThat(number.err()).isEqualTo("unshare: unshare failed: No space left on device\n");
            for (String filtered : new String[] {"filter", "both"}) {
                assertThat(PlanFile.of(project, filtered).run().out())
                        .as(filtered)
                        .isEqualTo("clone: EPERM\nclone3: ENOSYS\nsetns: EPERM\nunshare: EPERM\n");
            }
            assertThat(PlanFile.of(project, "neither").run().out())
                    .isEqualTo("clone: done\nclone3: done\nsetns: EINVAL\nunshare: done\n");
        }
    }
}
