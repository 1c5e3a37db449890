package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults that other sandboxes have had with their file systems. */
class MountFaultsIT {
    private static final String PROGRAMS = """
                    - { bind: /usr, read_only: true }
                    - { symlink: /bin, to: usr/bin }
                    - { symlink: /lib, to: usr/lib }
                    - { symlink: /lib64, to: usr/lib64 }
            """;

    /** A sandbox in a sandbox: of the outer one no file can be written to, so there is no place that others could prepare. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c11_nothingOfTheHostIsNeededToBuildARoot(As as) {
        String yaml = """
                services:
                  inner:
                    command: [sh, -c, 'echo built; echo > /tmp/x && echo writable']
                    working_dir: /
                    sandbox:
                      namespaces: [pid]
                      root: empty
                      read_only: true
                      mounts:
                        - { tmpfs: /tmp }
                        - { dev: /dev }
                """ + PROGRAMS + """
                  outer:
                    command: [OSTLER, exec, inner.plan]
                    sandbox: { namespaces: [pid], read_only: true, mounts: [ { proc: /proc } ] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("ostler.yaml", yaml.replace("OSTLER", project.binary()));
            PlanFile.of(project, "inner");

            assertThat(PlanFile.of(project, "outer").run()).isEqualTo(new Result(0, "built\nwritable\n", ""));
        }
    }

    /** Parameters are written where the kernel keeps them, and read back from there. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c12_anImageThatHasFilesInPlaceOfProc(As as) throws IOException {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'cat /proc/sys/net/core/somaxconn /real/sys/net/core/somaxconn']
                    working_dir: /
                    sandbox:
                      namespaces: [pid]
                      root: image
                      network: none
                      sysctls: { net.core.somaxconn: 77 }
                      mounts:
                        - { proc: /real }
                """ + PROGRAMS + """
                  link:
                    command: ["true"]
                    working_dir: /
                    sandbox: { namespaces: [pid], root: linked, mounts: [ { proc: /proc } ] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("image/proc/sys/net/core/somaxconn", "fake\n");
            Path victim = directory(
                    project.file("victim/file", "untouched").directory().resolve("victim"));
            directory(project.directory().resolve("linked"));
            Files.createSymbolicLink(project.directory().resolve("linked/proc"), victim);
            open(project);

            assertThat(PlanFile.of(project, "web").run()).isEqualTo(new Result(0, "fake\n77\n", ""));
            assertThat(project.text("image/proc/sys/net/core/somaxconn")).isEqualTo("fake\n");
            Result link = PlanFile.of(project, "link").run();
            assertThat(link.exitCode()).isEqualTo(127);
            assertThat(link.err()).matches("cannot start: (mkdir|open) \"/proc\": ENOENT [^\n]+mounts\\[0]\\)\n");
            assertThat(project.text("victim/file")).isEqualTo("untouched");
        }
    }

    /** A number that the kernel rounds is not what was asked for. */
    @Test
    void c12_aParameterThatReadsOtherwiseIsARefusal() {
        String yaml = """
                services:
                  web:
                    command: [cat, /proc/sys/net/ipv4/icmp_ratelimit]
                    sandbox: { network: none, sysctls: { net.ipv4.icmp_ratelimit: 1001 } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result result = PlanFile.of(project, "web").run();
            assumeTrue(result.exitCode() != 0, "skipped: the clock of this kernel ticks each millisecond");

            assertThat(result)
                    .isEqualTo(new Result(
                            127,
                            "",
                            "cannot start: sysctl \"net/ipv4/icmp_ratelimit\": EPERM (Operation not"
                                    + " permitted) at ostler.yaml:4:42"
                                    + " (services.web.sandbox.sysctls.net.ipv4.icmp_ratelimit)\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c14_c15_devicesAndTerminalsOfAnImageAreNotFollowed(As as) throws IOException {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'ls /dev; test -c /dev/null -a -c /dev/pts/ptmx && echo devices; echo x > /dev/console']
                    working_dir: /
                    sandbox:
                      root: image
                      mounts:
                        - { dev: /dev }
                """ + PROGRAMS;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Path victim = directory(
                    project.file("victim/file", "untouched").directory().resolve("victim"));
            project.file("image/dev/.keep", "");
            for (String name : List.of("pts", "shm", "null", "console", "ptmx", "fd")) {
                Files.createSymbolicLink(
                        project.directory().resolve("image/dev/" + name),
                        name.matches("pts|shm|fd") ? victim : victim.resolve("file"));
            }
            open(project);

            Result result = PlanFile.of(project, "web").run();

            assertThat(result.out()).endsWith("devices\n").doesNotContain("console");
            assertThat(project.text("victim/file")).isEqualTo("untouched");
            assertThat(project.shell("ls victim").out()).isEqualTo("file\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c19_theCgroupsOfTheHostCannotBeWrittenTo(As as) {
        String cgroups = Files.exists(Path.of("/sys/fs/cgroup/unified/cgroup.procs"))
                ? "/sys/fs/cgroup/unified"
                : "/sys/fs/cgroup";
        String yaml = """
                services:
                  own:
                    command: [sh, -c, 'mkdir /tmp/cgroup/made; echo $$$$ > /tmp/cgroup/cgroup.procs']
                    working_dir: /
                    sandbox:
                      namespaces: [cgroup]
                      user_namespace: { uid: 0, gid: 0 }
                      mounts: [ { tmpfs: /tmp }, { cgroup: /tmp/cgroup } ]
                  host:
                    command: [sh, -c, 'mkdir CGROUPS/ostler-c19; echo $$$$ > CGROUPS/cgroup.procs']
                    working_dir: /
                    sandbox: { user_namespace: { uid: 0, gid: 0 }, read_only: true }
                """.replace("CGROUPS", cgroups);
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            assumeTrue(Files.exists(Path.of(cgroups, "cgroup.procs")), "skipped: there is no cgroup v2");
            for (String service : List.of("own", "host")) {
                Result result = PlanFile.of(project, service).run();

                assertThat(result.exitCode()).as(service).isNotZero();
                assertThat(result.err().lines())
                        .as(service)
                        .hasSize(2)
                        .allMatch(line -> line.matches(".*(Read-only file system|Permission denied)"));
            }
            assertThat(Path.of(cgroups, "ostler-c19")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c21_aFileOfTheImageThatIsALinkIsNotWrittenThrough(As as) throws IOException {
        String yaml = """
                services:
                  made:
                    command: ["true"]
                    working_dir: /
                    sandbox: { root: image, mounts: [ { file: /etc/passwd, content: mine } ] }
                  inside:
                    command: ["true"]
                    working_dir: /
                    sandbox: { root: image, mounts: [ { file: /etc/group, content: mine } ] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("victim", "untouched").file("image/etc/other", "untouched");
            Files.createSymbolicLink(
                    project.directory().resolve("image/etc/passwd"),
                    project.directory().resolve("victim"));
            Files.createSymbolicLink(project.directory().resolve("image/etc/group"), Path.of("other"));
            open(project);

            for (String service : List.of("made", "inside")) {
                Result result = PlanFile.of(project, service).run();

                assertThat(result.exitCode()).isEqualTo(127);
                assertThat(result.err()).contains(": ELOOP (").contains(".sandbox.mounts[0])");
            }
            assertThat(project.text("victim")).isEqualTo("untouched");
            assertThat(project.text("image/etc/other")).isEqualTo("untouched");
        }
    }

    /**
     * Directories where others could have put a state of their own: a runtime directory that is not ours alone is passed
     * over, and so is one that is a link.
     */
    @Test
    void c22_aStateThatOthersHavePreparedIsNotUsed() throws IOException {
        As.needRoot("a directory of another user");
        String yaml = "services: { web: { command: [sleep, \"1000\"] } }\n";
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            Path forged = directory(project.directory().resolve("forged"));
            Path own = directory(project.directory().resolve("own"));
            Path link = Files.createSymbolicLink(project.directory().resolve("link"), own);
            for (Path base : List.of(forged, link)) {
                project.env("OSTLER_RUNTIME_DIR", base.toString());
                project.run("up", "-d").ok();
                project.await("web", "ready");

                assertThat(base).isEmptyDirectory();
                project.run("down").ok();
            }
        }
    }

    /** Set-user-ID bits can be set, and count for nothing: all that is mounted is nosuid, in memory and bound alike. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c35_setUserIdFilesAreOfNoUse(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'cp /usr/bin/id /tmp/id && chmod u+s /tmp/id && cut -d" " -f5,6 /proc/self/mountinfo']
                    working_dir: /
                    no_new_privs: false
                    sandbox:
                      namespaces: [pid]
                      root: empty
                      mounts:
                        - { proc: /proc }
                        - { tmpfs: /tmp }
                        - { dev: /dev }
                        - { bind: ., to: /data }
                """ + PROGRAMS;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Result result = PlanFile.of(project, "web").run();

            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(result.out().lines()).hasSizeGreaterThan(10).allMatch(line -> line.contains("nosuid"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c42_noWayToTheKernelsCodeForMounts(As as) {
        String yaml = """
                services:
                  strict:
                    extends: strict
                    user: { name: "54321", group: "54321", if_unsupported: warn }
                    command: [sh, -c, '/probe mounts; /probe nested; ls -d /sys']
                    sandbox: { +mounts: [ { bind: probe, to: /probe } ] }
                  number:
                    command: [sh, -c, './probe mounts; ./probe nested']
                    capabilities: { keep: [] }
                    sandbox: { user_namespace: { nested: false }, read_only: true }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Sandboxed.addProbe(project);

            Result strict = PlanFile.of(project, "strict").run();
            assertThat(strict.out().lines())
                    .hasSize(22)
                    .allMatch(line -> line.matches("[a-z_3 ]+: (EPERM|ENOSYS)|mknod: (EPERM|EROFS)"));
            assertThat(strict.err()).contains("/sys");
            assertThat(PlanFile.of(project, "number").run().out().lines())
                    .hasSize(22)
                    .noneMatch(line -> line.endsWith(": done"));
        }
    }

    /** As in a container: parts of its /proc are hidden, so the kernel gives no whole one to a user namespace inside. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c43_aContainerThatHidesPartsOfProcIsNamedAsTheCause(As as) {
        String yaml = """
                services:
                  inner:
                    command: ["true"]
                    working_dir: /
                    sandbox: { namespaces: [user, pid], root: host, mounts: [ { proc: /proc } ] }
                  outer:
                    command: [/ostler, exec, /project/inner.plan]
                    working_dir: /
                    sandbox:
                      namespaces: [pid]
                      root: empty
                      mask: [/proc/version]
                      mounts:
                        - { proc: /proc }
                        - { bind: OSTLER, to: /ostler, read_only: true }
                        - { bind: ., to: /project, read_only: true }
                """ + PROGRAMS;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("ostler.yaml", yaml.replace("OSTLER", project.binary()));
            PlanFile.of(project, "inner");

            Result result = PlanFile.of(project, "outer").run();

            assertThat(result.exitCode()).isEqualTo(127);
            assertThat(result.err())
                    .isEqualTo(
                            "cannot start: fsmount \"proc\": EPERM (Operation not permitted); the kernel gives a new one"
                                    + " only where the /proc and /sys around it show everything, and a container around this"
                                    + " process hides parts: start that without such masks, bind what is there, or leave it out"
                                    + " at ostler.yaml:5:63 (services.inner.sandbox.mounts[0])\n");
        }
    }

    /** Also for the plain user, who writes into it. */
    private static void open(OstlerProject project) throws IOException {
        Process chmod = new ProcessBuilder(
                        "chmod", "-R", "a+rwX", project.directory().toString())
                .inheritIO()
                .start();
        try {
            assertThat(chmod.waitFor()).isZero();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Path directory(Path path) throws IOException {
        Files.createDirectories(path);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
}
