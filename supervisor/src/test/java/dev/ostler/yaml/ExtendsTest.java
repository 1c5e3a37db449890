package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Located;
import dev.ostler.base.Signal;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtendsTest {
    private static final String WEB = "services: { web: { command: [x], extends: p } }";

    @Test
    void layersFromDefaultToService() {
        var service = FakeProject.of(
                        "defaults: { nice: 1, oom_score_adj: 1, umask: 0001, restart: never }",
                        "profiles: { p: { nice: 2, oom_score_adj: 2 } }",
                        "services: { web: { command: [x], extends: p, nice: 3 } }")
                .service();

        assertThat(service.limits().nice().map(Located::value)).contains(3);
        assertThat(service.limits().oomScoreAdj().map(Located::value)).contains(2);
        assertThat(service.process().umask().map(Located::value)).contains(1);
        assertThat(service.restart().policy()).isEqualTo(Policy.NEVER);
        assertThat(service.privilege().noNewPrivs().map(Located::value)).contains(true);
    }

    @Test
    void laterProfilesWin() {
        var project = FakeProject.of(
                "profiles: { a: { nice: 1, umask: 0001 }, b: { nice: 2 } }",
                "services: { web: { command: [x], extends: [a, b] } }");

        assertThat(project.service().limits().nice().map(Located::value)).contains(2);
        assertThat(project.service().process().umask().map(Located::value)).contains(1);
    }

    @Test
    void mappingsMergeListsReplacePlusAppends() {
        var project = FakeProject.of(
                "profiles: { p: { command: java -Xmx64m, ulimits: { nofile: 1, core: 2 }, group_add: [a] } }",
                "services:",
                "  web: { extends: p, +command: [-jar, w.jar], ulimits: { core: 3 }, group_add: [b] }");

        ServiceSpec service = project.service();
        assertThat(service.process().command().value()).containsExactly("java", "-Xmx64m", "-jar", "w.jar");
        assertThat(service.limits().ulimits())
                .extracting(u -> u.resource() + " " + u.soft())
                .containsExactly("NOFILE 1", "CORE 3");
        assertThat(service.process().groupAdd()).extracting(Located::value).containsExactly("b");
    }

    @Test
    void plusAppendsInsideOfMappingsAndAcrossProfiles() {
        var project = FakeProject.of(
                "profiles:",
                "  a: { capabilities: { keep: [CHOWN] } }",
                "  b: { capabilities: { +keep: [KILL] } }",
                "services:",
                "  web: { command: [x], extends: [a, b], capabilities: { +keep: [SYS_NICE] } }",
                "  db: { command: [x], extends: b }");

        assertThat(project.service("web").privilege().keep().orElseThrow().value())
                .containsExactly("CHOWN", "KILL", "SYS_NICE");
        assertThat(project.service("db").privilege().keep().orElseThrow().value())
                .containsExactly("KILL");
    }

    @Test
    void restartAsTextKeepsTheRestOfTheProfile() {
        var restart = FakeProject.webWith("extends: jvm-service", "restart: always")
                .service()
                .restart();

        assertThat(restart.policy()).isEqualTo(Policy.ALWAYS);
        assertThat(restart.limit().count()).isEqualTo(5);
    }

    @Test
    void gracePeriodChangesTheLadderBelow() {
        var stop = FakeProject.webWith("extends: jvm-service", "stop_grace_period: 1m")
                .service()
                .stop();

        assertThat(stop.steps())
                .isEqualTo(List.of(new Step.Send(Signal.TERM, Scope.ALL), new Step.Wait(Duration.ofMinutes(1))));
    }

    @Test
    void ladderReplacesTheShortFormsBelow() {
        var project = FakeProject.of(
                "profiles: { p: { stop_signal: INT, stop_grace_period: 1s } }",
                "services: { web: { command: [x], extends: p, stop: [{ signal: TERM }, { wait: 2s }] } }");

        assertThat(project.service().stop().steps())
                .isEqualTo(List.of(new Step.Send(Signal.TERM, Scope.MAIN), new Step.Wait(Duration.ofSeconds(2))));
    }

    @Test
    void shortFormDoesNotChangeALongerLadder() {
        var project = FakeProject.of(
                "profiles: { p: { stop: [{ signal: INT }, { wait: 1s }, { signal: TERM }, { wait: 1s }] } }",
                "services: { web: { command: [x], extends: p, stop_signal: HUP } }");

        assertThat(project.messages())
                .containsExactly(
                        "ostler.yaml:2:59 (services.web.stop_signal): \"stop_signal\" changes only a ladder of one"
                                + " signal and one wait, not that at ostler.yaml:1:24 (profiles.p.stop)");
    }

    @Test
    void profileIsFoundBesideTheFileAndInEtcAndByPath() {
        String profile = "profiles: { p: { nice: 7 } }";
        assertThat(nice(FakeProject.of(WEB).file("profiles/p.yaml", profile))).isEqualTo(7);
        assertThat(nice(FakeProject.of(WEB).file("/etc/ostler/profiles/p.yaml", profile)))
                .isEqualTo(7);
        assertThat(nice(FakeProject.of(WEB.replace("p }", "./sub/s.yaml#p }")).file("sub/s.yaml", profile)))
                .isEqualTo(7);
    }

    @Test
    void profileLooksForWhatItExtendsFromItsOwnPlace() {
        var project = FakeProject.of(WEB.replace("p }", "./sub/s.yaml#p }"))
                .file("sub/s.yaml", "profiles: { p: { extends: [own, beside] }, own: { nice: 2 } }")
                .file("sub/profiles/beside.yaml", "profiles: { beside: { umask: 0001 } }");

        assertThat(nice(project)).isEqualTo(2);
        assertThat(project.service().process().umask().map(Located::value)).contains(1);
    }

    @Test
    void profileFoundTwiceNamesBothPlaces() {
        assertThat(FakeProject.of(WEB, "profiles: { p: {} }")
                        .file("profiles/p.yaml", "profiles: { p: {} }")
                        .messages())
                .containsExactly("ostler.yaml:1:43 (services.web.extends): profile \"p\" is in ostler.yaml and in"
                        + " profiles/p.yaml; write ./file.yaml#name");
    }

    @Test
    void unknownProfileNamesTheNearestOrThePlaces() {
        assertThat(FakeProject.of(WEB, "profiles: { pp: {} }").messages())
                .containsExactly(
                        "ostler.yaml:1:43 (services.web.extends): unknown profile \"p\", did you mean \"pp\"?");
        assertThat(FakeProject.of(WEB).messages())
                .containsExactly(
                        "ostler.yaml:1:43 (services.web.extends): unknown profile \"p\"; looked in ostler.yaml,"
                                + " profiles/p.yaml, /etc/ostler/profiles/p.yaml, <shipped>/p.yaml");
    }

    @Test
    void badReferences() {
        assertThat(FakeProject.webWith("extends: [./s.yaml, a/b, ./no.yaml#x, ./s.yaml#yy]")
                        .file("s.yaml", "profiles: { y: {} }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:15 (services.web.extends[0]): \"./s.yaml\" names no profile; write ./file.yaml#name",
                        "ostler.yaml:4:25 (services.web.extends[1]): \"a/b\" is not a profile; write a name or"
                                + " ./file.yaml#name",
                        "ostler.yaml:4:30 (services.web.extends[2]): cannot read \"no.yaml\": open: ENOENT (No such file"
                                + " or directory)",
                        "ostler.yaml:4:43 (services.web.extends[3]): \"s.yaml\" has no profile \"yy\", did you mean"
                                + " \"y\"?");
    }

    @Test
    void cycleIsNamedInFull() {
        assertThat(FakeProject.of(
                                "profiles: { a: { extends: b }, b: { extends: ./s.yaml#c } }",
                                "services: { web: { command: [x], extends: a } }")
                        .file("s.yaml", "profiles: { c: { extends: ./ostler.yaml#a } }")
                        .messages())
                .containsExactly("s.yaml:1:27 (profiles.c.extends): extends cycle: a -> b -> s.yaml#c -> a");
    }

    @Test
    void everyProfileOfTheFileIsCheckedAlsoWhatServicesReplace() {
        assertThat(FakeProject.of(
                                "profiles: { p: { nice: much }, unused: { umask: 9 } }",
                                "services: { web: { command: [x], extends: p, nice: 1 } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:1:24 (profiles.p.nice): \"much\" is not a whole number from -20 to 19",
                        "ostler.yaml:1:49 (profiles.unused.umask): \"9\" is not an octal number from 0 to 0777");
    }

    @Test
    void appendingToWhatIsNoList() {
        assertThat(FakeProject.of(
                                "profiles: { p: { user: app } }",
                                "services: { web: { command: [x], extends: p, +user: [b], +nice: 3, +directories: [d] } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:46 (services.web.+user): cannot append to \"user\": it is text at ostler.yaml:1:24"
                                + " (profiles.p.user)",
                        "ostler.yaml:2:65 (services.web.+nice): expected a list to append, found text");
    }

    @Test
    void profileDirectoryThatIsAFileHasNoProfiles() {
        var project = FakeProject.of(WEB, "profiles: { p: { nice: 1 } }")
                .failing("profiles/p.yaml", new FileSystemException("p.yaml", null, "Not a directory"));

        assertThat(nice(project)).isEqualTo(1);
    }

    private static int nice(FakeProject project) {
        return project.service().limits().nice().orElseThrow().value();
    }
}
