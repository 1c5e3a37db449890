package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tree of mounts is another than the plan says, which the launch must see: by listmount(2), and where the kernel has
 * none by mountinfo.
 */
class MountReadBackIT {
    private static final String YAML = """
            services:
              web:
                command: [sh, -c, 'echo ran']
                working_dir: /
                sandbox:
                  namespaces: [pid]
                  root: empty
                  mounts:
                    - { bind: /usr, read_only: true }
                    - { symlink: /bin, to: usr/bin }
                    - { symlink: /lib, to: usr/lib }
                    - { symlink: /lib64, to: usr/lib64 }
                    - { tmpfs: /tmp }
                    - { bind: /, to: /host, read_only: true }
                    - { bind: /usr, to: /alone, recursive: false }
                    - { tmpfs: /twice }
                    - { tmpfs: /twice, exec: false }
              host:
                command: [sh, -c, 'echo ran']
                working_dir: /
                sandbox:
                  read_only: true
                  mask: [/root]
                  read_only_paths: [/usr]
                  mounts: [ { tmpfs: /tmp } ]
            """;

    private static final String ROOT = " at ostler.yaml:7:13 (services.web.sandbox.root)\n";

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aDifferenceIsARefusalThatNamesPathAndLine(As as) {
        try (OstlerProject project = OstlerProject.create(as, YAML)) {
            CProgram.build(project, "old_kernel");
            PlanFile web = PlanFile.of(project, "web");
            int verify = web.indexOf("VERIFY_MOUNTS");
            for (String prefix : List.of("", "./old_kernel listmount")) {
                assertThat(fault(web, prefix, "writable:" + verify + ":/usr"))
                        .isEqualTo(refusal("mount attributes", "/usr", at(9, 0)));
                assertThat(fault(web, prefix, "umount:" + verify + ":/tmp"))
                        .isEqualTo(refusal("missing mount", "/tmp", at(13, 4)));
                assertThat(fault(web, prefix, "writable:" + verify + ":/twice"))
                        .isEqualTo(refusal("mount attributes", "/twice", at(17, 8)));
                assertThat(fault(web, prefix, "mount:" + verify + ":/tmp"))
                        .isEqualTo(refusal("unexpected mount", "/tmp", ROOT));
                assertThat(fault(web, prefix, "mount:" + verify + ":/"))
                        .isEqualTo(refusal("unexpected mount", "/", ROOT));
                assertThat(fault(web, prefix, "mount:" + verify + ":/alone/bin"))
                        .isEqualTo(refusal("unexpected mount", "/alone/bin", ROOT));
                // one that the plan cannot know of may be there, but not with more than its parent
                assertThat(fault(web, prefix, "mount:" + verify + ":/host/tmp"))
                        .isEqualTo(refusal("mount attributes", "/host/tmp", at(14, 5)));
                assertThat(fault(web, prefix, "none:0")).isEqualTo(new Result(0, "ran\n", ""));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theTreeOfTheHostIsReadBackWithAllThatIsMountedInIt(As as) {
        try (OstlerProject project = OstlerProject.create(as, YAML)) {
            CProgram.build(project, "old_kernel");
            PlanFile host = PlanFile.of(project, "host");
            int verify = host.indexOf("VERIFY_MOUNTS");

            assertThat(host.run()).isEqualTo(new Result(0, "ran\n", ""));
            assertThat(host.runWithout("listmount")).isEqualTo(new Result(0, "ran\n", ""));
            assertThat(fault(host, "", "writable:" + verify + ":/"))
                    .isEqualTo(refusal(
                            "mount attributes", "/", " at ostler.yaml:22:18 (services.host.sandbox.read_only)\n"));
            assertThat(fault(host, "", "writable:" + verify + ":/usr"))
                    .isEqualTo(refusal(
                            "mount attributes",
                            "/usr",
                            " at ostler.yaml:24:25 (services.host.sandbox.read_only_paths[0])\n"));
            assertThat(fault(host, "", "umount:" + verify + ":/root"))
                    .isEqualTo(refusal(
                            "missing mount", "/root", " at ostler.yaml:23:14 (services.host.sandbox.mask[0])\n"));
        }
    }

    private static Result fault(PlanFile plan, String prefix, String fault) {
        return plan.runWithFault(prefix, fault);
    }

    private static String at(int line, int mount) {
        return " at ostler.yaml:" + line + ":11 (services.web.sandbox.mounts[" + mount + "])\n";
    }

    private static Result refusal(String call, String path, String origin) {
        return new Result(
                127, "", "cannot start: " + call + " \"" + path + "\": EPERM (Operation not permitted)" + origin);
    }
}
