package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel has nothing more to give to the supervisor: one operation fails by name, and nothing else does. */
class ExhaustionIT {
    private static final String TWO = """
            services:
              watched:
                command: [sleep, '1000']
                restart: always
              wanted:
                command: [sleep, '1000']
                restart: { policy: always, backoff: { initial: 10ms, max: 50ms } }
            """;

    /** Enough for a client and a look at who it is, too few for the plan and the pipes of a service. */
    private static final int DESCRIPTORS_LEFT = 3;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s28_withoutDescriptorsALaunchFailsByNameIsTriedAgainAndAllElseGoesOn(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO)) {
            project.run("up", "-d").ok();
            project.run("stop", "wanted").ok();
            long supervisor = project.supervisorPid().orElseThrow();
            int before = openDescriptors(supervisor);
            limit(project, supervisor, "--nofile=" + limitWithFree(supervisor, DESCRIPTORS_LEFT) + ":");

            Result start = project.run("start", "wanted");

            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err()).startsWith("cannot start \"wanted\": ").contains(": EMFILE (Too many open files)");
            long watched = project.pid("watched");
            ProcessHandle.of(watched).ifPresent(ProcessHandle::destroyForcibly);
            Eventually.until(
                    "the exit of the service that ran was seen",
                    () -> project.status("watched").get("last_exit").has("text"));
            assertThat(project.supervisorPid()).contains(supervisor);

            limit(project, supervisor, "--nofile=1024:");
            project.await("wanted", "ready");
            project.await("watched", "ready");
            project.run("stop", "wanted").ok();
            Eventually.until(
                    "no descriptor was lost by the failed launches", () -> openDescriptors(supervisor) <= before);
        }
    }

    /** A status that cannot be stored may not be acted on, nor may its event be lost: RLIMIT_FSIZE covers a memfd too. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s28_aSupervisorThatCannotStoreWhatHappensIsReplacedByOneThatCan(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO)) {
            project.run("up", "-d").ok();
            long other = project.pid("wanted");
            long watched = project.pid("watched");
            long supervisor = project.supervisorPid().orElseThrow();
            limit(project, supervisor, "--fsize=1:");

            ProcessHandle.of(watched).ifPresent(ProcessHandle::destroyForcibly);

            JsonNode status = project.awaitRun("watched", 2);
            assertThat(status.get("last_exit").get("text").asText()).startsWith("killed by SIGKILL");
            assertThat(status.get("restarts").asInt()).isEqualTo(1);
            assertThat(project.supervisorPid()).isPresent().get().isNotEqualTo(supervisor);
            assertThat(project.pid("wanted")).isEqualTo(other);
        }
    }

    private static void limit(OstlerProject project, long pid, String limit) {
        project.shell("prlimit --pid " + pid + " " + limit).ok();
    }

    private static int openDescriptors(long pid) {
        return descriptors(pid).size();
    }

    /** The limit below which this many numbers are free. */
    private static int limitWithFree(long pid, int free) {
        Set<Integer> taken = descriptors(pid);
        int limit = 0;
        for (int left = free; left > 0; limit++) {
            left -= taken.contains(limit) ? 0 : 1;
        }
        return limit;
    }

    private static Set<Integer> descriptors(long pid) {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.map(path -> Integer.valueOf(path.getFileName().toString()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
