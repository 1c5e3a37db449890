package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TreeTextTest {
    @Test
    void eachServiceStandsAboveWhatItNeeds() {
        PlayedProject played = new PlayedProject("""
                services:
                  db: { command: [db] }
                  cache: { command: [cache], depends_on: [db] }
                  app: { command: [app], depends_on: { cache: { condition: started }, db: { condition: ready } } }
                  web: { command: [web], depends_on: [app, cache] }
                  alone: { command: [alone] }
                """).startAll().launched("db");

        assertThat(TreeText.of(played.spec.services(), played.project::status)).isEqualTo("""
                web (waiting)
                ├─ app: started (waiting)
                │  ├─ cache: started (starting)
                │  │  └─ db: started (ready)
                │  └─ db: ready (ready)
                └─ cache: started (starting), as above
                alone (starting)
                """);
    }
}
