package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits of a service as a whole, seen from inside, before its first instruction. */
class CgroupLimitsIT {
    private static boolean mayMake(String controller) {
        return Files.isWritable(Path.of("/sys/fs/cgroup/" + controller));
    }

    @Test
    void limitsHoldFromTheFirstInstructionAndNothingIsLeftAfterTheEnd() throws IOException {
        assumeTrue(mayMake("memory") && mayMake("pids"), "needs cgroup v1 controllers and the right to make cgroups");
        String yaml = """
                services:
                  box:
                    command: [sh, -c, 'cat /proc/self/cgroup > inside; nproc > cpus; exec sleep 1000']
                    mem_limit: 64m
                    pids_limit: 20
                    cpus: 0.5
                    cpuset: "0"
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until("it has looked", () -> !project.text("cpus").isEmpty());

            assertThat(value(project, "memory", "memory.limit_in_bytes")).isEqualTo("67108864");
            assertThat(value(project, "pids", "pids.max")).isEqualTo("20");
            assertThat(value(project, "cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
            assertThat(project.text("cpus")).isEqualTo("1\n");

            project.run("restart", "box").ok();
            project.run("down").ok();
            assertThat(left(project, "memory")).isEmpty();
            assertThat(left(project, "pids")).isEmpty();
        }
    }

    @Test
    void p28_aForkBombEndsAtThePidsLimitAndTheSupervisorGoesOn() {
        assumeTrue(mayMake("pids"), "needs the cgroup v1 controller pids and the right to make cgroups");
        String yaml = """
                services:
                  bomb:
                    command: [sh, -c, 'i=0; while [ $$i -lt 200 ]; do sleep 1000 & i=$$((i+1)); done; wait']
                    pids_limit: 10
                    restart: never
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");

            Eventually.until(
                    "the limit was met",
                    () -> project.log("bomb").stream()
                            .anyMatch(line ->
                                    line.contains("Resource temporarily unavailable") || line.contains("Cannot fork")));
            assertThat(project.run("status").ok().out()).contains("bomb");
        }
    }

    @Test
    void p28_aServiceThatTakesTooMuchMemoryIsKilledAndNobodyElse() {
        assumeTrue(mayMake("memory"), "needs the cgroup v1 controller memory and the right to make cgroups");
        String yaml = """
                services:
                  hungry:
                    command: [sh, -c, 'head -c 200m /dev/zero | tail -c 200m > /dev/null']
                    mem_limit: 32m
                    restart: never
                  other:
                    command: [sleep, '1000']
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");
            Eventually.until(
                    "it has ended",
                    () -> project.status("hungry").get("last_exit").has("text"));

            assertThat(project.status("hungry").get("last_exit").get("text").asText())
                    .containsPattern("137|SIGKILL|exited");
            assertThat(project.status("other").get("state").asText()).isEqualTo("ready");
        }
    }

    @Test
    void ratesOfADiskAreInForceAndAudited() throws IOException {
        assumeTrue(mayMake("blkio"), "needs the cgroup v1 controller blkio and the right to make cgroups");
        Path disk = wholeDisk();
        String yaml = """
                services:
                  box:
                    command: [sh, -c, 'cat /proc/self/cgroup > inside; exec sleep 1000']
                    blkio_config:
                      device_read_bps: [ { path: %1$s, rate: 1m } ]
                      device_write_iops: [ { path: %1$s, rate: 50 } ]
                """.formatted(disk);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until("it has looked", () -> !project.text("inside").isEmpty());

            assertThat(value(project, "blkio", "blkio.throttle.read_bps_device"))
                    .endsWith(" 1048576");
            assertThat(value(project, "blkio", "blkio.throttle.write_iops_device"))
                    .endsWith(" 50");
            assertThat(project.run("audit", "box").ok().out())
                    .containsPattern("(?m)^  blkio.throttle.read_bps_device +(\\d+:\\d+ 1048576) +\\1 +ostler.yaml:5:");
        }
    }

    private static Path wholeDisk() throws IOException {
        try (Stream<Path> disks = Files.list(Path.of("/sys/block"))) {
            List<Path> files = disks.map(disk -> Path.of("/dev").resolve(disk.getFileName()))
                    .filter(Files::exists)
                    .toList();
            assumeTrue(!files.isEmpty(), "needs a disk with a device file");
            return files.get(0);
        }
    }

    @Test
    void whatIsNoDiskIsRefusedWithItsLine() {
        String yaml = """
                services:
                  box:
                    command: [sleep, '1000']
                    blkio_config: { device_read_bps: [ { path: /dev/null, rate: 1m }, { path: /dev/none, rate: 1m } ] }
                """;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            assertThat(project.run("check").err())
                    .contains(
                            "(services.box.blkio_config.device_read_bps[0].path): cannot limit \"box\": \"/dev/null\" is"
                                    + " not a disk\n")
                    .contains("(services.box.blkio_config.device_read_bps[1].path): cannot limit \"box\": there is no"
                            + " device file \"/dev/none\"\n");
        }
    }

    @Test
    void aPlainUserIsToldWhichDirectoryIsNotHis() {
        assumeTrue(Files.isDirectory(Path.of("/sys/fs/cgroup/memory")), "needs a host with cgroup v1");
        String yaml = """
                services:
                  box:
                    command: [sleep, '1000']
                    mem_limit: 64m
                """;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            Result check = project.run("check");

            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err())
                    .startsWith("ostler.yaml:4:16 (services.box.mem_limit): cannot limit \"box\": the cgroup controller"
                            + " \"memory\" cannot be used here: ")
                    .endsWith(" is not writable\n");
        }
    }

    private static String value(OstlerProject project, String controller, String file) throws IOException {
        return Files.readString(directory(project, controller).resolve(file)).strip();
    }

    private static Path directory(OstlerProject project, String controller) {
        String path = project.text("inside")
                .lines()
                .map(line -> line.split(":", 3))
                .filter(fields -> List.of(fields[1].split(",")).contains(controller))
                .map(fields -> fields[2])
                .findFirst()
                .orElseThrow();
        return Path.of("/sys/fs/cgroup/" + controller + path);
    }

    private static List<Path> left(OstlerProject project, String controller) throws IOException {
        Path ofProject = directory(project, controller).getParent();
        if (!Files.exists(ofProject)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(ofProject)) {
            return all.filter(Files::isDirectory).toList();
        }
    }
}
