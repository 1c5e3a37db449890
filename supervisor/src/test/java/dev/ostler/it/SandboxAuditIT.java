package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code audit} of what a sandbox is made of: true as launched, and whatever is changed from outside is found. */
class SandboxAuditIT {
    private static final String YAML = """
            services:
              web:
                command: [sleep, "1000"]
                working_dir: /
                capabilities: { keep: [] }
                sandbox:
                  namespaces: [pid, ipc]
                  root: empty
                  read_only: true
                  hostname: inside
                  network: loopback
                  time: { monotonic: 1h, boottime: 2h }
                  sysctls: { net.ipv4.ip_default_ttl: "77" }
                  mounts:
                    - { bind: /usr, read_only: true }
                    - { bind: /bin, read_only: true, optional: true }
                    - { bind: /lib, read_only: true, optional: true }
                    - { bind: /lib64, read_only: true, optional: true }
                    - { proc: /proc }
                    - { dev: /dev }
                    - { tmpfs: /tmp, size: 1m }
                    - { file: /etc/hostname, content: inside }
                    - { symlink: /var/tmp, to: /tmp }
                    - { directory: /run/web }
                  mask: [/proc/cpuinfo]
                  read_only_paths: [/proc/sys]
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void everythingOfASandboxIsAsAskedAndComesFromTheKernel(As as) {
        assumeTrue(Files.exists(Path.of("/proc/self/ns/time")), "needs time namespaces");
        try (OstlerProject project = OstlerProject.create(as, YAML)) {
            project.run("up", "-d").ok();

            String table = project.run("audit", "web").ok().out();

            assertThat(table.lines().filter(line -> line.matches("[!~x].*"))).isEmpty();
            for (String type : List.of("mount", "pid", "net", "ipc", "uts", "time")) {
                assertThat(table).containsPattern("(?m)^  namespace " + type + " +its own +its own +ostler.yaml:");
            }
            assertThat(table)
                    .containsPattern("(?m)^  other namespaces +the supervisor's +the supervisor's ")
                    .containsPattern(
                            "(?m)^  time offsets +monotonic=3600s boottime=7200s +monotonic=3600s boottime=7200s ")
                    .containsPattern("(?m)^  init +process 1 of the namespace +process \\d+, 1 inside ")
                    .containsPattern("(?m)^  loopback +up +up +ostler.yaml:11:")
                    .containsPattern("(?m)^  root +tmpfs mode=0755 nosuid,nodev +tmpfs ro,nosuid,nodev")
                    .containsPattern("(?m)^  mount /usr +\"/usr\" at \"/usr\" .*\\bro")
                    .containsPattern("(?m)^  mount /tmp +tmpfs at \"/tmp\" .* tmpfs rw,nosuid,nodev ")
                    .containsPattern("(?m)^  mount /dev/pts +devpts at ")
                    .containsPattern("(?m)^  mask /proc/cpuinfo +\"/proc/cpuinfo\" +tmpfs ro,nosuid,nodev,noexec ")
                    .containsPattern("(?m)^  read-only /proc/sys +\"/proc/sys\" and below +proc ro,")
                    .containsPattern("(?m)^  link /var/tmp +/tmp +/tmp ")
                    .containsPattern("(?m)^  file /etc/hostname +6 bytes +6 bytes ")
                    .containsPattern("(?m)^  directory /run/web +there +there ")
                    .containsPattern("(?m)^  pivot +its root is that of its namespace +it sees (\\d+) of \\1 mounts ");
            boolean visits = as.hasRoot();
            assertThat(table)
                    .containsPattern(
                            visits
                                    ? "(?m)^  hostname +\"inside\" +\"inside\" "
                                    : "(?m)^\\? hostname +\"inside\" +unknown: needs CAP_SYS_ADMIN: setns ")
                    .containsPattern(
                            visits
                                    ? "(?m)^  sysctl net/ipv4/ip_default_ttl +77 +77 "
                                    : "(?m)^\\? sysctl net/ipv4/ip_default_ttl +77 +unknown: ");
            if (!visits) {
                assertThat(table)
                        .containsPattern("(?m)^  namespace user +its own +its own ")
                        .containsPattern("(?m)^  uid_map +(\\d+ \\d+ 1) +\\1 ")
                        .containsPattern("(?m)^  gid_map +(\\d+ \\d+ 1) +\\1 ");
            }
        }
    }

    @Test
    void whatIsMountedFromOutsideIsFound() {
        As.needRoot("CAP_SYS_ADMIN, to enter the mount namespace of a service");
        assumeTrue(isInstalled("nsenter"), "needs nsenter(1) of util-linux");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, YAML)) {
            project.run("up", "-d").ok();
            long pid = project.pid("web");
            project.run("audit", "web").ok();

            // the programs of the host by a descriptor, as those inside are fewer
            String enter = "nsenter --mount=/proc/" + pid + "/ns/mnt ";
            project.shell(enter + "mount -t tmpfs planted /run/web && " + enter + "mount -o remount,bind,rw /usr && "
                            + enter + "mount -o remount,bind,rw / && nsenter --uts=/proc/" + pid + "/ns/uts sh -c '"
                            + "echo outside >/proc/sys/kernel/hostname'")
                    .ok();

            Result audit = project.run("audit", "web");
            assertThat(audit.exitCode()).as(audit.toString()).isEqualTo(1);
            assertThat(audit.out())
                    .containsPattern("(?m)^! mount /run/web +none +tmpfs rw ")
                    .containsPattern("(?m)^! mount /usr +\"/usr\" at \"/usr\" .*: not ro,nosuid,nodev +ostler.yaml:15:")
                    .containsPattern("(?m)^! root .*: not ro,nosuid,nodev +ostler.yaml:8:")
                    .containsPattern("(?m)^! hostname +\"inside\" +\"outside\" +ostler.yaml:10:");
        }
    }

    private static boolean isInstalled(String program) {
        return Files.isExecutable(Path.of("/usr/bin", program));
    }

    @Test
    void aHostTreeThatIsReadOnlyAndAJoinedNamespaceAreAsAsked() throws IOException {
        As.needRoot("CAP_SYS_ADMIN");
        String yaml = """
                services:
                  one:
                    command: [sleep, "1000"]
                    working_dir: /
                    sandbox:
                      namespaces: [pid, ipc, cgroup]
                      network: none
                      read_only: true
                      mask: [/root]
                      mounts: [ { tmpfs: /tmp }, { proc: /proc } ]
                  two:
                    command: [sleep, "1000"]
                    sandbox: { join: { net: HERE/net, ipc: HERE/ipc } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("ostler.yaml", yaml.replace("HERE", project.directory().toString()));
            Process owner = project.start(
                    List.of("unshare", "--net", "--ipc"), List.of("sh", "-c", "echo up; exec sleep 1000"), "owner");
            Eventually.until(
                    "it has its namespaces", () -> project.text("owner.out").contains("up"));
            for (String type : List.of("net", "ipc")) {
                Files.createSymbolicLink(
                        project.directory().resolve(type), Path.of("/proc/" + owner.pid() + "/ns/" + type));
            }
            try {
                project.run("up", "-d").ok();

                String one = project.run("audit", "one").ok().out();
                assertThat(one.lines().filter(line -> line.startsWith("!"))).isEmpty();
                assertThat(one)
                        .containsPattern("(?m)^  namespace cgroup +its own +its own ")
                        .containsPattern("(?m)^  mask /root +\"/root\" +tmpfs ro,nosuid,nodev,noexec ");
                String two = project.run("audit", "two").ok().out();
                assertThat(two).containsPattern("(?m)^  namespace net +that of \\S+/net +that of \\S+/net ");
                assertThat(two).containsPattern("(?m)^  namespace ipc +that of \\S+/ipc +that of \\S+/ipc ");
            } finally {
                owner.destroyForcibly();
            }
        }
    }

    @Test
    void limitsOfCgroupsAreComparedWithTheirFiles() throws IOException {
        Path pids = Path.of("/sys/fs/cgroup/pids");
        Path memory = Path.of("/sys/fs/cgroup/memory");
        assumeTrue(
                Files.isWritable(pids) && Files.isWritable(memory),
                "needs the cgroup v1 controllers pids and memory, and the right to make cgroups");
        String yaml = """
                services:
                  box:
                    command: [sh, -c, 'cat /proc/self/cgroup > inside; sleep 1000 & exec sleep 1000']
                    pids_limit: 20
                    mem_limit: 65000000
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until("it has begun", () -> !project.text("inside").isEmpty());

            assertThat(project.run("audit", "box").ok().out())
                    .containsPattern("(?m)^  cgroup pids +box-1 +box-1, [12] process(es)? +ostler.yaml:4:")
                    .containsPattern("(?m)^  pids.max +20 +20 +ostler.yaml:4:")
                    .containsPattern("(?m)^  memory.limit_in_bytes +65000000 +64999424 +ostler.yaml:5:");

            Files.writeString(directory(pids, project).resolve("pids.max"), "max");
            Files.writeString(memory.resolve("cgroup.procs"), Long.toString(project.pid("box")));

            Result audit = project.run("audit", "box");
            assertThat(audit.exitCode()).isEqualTo(1);
            assertThat(audit.out())
                    .containsPattern("(?m)^! pids.max +20 +max +ostler.yaml:4:")
                    .containsPattern("(?m)^! cgroup memory +box-1 +in /sys/fs/cgroup/memory ");
        }
    }

    private static Path directory(Path hierarchy, OstlerProject project) {
        String path = project.text("inside")
                .lines()
                .filter(line -> line.contains(":pids:"))
                .map(line -> line.split(":", 3)[2])
                .findFirst()
                .orElseThrow();
        return Path.of(hierarchy + path);
    }

    /** The cgroup of the run is the one that was made for it, by its number; and what its processes use is told. */
    @Test
    void theCgroupOfARunIsKnownByItsNumber() {
        String yaml = "services: { box: { command: [sleep, '1000'] } }\n";
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            JsonNode status = project.status("box");
            assumeTrue(
                    status.get("stop_by").asText().equals("cgroup"), "needs cgroup v2 and the right to make cgroups");

            long id = status.get("cgroup").get("id").asLong();

            assertThat(project.run("audit", "box").ok().out())
                    .containsPattern("(?m)^  cgroup +box-1 +box-1, 1 process, id " + id + " ");
            assertThat(status.get("cgroup").get("pressure").isObject()).isTrue();
            if (Files.exists(Path.of("/proc/pressure/cpu"))) {
                assertThat(status.get("cgroup").get("pressure").get("cpu").isNumber())
                        .isTrue();
            }
        }
    }

    @Test
    void jsonHoldsTheSameAsTheTable() throws IOException {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, """
                services:
                  box:
                    command: [sleep, '1000']
                    umask: "0077"
                """)) {
            project.run("up", "-d").ok();

            JsonNode findings = new ObjectMapper()
                    .readTree(project.run("audit", "--json", "box").ok().out())
                    .get("findings");

            assertThat(findings).anySatisfy(finding -> {
                assertThat(finding.get("verdict").asText()).isEqualTo("agrees");
                assertThat(finding.get("item").asText()).isEqualTo("umask");
                assertThat(finding.get("asked").asText()).isEqualTo("0077");
                assertThat(finding.get("true").asText()).isEqualTo("0077");
                assertThat(finding.get("origin").asText()).startsWith("ostler.yaml:4:");
            });
        }
    }

    /** C36: what was left out is said by check, up, plan, status and audit, and by the next supervisor too. */
    @Test
    void c36_whatWasLeftOutIsSaidEverywhereAndIsNotForgotten() {
        String yaml = """
                services:
                  box:
                    command: [sleep, '1000']
                    user: { name: root, if_unsupported: warn }
                """;
        String text = "ostler.yaml:4:19 (services.box.user.name): cannot run \"box\" as user \"root\"";
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            assertThat(project.run("check").ok().err()).contains("warning: " + text);
            assertThat(project.run("plan").ok().err()).contains("warning: " + text);
            project.run("up", "-d").ok();

            for (int supervisor = 1; supervisor <= 2; supervisor++) {
                assertThat(project.run("status").ok().out()).contains("degraded: " + text);
                assertThat(project.status("box").get("degraded").get(0).asText())
                        .startsWith(text);
                assertThat(project.run("audit", "box").ok().out())
                        .containsPattern("(?m)^x left out +cannot run \"box\" as user \"root\".* ostler.yaml:4:19 ");
                long pid = project.supervisorPid().orElseThrow();
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                Eventually.until(
                        "there is another supervisor",
                        () -> project.supervisorPid()
                                .filter(other -> other != pid)
                                .isPresent());
            }
        }
    }
}
