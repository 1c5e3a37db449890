package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.service.Health;
import dev.ostler.service.Moment;
import dev.ostler.service.RestartRecord;
import dev.ostler.service.Run;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.StartOutcome;
import dev.ostler.service.Wanted;
import dev.ostler.spec.Setting;
import dev.ostler.supervise.Change.Kind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangesTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final ServiceName DB = new ServiceName("db");
    private static final Moment NOW = new Moment(0, Instant.EPOCH);

    @Test
    void whatIsNewStartsAndWhatIsGoneStops() {
        List<Change> changes = Changes.between(Map.of(DB, List.of()), Map.of(WEB, List.of()), name -> ready());

        assertThat(changes)
                .containsExactly(new Change(WEB, Kind.START, List.of()), new Change(DB, Kind.STOP, List.of()));
    }

    @Test
    void whatIsWrittenElsewhereHasNotChanged() {
        List<Setting> before = List.of(new Setting("nice", "5", false, new Origin("ostler.yaml", 3, 5, "")));
        List<Setting> after = List.of(new Setting("nice", "5", false, new Origin("other.yaml", 9, 9, "")));

        assertThat(change(before, after, ready()).kind()).isEqualTo(Kind.STAY);
    }

    @Test
    void whatWaitsForItsTriggerIsNotStartedByAChange() {
        List<Setting> hourly = List.of(setting("activation.every", "1h"), setting("nice", "1"));
        List<Setting> daily = List.of(setting("activation.cron", "@daily"), setting("nice", "2"));
        ServiceStatus armed = status(ServiceState.DOWN, Wanted.UP);

        assertThat(change(hourly, daily, armed).kind()).isEqualTo(Kind.STAY_DOWN);
        assertThat(change(hourly, List.of(setting("nice", "1")), armed).kind()).isEqualTo(Kind.RESTART);
        assertThat(change(hourly, List.of(setting("activation.every", "2h"), setting("nice", "1")), ready())
                        .kind())
                .isEqualTo(Kind.RELOAD);
        assertThat(change(
                                List.of(),
                                List.of(setting("activation", "traffic")),
                                status(ServiceState.FINISHED, Wanted.UP))
                        .kind())
                .isEqualTo(Kind.RESTART);
    }

    @ParameterizedTest
    @CsvSource({
        "nice, READY, RESTART",
        "environment.PORT, READY, RESTART",
        "restart.policy, READY, RELOAD",
        "stop[0].signal, READY, RELOAD",
        "ready.tcp, READY, RELOAD",
        "reload[0].signal, READY, RELOAD",
        "heap_dump_grace_period, READY, RELOAD",
        "ready.tcp, STARTED, RESTART",
        "restart.policy, STARTED, RELOAD",
        "restart.policy, WAITING, RELOAD",
        "restart.policy, FAILED, RESTART",
        "ready.tcp, BACKOFF, RESTART",
        "depends_on, DEPENDENCY_FAILED, RESTART",
        "conditions.link_up[0], WAITING, RELOAD",
        "conditions.path_exists[0], READY, RELOAD",
        "conditions.path_exists[0], SKIPPED, RESTART",
        "logs.rotate.keep, FINISHED, RELOAD",
        "command, FINISHED, RESTART",
    })
    void anotherRunIsForWhatARunningProgramCannotLearn(String key, ServiceState state, Kind kind) {
        assertThat(change(List.of(setting(key, "a")), List.of(setting(key, "b")), status(state, Wanted.UP))
                        .kind())
                .isEqualTo(kind);
        assertThat(change(List.of(), List.of(setting(key, "b")), status(state, Wanted.UP))
                        .kind())
                .isEqualTo(kind);
        assertThat(change(List.of(setting(key, "a")), List.of(), status(state, Wanted.UP))
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void whatSomebodyHasStoppedStaysDown() {
        Change change = change(
                List.of(setting("nice", "1")), List.of(setting("nice", "2")), status(ServiceState.DOWN, Wanted.DOWN));

        assertThat(change.kind()).isEqualTo(Kind.STAY_DOWN);
    }

    @Test
    void s19_aRemovedVariableIsADifference() {
        Setting gone = new Setting("environment.OLD", "x", true, Origin.BUILT_IN);

        Change change = change(List.of(gone, setting("nice", "1")), List.of(setting("nice", "1")), ready());

        assertThat(change.differences())
                .containsExactly(new Difference("environment.OLD", Optional.of(gone), Optional.empty()));
        assertThat(change.differences().get(0).isHidden()).isTrue();
    }

    private static Change change(List<Setting> before, List<Setting> after, ServiceStatus status) {
        Map<ServiceName, List<Setting>> old = new LinkedHashMap<>(Map.of(WEB, before));
        return Changes.between(old, Map.of(WEB, after), name -> status).get(0);
    }

    private static Setting setting(String key, String value) {
        return new Setting(key, value, false, new Origin("ostler.yaml", 3, 5, "services.web." + key));
    }

    private static ServiceStatus ready() {
        return status(ServiceState.READY, Wanted.UP);
    }

    private static ServiceStatus status(ServiceState state, Wanted wanted) {
        return new ServiceStatus(
                WEB,
                state,
                wanted,
                "",
                NOW,
                new Run(1, Optional.empty(), "", NOW, Optional.empty(), false),
                1,
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                RestartRecord.NONE,
                new StartOutcome(StartOutcome.Kind.UP, ""),
                Health.unknown(NOW),
                Optional.empty());
    }
}
