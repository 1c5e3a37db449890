package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code audit}: nothing to say of a service as it was launched, and every later change found. */
class AuditIT {
    private static final String PLAIN = """
            services:
              plain:
                command: [sleep, '1000']
                cpu_affinity: "0"
                nice: 1
                oom_score_adj: 100
                ulimits: { nofile: { soft: 100, hard: 200 } }
            """;

    private static final String CONFINED = """
            services:
              confined:
                command: [sleep, '1000']
                user: nobody
                capabilities: { keep: [NET_BIND_SERVICE] }
                cpu_affinity: "0"
                death_signal: KILL
                ulimits: { nofile: { soft: 100, hard: 200 } }
            """;

    @Test
    void aServiceOfRootWithUserAndCapabilitiesIsAsAsked() {
        As.needRoot("CAP_SETUID, CAP_SETPCAP");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, CONFINED)) {
            project.run("up", "-d").ok();

            String table = project.run("audit", "confined").ok().out();

            assertThat(table)
                    .containsPattern("(?m)^  uid +65534 +65534 +ostler.yaml:4:11 \\(services.confined.user\\)");
            for (String set : new String[] {"effective", "permitted", "inheritable", "bounding", "ambient"}) {
                assertThat(table)
                        .containsPattern("(?m)^  capabilities " + set + " +NET_BIND_SERVICE +NET_BIND_SERVICE ");
            }
            assertThat(table)
                    .containsPattern("(?m)^  no_new_privs +1 +1 ")
                    .containsPattern("(?m)^  CPU affinity +0 +0 ")
                    .containsPattern("(?m)^  limit nofile +100/200 +100/200 ")
                    .containsPattern("(?m)^\\? death signal +SIGKILL +not readable from outside ")
                    .containsPattern("(?m)^  descriptors of the supervisor +not shared +not shared ");
        }
    }

    @Test
    void aServiceOfAPlainUserIsAsAskedAndWhatOnlyRootSeesIsUnknown() {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, PLAIN)) {
            project.run("up", "-d").ok();

            String table = project.run("audit", "plain").ok().out();

            assertThat(table)
                    .containsPattern("(?m)^  descriptors of the supervisor +not shared +not shared ")
                    .containsPattern("(?m)^\\? descriptors of the keeper +not shared +unknown: needs CAP_SYS_PTRACE: ")
                    .containsPattern("(?m)^- pid namespace .*no boundary");
        }
    }

    @Test
    void findsEveryChangeMadeFromOutside() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, PLAIN)) {
            project.run("up", "-d").ok();
            long pid = project.pid("plain");
            project.run("audit", "plain").ok();

            project.shell("renice -n 5 -p " + pid + " && prlimit --pid " + pid + " --nofile=50:150 && echo 200 >/proc/"
                            + pid + "/oom_score_adj && taskset -p $(taskset -p $$ | sed 's/.*: /0x/') " + pid)
                    .ok();

            Result audit = project.run("audit", "plain");
            assertThat(audit.exitCode()).as(audit.toString()).isEqualTo(1);
            assertThat(audit.out())
                    .containsPattern("(?m)^! nice +1 +5 +ostler.yaml:5:")
                    .containsPattern("(?m)^! limit nofile +100/200 +50/150 +ostler.yaml:7:")
                    .containsPattern("(?m)^! oom_score_adj +100 +200 +ostler.yaml:6:");
            if (Runtime.getRuntime().availableProcessors() > 1) {
                assertThat(audit.out()).containsPattern("(?m)^! CPU affinity +0 +0[-,]\\S+ +ostler.yaml:4:");
            }
        }
    }

    @Test
    void aServiceThatDoesNotRunCannotBeAudited() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, PLAIN)) {
            project.run("up", "-d").ok();
            project.run("stop", "plain").ok();

            Result audit = project.run("audit", "plain");

            assertThat(audit.exitCode()).isEqualTo(1);
            assertThat(audit.err()).isEqualTo("cannot audit \"plain\": it does not run, it is down\n");
        }
    }

    /** The service takes descriptors out of other processes, pidfd_getfd(2), as no launch would pass any. */
    private static final String THIEF = """
            services:
              thief:
                command:
                  - perl
                  - -e
                  - |
                    sleep 1 until -e "victims";
                    open(my $file, "<", "victims"); my @victims = map { [split] } <$file>; close($file);
                    for my $victim (@victims) {
                        my $pidfd = syscall(434, $victim->[0] + 0, 0); # pidfd_open
                        syscall(438, $pidfd, $victim->[1] + 0, 0) >= 0 or die "pidfd_getfd: $!"; # pidfd_getfd
                    }
                    open(my $done, ">", "done"); close($done);
                    sleep 1000;
            """;

    @Test
    void findsADescriptorThatIsSharedWithTheSupervisorOrTheKeeper() throws Exception {
        As.needRoot("CAP_SYS_PTRACE");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, THIEF)) {
            project.run("up", "-d").ok();
            project.run("audit", "thief").ok();
            long supervisor = project.supervisorPid().orElseThrow();
            int epoll = descriptor(supervisor, "anon_inode:[eventpoll]");
            int signals = descriptor(project.keeperPid(), "anon_inode:[signalfd]");

            project.file("victims.new", supervisor + " " + epoll + "\n" + project.keeperPid() + " " + signals + "\n");
            project.shell("mv victims.new victims").ok();
            Eventually.until(
                    "the descriptors are taken",
                    () -> Files.exists(project.directory().resolve("done")));

            Result audit = project.run("audit", "thief");
            assertThat(audit.exitCode()).as(audit.toString()).isEqualTo(1);
            String leak = " of process " + project.pid("thief") + " is ";
            assertThat(audit.out())
                    .containsPattern("(?m)^! descriptors of the supervisor +not shared +descriptor \\d+" + leak + epoll
                            + " of process " + supervisor + ": anon_inode:\\[eventpoll\\] ")
                    .containsPattern("(?m)^! descriptors of the keeper +not shared +descriptor \\d+" + leak + signals
                            + " of process " + project.keeperPid() + ": anon_inode:\\[signalfd\\] ");
        }
    }

    private static int descriptor(long pid, String target) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.readSymbolicLink(descriptor).toString().equals(target)) {
                    return Integer.parseInt(descriptor.getFileName().toString());
                }
            }
        }
        throw new AssertionError("process " + pid + " has no " + target);
    }
}
