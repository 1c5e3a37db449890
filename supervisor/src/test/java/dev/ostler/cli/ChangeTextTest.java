package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.Setting;
import dev.ostler.supervise.Change;
import dev.ostler.supervise.Change.Kind;
import dev.ostler.supervise.Difference;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangeTextTest {
    private static final ServiceName WEB = new ServiceName("web");

    @Test
    void eachKeyHasItsPlace() {
        Difference difference =
                new Difference("nice", Optional.of(setting("5", false, 4)), Optional.of(setting("6", false, 9)));

        assertThat(text(difference)).isEqualTo("web: restart\n  nice: \"5\" -> \"6\" at ostler.yaml:9:5\n");
    }

    @Test
    void s19_noValueThatMayBeSecretIsShown() {
        Optional<Setting> secret = Optional.of(setting("secret", true, 4));
        Optional<Setting> plain = Optional.of(setting("plain", false, 4));

        assertThat(text(new Difference("k", secret, secret))).contains("k: another value ***");
        assertThat(text(new Difference("k", plain, secret))).contains("k: another value ***");
        assertThat(text(new Difference("k", secret, plain))).contains("k: another value ***");
        assertThat(text(new Difference("k", secret, Optional.empty()))).contains("k: removed ***");
        assertThat(text(new Difference("k", Optional.empty(), secret))).contains("k: added ***");
    }

    @Test
    void linesStayLines() {
        assertThat(text(new Difference("k", Optional.empty(), Optional.of(setting("a\nb", false, 4)))))
                .contains("added \"a\\nb\" at");
    }

    @Test
    void whatStaysIsCounted() {
        Change stays = new Change(new ServiceName("db"), Kind.STAY, List.of());

        assertThat(ChangeText.of(List.of(stays), List.of())).isEqualTo("no changes\n");
        assertThat(ChangeText.of(List.of(stays, stays, new Change(WEB, Kind.STOP, List.of())), List.of()))
                .isEqualTo("web: stop, it is no longer there\n2 services stay as they are\n");
    }

    private static String text(Difference difference) {
        return ChangeText.of(List.of(new Change(WEB, Kind.RESTART, List.of(difference))), List.of());
    }

    @Test
    void whatConcernsAllServicesStandsInFront() {
        Difference difference = new Difference("outer_grace", Optional.empty(), Optional.of(setting("20s", false, 2)));

        assertThat(ChangeText.of(List.of(new Change(WEB, Kind.STAY, List.of())), List.of(difference)))
                .isEqualTo("""
                        for all services, without another run
                          outer_grace: added "20s" at ostler.yaml:2:5
                        1 service stays as it is
                        """);
    }

    @Test
    void programsGetTheSame() throws IOException {
        Difference shown =
                new Difference("nice", Optional.of(setting("5", false, 4)), Optional.of(setting("6", false, 9)));
        Difference overall = new Difference("outer_grace", Optional.of(setting("20s", false, 2)), Optional.empty());

        JsonNode json = new ObjectMapper()
                .readTree(ChangeJson.of(List.of(new Change(WEB, Kind.RESTART, List.of(shown))), List.of(overall)));

        assertThat(json.at("/services/0/name").asText()).isEqualTo("web");
        assertThat(json.at("/services/0/action").asText()).isEqualTo("restart");
        JsonNode nice = json.at("/services/0/differences/0");
        assertThat(nice.toString())
                .isEqualTo("{\"key\":\"nice\",\"change\":\"changed\",\"hidden\":false,\"before\":\"5\","
                        + "\"after\":\"6\",\"origin\":\"ostler.yaml:9:5 (services.web.k)\"}");
        assertThat(json.at("/overall/0/change").asText()).isEqualTo("removed");
    }

    @Test
    void s19_programsGetNoValueThatMayBeSecretEither() {
        Optional<Setting> secret = Optional.of(setting("secret", true, 4));
        Optional<Setting> plain = Optional.of(setting("plain", false, 4));
        List<Difference> differences = List.of(
                new Difference("a", secret, secret),
                new Difference("b", plain, secret),
                new Difference("c", secret, plain),
                new Difference("d", Optional.empty(), secret));

        String json = ChangeJson.of(List.of(new Change(WEB, Kind.RESTART, differences)), List.of());

        assertThat(json).contains("\"hidden\" : true").doesNotContain("\"secret\"", "\"plain\"");
    }

    private static Setting setting(String value, boolean hidden, int line) {
        return new Setting("k", value, hidden, new Origin("ostler.yaml", line, 5, "services.web.k"));
    }
}
