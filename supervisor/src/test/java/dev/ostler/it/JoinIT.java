package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Namespaces that exist already: those of another service, and those that a path names. */
class JoinIT {
    private static final List<String> TYPES = List.of("net", "ipc", "uts", "pid");
    private static final String SHOW =
            "{ for t in net ipc uts pid user; do readlink /proc/self/ns/$t; done; uname -n; }";

    private static String services(As as, String join) {
        // whoever has no rights outside gets them by the other's user namespace
        String user = as.hasRoot() ? "" : "user: 'service:db', ";
        return """
                services:
                  db:
                    command: [sh, -c, '%s > db.seen; exec sleep 1000']
                    sandbox: { namespaces: [pid, ipc], network: loopback, hostname: inside }
                  web:
                    command: [sh, -c, '%s > web.part; mv web.part web.seen; exec sleep 1000']
                    depends_on: { db: { condition: started } }
                    restart: never
                    sandbox: { join: { %s%s } }
                """.formatted(SHOW, SHOW, user, join);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aServiceJoinsNamespacesOfAnother(As as) {
        String join = String.join(
                ", ", TYPES.stream().map(type -> type + ": 'service:db'").toList());
        try (OstlerProject project = OstlerProject.create(as, services(as, join))) {
            project.run("up", "-d").ok();
            Eventually.until(
                    "web has looked",
                    () -> project.directory().resolve("web.seen").toFile().exists()
                            && project.text("web.seen").lines().count()
                                    == project.text("db.seen").lines().count());

            List<String> db = project.text("db.seen").lines().toList();
            List<String> web = project.text("web.seen").lines().toList();
            assertThat(web.get(5)).isEqualTo("inside");
            assertThat(web).containsExactlyElementsOf(db);
            assertThat(project.run("plan", "-f", "ostler.yaml", "web").ok().out())
                    .containsPattern("JOIN_PROCESS +.*net.*of service \"db\"");
        }
    }

    @Test
    void aJoinerIsNotStartedInTheNamespacesOfADeadService() {
        String user = As.isRoot() ? "" : "user: 'service:db', ";
        String yaml = """
                services:
                  db:
                    command: [sleep, '1000']
                    restart: never
                    sandbox: { network: loopback }
                  web:
                    command: [sleep, '1000']
                    depends_on: { db: { condition: started } }
                    sandbox: { join: { %snet: 'service:db' } }
                """.formatted(user);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();

            project.shell("kill -9 " + project.status("db").get("pid").asLong()).ok();

            Eventually.until(
                    "web is taken down and not started again",
                    () -> project.status("web").get("state").asText().equals("dependency-failed"));
        }
    }

    @Test
    void aPlanWithoutASupervisorCannotJoinAService() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, services(As.CURRENT, "net: 'service:db'"))) {
            assertThat(project.run("plan", "-f", "ostler.yaml", "-o", "web.plan", "web")
                            .err())
                    .contains("namespaces of a service need the supervisor");
        }
    }
}
