package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ostler.base.ExitStatus;
import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.plan.Degraded;
import dev.ostler.service.Exit;
import dev.ostler.service.ExitCause;
import dev.ostler.service.Health;
import dev.ostler.service.Moment;
import dev.ostler.service.OomRecord;
import dev.ostler.service.RestartRecord;
import dev.ostler.service.Run;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.StartOutcome;
import dev.ostler.service.Wanted;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.supervise.CompiledService;
import dev.ostler.testing.ServiceSpecBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusReportTest {
    private static final Instant STARTED = Instant.parse("2026-01-31T12:00:00.123456Z");
    private static final long START_NANOS = 5_000_000_000L;

    private static StatusReport.Entry entry(ServiceStatus status, Degraded... degraded) {
        return entry(ServiceSpecBuilder.service(status.name().value()).build(), status, degraded);
    }

    private static StatusReport.Entry entry(ServiceSpec spec, ServiceStatus status, Degraded... degraded) {
        CompiledService service = new CompiledService(spec, 0, 0, null, Map.of(), Map.of(), null, List.of(degraded));
        return new StatusReport.Entry(service, status, Optional.empty(), Optional.empty(), List.of(), Optional.empty());
    }

    private static ServiceStatus up(String name, ServiceState state, String reason) {
        Moment start = new Moment(START_NANOS, STARTED);
        return status(
                name, state, reason, new Run(3, Optional.of(new Pid(4711)), "guard", start, Optional.empty(), false));
    }

    private static ServiceStatus status(String name, ServiceState state, String reason, Run run) {
        return status(name, state, reason, run, Optional.empty());
    }

    private static ServiceStatus status(
            String name, ServiceState state, String reason, Run run, Optional<Exit> lastExit) {
        Health health = Health.unknown(new Moment(START_NANOS, STARTED));
        return status(name, state, reason, run, health, lastExit);
    }

    /** Run 3 of "web", of which a probe has said this since its start, and last why it failed. */
    private static ServiceStatus probed(ServiceState state, String reason, Health.State health, String failure) {
        Moment start = new Moment(START_NANOS, STARTED);
        Run run = new Run(3, Optional.of(new Pid(4711)), "guard", start, Optional.empty(), false);
        int failures = health == Health.State.UNHEALTHY ? 2 : 0;
        Optional<Health.Failure> last = Optional.of(new Health.Failure(failure, STARTED));
        return status("web", state, reason, run, new Health(health, start, failures, 0, last), Optional.empty());
    }

    private static ServiceStatus status(
            String name, ServiceState state, String reason, Run run, Health health, Optional<Exit> lastExit) {
        return new ServiceStatus(
                new ServiceName(name),
                state,
                state.isAlive() ? Wanted.UP : Wanted.DOWN,
                reason,
                new Moment(START_NANOS, STARTED),
                run,
                run.number(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                new RestartRecord(2, 1, 1, List.of(), false, 0, new OomRecord(2, 1, 4)),
                new StartOutcome(StartOutcome.Kind.UP, "running"),
                health,
                lastExit);
    }

    @Test
    void columnsLineUpAndNothingTrails() {
        String text = StatusReport.text(
                List.of(
                        entry(up("web", ServiceState.READY, "running")),
                        entry(status("database", ServiceState.DOWN, "not started", Run.NONE))),
                START_NANOS + 90_000_000_000L);

        assertThat(text).isEqualTo("""
                        SERVICE   STATE  PID   UPTIME  RESTARTS  STOP BY  REASON
                        web       ready  4711  1m30s   2         guard    running
                        database  down   -     -       2         -        not started
                        """);
    }

    @Test
    void aRunWhoseProcessIsNotKnownYetHasNoPidNoUptimeAndNoMeans() {
        Moment asked = new Moment(START_NANOS, STARTED);
        Run run = new Run(1, Optional.empty(), "", asked, Optional.empty(), false);

        String text = StatusReport.text(
                List.of(entry(status("web", ServiceState.STARTING, "dependencies met", run))), START_NANOS);

        assertThat(text.lines().skip(1))
                .containsExactly("web      starting  -    -       2         -        dependencies met");
    }

    @Test
    void whatElseHoldsItUpIsNotWhatAProbeSays() {
        Moment asked = new Moment(START_NANOS, STARTED);
        Run run = new Run(1, Optional.empty(), "", asked, Optional.empty(), false);
        StatusReport.Entry starting = entry(status("web", ServiceState.STARTING, "dependencies met", run));
        StatusReport.Entry waiting = new StatusReport.Entry(
                starting.service(),
                starting.status(),
                Optional.of("port 80 is taken"),
                Optional.empty(),
                List.of("state"),
                Optional.empty());

        assertThat(StatusReport.text(List.of(waiting), START_NANOS)).contains("dependencies met; port 80 is taken");
        assertThat(StatusJson.of(List.of(waiting)))
                .contains("\"obstacle\" : \"port 80 is taken\"", "\"stored_descriptors\" : [ \"state\" ]")
                .doesNotContain("\"probe\"");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0s", "0, 0s", "59, 59s", "60, 1m0s", "3599, 59m59s", "3600, 1h0m", "86399, 23h59m", "90000, 1d1h"})
    void uptimeHasTwoUnits(long seconds, String expected) {
        String text = StatusReport.text(
                List.of(entry(up("web", ServiceState.READY, "running"))),
                START_NANOS + Duration.ofSeconds(seconds).toNanos());

        assertThat(text.lines().skip(1).findFirst().orElseThrow().split(" +")[3])
                .isEqualTo(expected);
    }

    @Test
    void whatAProbeSaysAndWhatIsLeftOutIsShown() {
        Degraded degraded = new Degraded(new Origin("ostler.yaml", 9, 5, "services.web.user"), "cannot");

        String text = StatusReport.text(
                List.of(entry(
                        probed(ServiceState.STARTED, "started", Health.State.UNKNOWN, "tcp localhost:1: refused"),
                        degraded)),
                START_NANOS);

        assertThat(text).contains("started; tcp localhost:1: refused\n").endsWith("degraded: " + degraded + "\n");
    }

    private static ServiceSpec watched() {
        ProbeSpec probe = new ProbeSpec(
                new ProbeCheck.Tcp("localhost", 1), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 1, 0);
        return ServiceSpecBuilder.service("web")
                .health(new HealthSpec(probe, Duration.ZERO, HealthSpec.Action.NONE, Optional.empty(), Origin.BUILT_IN))
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN, ready; health unknown: tcp: refused",
        "HEALTHY, ready; health healthy",
        "UNHEALTHY, ready; health unhealthy for 7s: tcp: refused"
    })
    void healthIsShownWhileItIsAskedFor(Health.State state, String expected) {
        ServiceStatus status = probed(ServiceState.READY, "ready", state, "tcp: refused");

        String text = StatusReport.text(List.of(entry(watched(), status)), START_NANOS + 7_000_000_000L);

        assertThat(text).endsWith("  " + expected + "\n");
        assertThat(StatusReport.text(List.of(entry(status)), START_NANOS)).doesNotContain("health");
    }

    @Test
    void jsonOfTheHealth() throws Exception {
        ServiceStatus status = probed(ServiceState.READY, "ready", Health.State.UNHEALTHY, "tcp: refused");

        JsonNode health = json(entry(watched(), status)).get(0).get("health");

        assertThat(health).isEqualTo(new ObjectMapper().readTree("""
                        { "state": "unhealthy", "since": "2026-01-31T12:00:00.123Z", "failures": 2,
                          "last_failure": { "text": "tcp: refused", "at": "2026-01-31T12:00:00.123Z" } }
                        """));
        assertThat(json(entry(status)).get(0).has("health")).isFalse();
    }

    private static JsonNode json(StatusReport.Entry... entries) throws Exception {
        String text = StatusJson.of(List.of(entries));
        assertThat(text).endsWith("}\n");
        return new ObjectMapper().readTree(text).get("services");
    }

    @Test
    void jsonOfARunningService() throws Exception {
        Degraded degraded = new Degraded(new Origin("ostler.yaml", 9, 5, "services.web.user"), "say \"no\"");

        JsonNode web = json(entry(
                        probed(ServiceState.STARTED, "started", Health.State.UNKNOWN, "tcp: refused"), degraded))
                .get(0);

        assertThat(web).isEqualTo(new ObjectMapper().readTree("""
                        { "name": "web", "state": "started", "wanted": "up", "reason": "started", "run": 3, "restarts": 2,
                          "gave_up": false, "oom_kills": 4, "pid": 4711, "started": "2026-01-31T12:00:00.123Z", "stop_by": "guard", "probe": "tcp: refused",
                          "degraded": ["%s"] }
                        """.formatted(
                                degraded.toString().replace("\"", "\\\""))));
    }

    @Test
    void jsonOfServicesThatHaveEnded() throws Exception {
        Exit code = new Exit(
                3, new ExitCause.ExitCode(7), Optional.of(ExitStatus.exited(7)), Duration.ofMillis(1500), STARTED);
        ExitStatus killed = ExitStatus.killedBy(Signal.KILL);
        Exit signal = new Exit(
                4, new ExitCause.KilledBySignal(Signal.KILL, false), Optional.of(killed), Duration.ZERO, STARTED);
        Exit never =
                new Exit(5, new ExitCause.LaunchFailure("chdir: ENOENT"), Optional.empty(), Duration.ZERO, STARTED);

        JsonNode services = json(
                entry(status("a", ServiceState.FAILED, "exited 7", Run.NONE, Optional.of(code))),
                entry(status("b", ServiceState.FAILED, "killed", Run.NONE, Optional.of(signal))),
                entry(status("c", ServiceState.FAILED, "launch", Run.NONE, Optional.of(never))),
                entry(status("d", ServiceState.DOWN, "not started", Run.NONE)));

        assertThat(services.get(0).has("pid")).isFalse();
        JsonNode exited = services.get(0).get("last_exit");
        assertThat(exited.get("run").asInt()).isEqualTo(3);
        assertThat(exited.get("cause").asText()).isEqualTo("exit-code");
        assertThat(exited.get("text").asText()).isEqualTo(code.describe());
        assertThat(exited.get("code").asInt()).isEqualTo(7);
        assertThat(exited.has("signal")).isFalse();
        assertThat(exited.get("ran_ms").asLong()).isEqualTo(1500);
        assertThat(exited.get("at").asText()).isEqualTo("2026-01-31T12:00:00.123Z");
        assertThat(services.get(1).at("/last_exit/signal").asText()).isEqualTo("SIGKILL");
        assertThat(services.get(1).at("/last_exit/core").asBoolean()).isFalse();
        assertThat(services.get(1).get("last_exit").has("code")).isFalse();
        assertThat(services.get(2).at("/last_exit/cause").asText()).isEqualTo("launch");
        assertThat(services.get(2).get("last_exit").has("code")).isFalse();
        assertThat(services.get(3).has("last_exit")).isFalse();
        assertThat(services.get(3).get("degraded").isEmpty()).isTrue();
    }
}
