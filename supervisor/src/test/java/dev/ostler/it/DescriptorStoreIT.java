package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.linux.PidFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Descriptors that a service hands over for its next run, FDSTORE=1 of sd_notify(3). */
class DescriptorStoreIT {
    /** Its first run hands over a file that has no name any more; each further one finds what was written into it. */
    private static final String REMEMBERS = """
            #!/bin/sh
            echo "$LISTEN_FDS $LISTEN_FDNAMES of $FDSTORE, for $LISTEN_PID is $$"
            if [ "$LISTEN_FDS" = 1 ]; then
                exec 9<>file
                rm file
                echo remembered >&9
                ./notify --fd=9 "FDSTORE=1
            FDNAME=state"
                ./notify --barrier READY=1
            else
                cat /proc/self/fd/4
                ./notify --barrier READY=1
            fi
            exec sleep 1000
            """;

    private static OstlerProject project(As as, String yaml) {
        OstlerProject project = OstlerProject.create(as, yaml);
        CProgram.build(project, "notify");
        return project;
    }

    private static void signal(long pid, Signal signal) {
        try (PidFd process = PidFd.open(new Pid((int) pid))) {
            process.sendSignal(signal);
        }
    }

    private static List<String> stored(OstlerProject project, String service) {
        List<String> names = new ArrayList<>();
        JsonNode all = project.status(service).get("stored_descriptors");
        if (all != null) {
            all.forEach(name -> names.add(name.asText()));
        }
        return names;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void s27_whatIsStoredSurvivesServiceAndSupervisorAndEndsWithAStop(As as) {
        String yaml = """
                services:
                  web:
                    command: [./web]
                    sockets: { http: { unix: web.sock } }
                    ready: { notify: true, timeout: 20s }
                    file_descriptor_store_max: 4
                    restart: always
                """;
        try (OstlerProject project = project(as, yaml).file("web", REMEMBERS)) {
            project.run("up", "-d").ok();
            long first = project.pid("web");
            assertThat(stored(project, "web")).containsExactly("state");

            signal(first, Signal.KILL);
            project.awaitRun("web", 2);
            project.await("web", "ready");
            long second = project.pid("web");
            Eventually.until("it has found it", () -> project.log("web").contains("stdout F:2 remembered"));
            assertThat(project.log("web"))
                    .contains("stdout F:1 1 http of 4, for " + first + " is " + first)
                    .contains("stdout F:2 2 http:state of 4, for " + second + " is " + second);

            signal(project.supervisorPid().orElseThrow(), Signal.KILL);
            project.run("restart", "web").ok();
            Eventually.until("it has found it", () -> project.log("web").contains("stdout F:3 remembered"));
            assertThat(project.run("audit", "web").ok().out())
                    .contains("stored descriptors")
                    .contains("1: state");

            project.run("stop", "web").ok();
            assertThat(stored(project, "web")).isEmpty();
            project.run("start", "web").ok();
            long fourth = project.pid("web");
            assertThat(project.log("web")).contains("stdout F:4 1 http of 4, for " + fourth + " is " + fourth);
            project.run("down").ok();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_whatIsHandedOverWhileThereIsNoSupervisorIsStoredOnce(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'exec 9<ostler.yaml; while [ ! -e go ]; do sleep 0.05; done; for i in 1 2 3; do ./notify --fd=9 FDSTORE=1; done; echo > said; exec sleep 1000']
                    file_descriptor_store_max: 2
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();
            long keeper = project.keeperPid();

            signal(keeper, Signal.parse("STOP").orElseThrow());
            signal(project.supervisorPid().orElseThrow(), Signal.KILL);
            project.file("go", "");
            Eventually.until("it was said", () -> !project.text("said").isEmpty());
            signal(keeper, Signal.parse("CONT").orElseThrow());

            Eventually.until("it is stored", () -> !stored(project, "web").isEmpty());
            signal(project.supervisorPid().orElseThrow(), Signal.KILL);
            assertThat(stored(project, "web")).containsExactly("stored");
            assertThat(project.logs()).doesNotContain("not stored");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_whatLosesItsOtherEndAfterADeathOfTheSupervisorIsDropped(As as) {
        String script = """
                #!/bin/sh
                mkfifo pipe
                (exec 7>pipe; while [ ! -e go ]; do sleep 0.05; done) &
                exec 8<pipe
                ./notify --fd=/ "FDSTORE=1
                FDNAME=place"
                ./notify --barrier --fd=8 "FDSTORE=1
                FDNAME=end" READY=1
                exec sleep 1000
                """;
        String yaml = """
                services:
                  web:
                    command: [./web]
                    ready: { notify: true, timeout: 20s }
                    file_descriptor_store_max: 2
                """;
        try (OstlerProject project = project(as, yaml).file("web", script)) {
            project.run("up", "-d").ok();
            assertThat(stored(project, "web")).containsExactly("place", "end");

            signal(project.supervisorPid().orElseThrow(), Signal.KILL);
            assertThat(stored(project, "web")).containsExactly("place", "end");
            project.file("go", "");

            Eventually.until("it is dropped", () -> stored(project, "web").equals(List.of("place")));
            assertThat(project.log("web"))
                    .contains(
                            "ostler F:1 descriptor \"end\" is not stored any more: its other end is closed, or has failed");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theStoreHasABoundLosesWhatHasNoOtherEndAndLeaksNothing(As as) throws IOException {
        String script = """
                #!/bin/sh
                for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
                    ./notify --fd=8 "FDSTORE=1
                FDNAME=again" 8<ostler.yaml
                    ./notify --barrier --fd=8 READY=1 8<ostler.yaml
                    ./notify "FDSTOREREMOVE=1
                FDNAME=again"
                done
                ./notify --fd=8 "FDSTORE=1
                FDNAME=kept" 8<ostler.yaml
                sleep 0 | ./notify --barrier --fd=0 "FDSTORE=1
                FDPOLL=0
                FDNAME=dead"
                sleep 0 | ./notify --barrier --fd=0 "FDSTORE=1
                FDNAME=gone"
                while [ ! -e go ]; do sleep 0.05; done
                ./notify --fd=8 "FDSTORE=1
                FDNAME=last" 8<web
                ./notify --barrier --fd=8 "FDSTORE=1
                FDNAME=too-many" 8<web
                ./notify --fd=8 "FDSTORE=1
                FDNAME=a:b" 8<web
                ./notify --barrier FDSTOREREMOVE=1
                echo > said
                exec sleep 1000
                """;
        String yaml = """
                services:
                  web:
                    command: [./web]
                    file_descriptor_store_max: 3
                  deaf:
                    command: [sh, -c, './notify --barrier --fd=8 "FDSTORE=1" 8<ostler.yaml; echo > tried; exec sleep 1000']
                    ready: { notify: true, timeout: 1m }
                """;
        try (OstlerProject project = project(as, yaml).file("web", script)) {
            project.up();
            Eventually.until("one is gone", () -> project.logs().contains("\"gone\" is not stored any more"));
            project.file("go", "");
            for (String file : List.of("said", "tried")) {
                Eventually.until("it was said", () -> !project.text(file).isEmpty());
            }

            assertThat(stored(project, "web")).startsWith("kept", "dead").hasSize(3);
            assertThat(project.logs())
                    .contains("not stored: there are 3 already, file_descriptor_store_max")
                    .contains("notification not understood: FDNAME=a:b")
                    .contains("FDSTOREREMOVE=1 without FDNAME=");
            assertThat(project.logs()).contains("not stored: there is no file_descriptor_store_max");
            awaitOpen(project, 1);
            project.run("stop", "web").ok();
            awaitOpen(project, 0);
        }
    }

    /**
     * How often keeper and supervisor have the file open that was handed over; they close what they let go of in a while. The keeper of
     * a plain user shows its descriptors to root alone.
     */
    private static void awaitOpen(OstlerProject project, long count) {
        long supervisor = project.supervisorPid().orElseThrow();
        for (long holder : As.isRoot() ? List.of(project.keeperPid(), supervisor) : List.of(supervisor)) {
            Eventually.until(
                    count + " open", () -> OpenFiles.on(project.directory().resolve("ostler.yaml"), holder) == count);
        }
    }
}
