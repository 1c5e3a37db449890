package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
            assertThat(run(project, "none", STATUS).ok().out()).contains("NoNewPrivs:\t0", "Seccomp:\t0");
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
}
