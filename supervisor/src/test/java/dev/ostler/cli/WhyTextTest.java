package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WhyTextTest {
    private static final String CHAIN = """
            services:
              db:
                command: [db]
                ready: { tcp: 1, timeout: 30s }
              app: { command: [app], depends_on: [db] }
              web: { command: [web], depends_on: { app: { condition: ready }, db: { condition: ready } } }
            """;

    private static String why(PlayedProject played, String service, List<String> left, List<String> words) {
        return WhyText.of(new WhyText.Facts(
                played.status(service),
                name -> played.spec.service(name).orElseThrow(),
                played.project::status,
                Optional.empty(),
                Optional.empty(),
                left,
                words,
                played.now()));
    }

    private static String why(PlayedProject played, String service) {
        return why(played, service, List.of(), List.of());
    }

    @Test
    void whatItWaitsForIsFollowedToItsEnd() {
        PlayedProject played =
                new PlayedProject(CHAIN).startAll().launched("db").after(Duration.ofSeconds(3));

        assertThat(why(played, "web")).startsWith("""
                web is waiting for 3 s (since 2026-01-31T12:00:00Z)
                """).contains("""
                  needs "app" ready: it is waiting for 3 s: waiting for "db" to be ready
                    needs "db" ready: it is started for 3 s: started
                """).doesNotContain("\n  needs \"db\"");
    }

    @Test
    void howLongItHasToBecomeReady() {
        PlayedProject played =
                new PlayedProject(CHAIN).startAll().launched("db").after(Duration.ofSeconds(3));

        assertThat(why(played, "db")).contains("  has failed when it is not ready in 27 s\n");
    }

    @Test
    void whenItIsTriedAgainAndHowItEndedAndWhatItSaid() {
        PlayedProject played = new PlayedProject(CHAIN)
                .startAll()
                .launched("db")
                .after(Duration.ofMillis(50))
                .exits("db", 3)
                .after(Duration.ofMillis(40));

        assertThat(why(played, "db", List.of(), List.of("no space"))).isEqualTo("""
                db is backoff for 40 ms (since 2026-01-31T12:00:00.050Z)
                  because: exited 3 after 50 ms; restart in 100 ms
                  next try: in 60 ms
                  last end: run 1 exited 3 after 50 ms [exited 3], 40 ms ago
                  restarts: 1 since somebody started it, 1 in a row
                  last words:
                    no space
                """);
    }

    @Test
    void whoHoldsUpAStop() {
        PlayedProject played =
                new PlayedProject(CHAIN).startAll().launched("db").stop("db").after(Duration.ofSeconds(4));

        assertThat(why(played, "db", List.of("100 db (S)", "101 sh (T)"), List.of()))
                .contains("  next step of the stop: in 6 s\n")
                .contains("  waits for the end of: 100 db (S), 101 sh (T)\n");
    }
}
