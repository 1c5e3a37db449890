package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each shipped profile promises, tried from inside. */
class ProfilesIT {
    private static final String STATUS = "grep -E '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|Seccomp):' /proc/self/status";

    private static OstlerProject project(As as) {
        return OstlerProject.create(as, "services: { unused: { command: ['true'] } }\n");
    }

    private static Result run(OstlerProject project, String profile, String script, String... options) {
        List<String> arguments = new ArrayList<>(List.of("run", "-p", profile));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--", "sh", "-c", script));
        return project.run(arguments.toArray(new String[0]));
    }

    private static void hasNoRights(String status) {
        assertThat(status)
                .contains("CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000")
                .contains("CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void strictShowsProgramsAndNothingOfTheHost(As as) {
        try (OstlerProject project = project(as)) {
            Result seen = run(project, "strict", "echo /*; echo /proc/[0-9]*; uname -n; pwd; " + STATUS);

            assertThat(seen.ok().out().lines().limit(4))
                    .first()
                    .asString()
                    .doesNotContain("/home", "/root", "/var", "/srv", "/run", "/sys", "/boot");
            assertThat(seen.out()).contains("\nsandbox\n/tmp\n");
            assertThat(seen.out().lines().toList().get(1).split(" ")).hasSizeLessThanOrEqualTo(4);
            hasNoRights(seen.out());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void strictLetsNothingOutAndNothingBeWrittenButTmp(As as) {
        try (OstlerProject project = project(as)) {
            String tries = """
                    touch /x /usr/x /dev/x 2>&1
                    touch /tmp/x && echo tmp
                    unshare -U true 2>&1
                    mount -t tmpfs none /tmp 2>&1
                    cat /proc/self/net/dev | tail -n +3 | cut -d: -f1
                    """;

            Result result = run(project, "strict", tries);

            assertThat(result.out().lines().filter(line -> line.contains("Read-only file system")))
                    .hasSizeGreaterThanOrEqualTo(2);
            assertThat(result.out()).contains("tmp\n").contains("unshare failed: Operation not permitted");
            assertThat(result.out()).containsPattern("mount: .*(permission denied|must be superuser|failed)");
            assertThat(result.out().lines().map(String::strip).filter(line -> line.matches("(eth|en|wl|lo).*")))
                    .containsOnly("lo");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void networkServiceReadsTheHostAndWritesOnlyItsOwnTmp(As as) {
        try (OstlerProject project = project(as)) {
            String script = "touch /etc/x 2>&1; echo /tmp/*; touch /tmp/x && echo tmp; head -c1 /etc/passwd; echo; "
                    + "echo /proc/[0-9]*; " + STATUS;

            Result result = run(project, "network-service", script, "-s", "working_dir=/");

            assertThat(result.out())
                    .contains("Read-only file system")
                    .contains("/tmp/*\ntmp\n")
                    .contains("r\n");
            hasNoRights(result.out());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void buildJobWritesIntoTheProjectAndSeesNoHome(As as) {
        try (OstlerProject project = project(as)) {
            Result result = run(
                    project,
                    "build-job",
                    "touch made && echo made; touch /usr/x 2>&1; ls -A /home /root 2>&1; nice; " + STATUS);

            assertThat(result.out())
                    .contains("made\n")
                    .contains("Read-only file system")
                    .contains("\n10\n");
            assertThat(project.directory().resolve("made")).exists();
            hasNoRights(result.out());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void noneTakesNothing(As as) {
        try (OstlerProject project = project(as)) {
            // whoever keeps CAP_SYS_ADMIN could type into the caller's terminal without a filter
            String seccomp = as.hasRoot() ? "Seccomp:\t2" : "Seccomp:\t0";
            assertThat(run(project, "none", STATUS).ok().out()).contains("NoNewPrivs:\t0", seccomp);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aJvmRunsUnderStrict(As as) {
        String java = Jdk.current().home().resolve("bin/java").toString();
        assumeTrue(java.startsWith("/usr/"), "needs a JDK below /usr, which is what strict shows");
        try (OstlerProject project = project(as)) {
            Result result = project.run("run", "-p", "strict", "--", java, "-XshowSettings:vm", "-version");

            assertThat(result.ok().err()).contains("Runtime Environment");
        }
    }

    /** An image of one program, run as each of the services. */
    private static OstlerProject container(As as) throws IOException {
        String yaml = """
                profiles:
                  boxed: { extends: { profile: container-default, with: { root: image } }, restart: never }
                services:
                  rights: { extends: boxed, command: [/inside] }
                  mounts: { extends: boxed, command: [/probe, mounts] }
                  files:
                    extends: boxed
                    command: [/probe, open, /proc/timer_list, /proc/sys/kernel/hostname, /sys/kernel/uevent_helper,
                              /file, /dev/null]
                  network: { extends: boxed, command: [/probe, network, "PORT"] }
                """;
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            OstlerProject project =
                    OstlerProject.create(as, yaml.replace("PORT", String.valueOf(listening.getLocalPort())));
            Sandboxed.addProbe(project);
            CProgram.compile(project, "inside", Files.readString(Path.of("src/test/resources/it/inside.c")), "-static");
            Path image = Files.createDirectory(project.directory().resolve("image"));
            for (String program : List.of("inside", "probe")) {
                Files.copy(project.directory().resolve(program), image.resolve(program));
            }
            Files.writeString(image.resolve("file"), "of the image");
            for (Path each : List.of(image, image.resolve("file"))) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
            }
            project.run("up", "-d").ok();
            for (String service : List.of("mounts", "files", "network")) {
                Eventually.until(
                        service + " has ended" + project.logs(),
                        () -> project.status(service).get("state").asText().equals("finished"));
            }
            return project;
        }
    }

    private static List<String> output(OstlerProject project, String service) {
        return project.log(service).stream()
                .filter(line -> line.startsWith("std"))
                .map(line -> line.replaceFirst("^std(out|err) F:\\d+ ", ""))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void containerDefaultGivesWhatContainerEnginesGive(As as) throws IOException {
        try (OstlerProject project = container(as)) {
            String fourteen = "00000000a80425fb";
            Inside inside = Inside.of(project, "rights");
            assertThat(inside.capabilities()).containsOnly(fourteen);
            assertThat(inside.one("NoNewPrivs")).isEqualTo("1");
            assertThat(inside.one("Seccomp")).isEqualTo("2");
            assertThat(inside.one("cwd")).isEqualTo("/");
            assertThat(inside.one("NSpid")).as("in a pid namespace of its own").matches("\\d");

            assertThat(output(project, "mounts"))
                    .hasSizeGreaterThan(15)
                    .filteredOn(line -> line.endsWith(" done"))
                    .as("what only the directory of the image is needed for")
                    .isSubsetOf("chroot: done", "mknod: done");
            String refused = as.hasRoot() ? "EROFS" : "EACCES";
            assertThat(output(project, "files"))
                    .contains(
                            "/proc/timer_list: r done w EROFS",
                            "/proc/sys/kernel/hostname: r done w " + refused,
                            "/file: r done w done",
                            "/dev/null: r done w done")
                    .noneMatch(line -> line.startsWith("/sys/kernel/uevent_helper") && line.endsWith("w done"));
            assertThat(output(project, "network"))
                    .containsExactly("bind: done", "own port: done", "host port: ECONNREFUSED");
        }
    }
}
