package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdentityTest {
    private static final int CAP_SETGID = 6;

    @Test
    void rootBecomesTheUserWithItsGroups() {
        ServiceSpec web = service("web").user("app").build();

        List<Op> ops = ops(web, FakeHostFacts.root());

        assertThat(ops).contains(new Op.Groups(List.of(44L, 1001L)), new Op.Gid(1001), new Op.Uid(1001));
    }

    @Test
    void groupsAreAddedToThoseOfTheUser() {
        ServiceSpec web =
                service("web").user("app").groupAdd("shared").groupAdd("77").build();

        List<Op> ops = ops(web, FakeHostFacts.root());

        assertThat(ops).contains(new Op.Groups(List.of(44L, 77L, 1001L, 2000L)));
    }

    @Test
    void theGroupThatIsNamedReplacesTheUsersOwn() {
        ServiceSpec web = service("web")
                .user("app", Optional.of("shared"), IfUnsupported.FAIL)
                .build();

        assertThat(ops(web, FakeHostFacts.root())).contains(new Op.Gid(2000), new Op.Groups(List.of(44L, 2000L)));
    }

    @Test
    void aUserEqualToOneselfNeedsNoRights() {
        ServiceSpec web = service("web").user("plain").build();

        List<Op> ops = ops(web, FakeHostFacts.plainUser());

        assertThat(ops).noneMatch(op -> op instanceof Op.Uid || op instanceof Op.Gid || op instanceof Op.Groups);
    }

    @Test
    void aPlainUserCannotBecomeAnotherOne() {
        ServiceSpec web = service("web").user("app").build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:9:5 (services.web.user): cannot run \"web\" as user \"app\": "
                        + "needs CAP_SETUID and CAP_SETGID, this supervisor runs as uid 1000 without them");
    }

    @Test
    void withWarnTheServiceRunsAsTheSupervisorAndSaysSo() {
        ServiceSpec web =
                service("web").user("app", Optional.empty(), IfUnsupported.WARN).build();

        CompileResult.Compiled result = compiled(web, FakeHostFacts.plainUser());

        assertThat(result.target().uid()).isEqualTo(1000);
        assertThat(result.plan().ops()).noneMatch(planned -> planned.op() instanceof Op.Uid);
        assertThat(result.degraded())
                .extracting(Degraded::toString)
                .containsExactly("ostler.yaml:9:5 (services.web.user): cannot run \"web\" as user \"app\": "
                        + "needs CAP_SETUID and CAP_SETGID, this supervisor runs as uid 1000 without them");
    }

    @Test
    void oneMissingRightIsNamedAlone() {
        ServiceSpec web = service("web").user("app").build();

        assertThat(refused(web, FakeHostFacts.root().withoutCapability(CAP_SETGID)))
                .containsExactly("ostler.yaml:9:5 (services.web.user): cannot run \"web\" as user \"app\": "
                        + "needs CAP_SETGID, this supervisor runs as uid 0 without it");
    }

    @Test
    void anUnknownUserIsRefused() {
        ServiceSpec web = service("web").user("x").build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:9:5 (services.web.user): unknown user \"x\"");
    }

    @Test
    void anUnknownUserIsRefusedForRootEvenWithWarn() {
        ServiceSpec web =
                service("web").user("x", Optional.empty(), IfUnsupported.WARN).build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:9:5 (services.web.user): unknown user \"x\"");
        assertThat(compiled(web, FakeHostFacts.plainUser()).degraded())
                .extracting(Degraded::text)
                .containsExactly("unknown user \"x\"");
    }

    @Test
    void unknownGroupsAreAllNamed() {
        ServiceSpec web = service("web")
                .user("app", Optional.of("nope"), IfUnsupported.FAIL)
                .groupAdd("none")
                .build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly(
                        "ostler.yaml:10:5 (services.web.group_add[0]): unknown group \"none\"",
                        "ostler.yaml:9:5 (services.web.user): unknown group \"nope\"");
    }

    @Test
    void aNumberOutsideOfTheUserDatabaseNeedsAGroup() {
        ServiceSpec alone = service("web").user("4242").build();
        ServiceSpec grouped = service("web")
                .user("4242", Optional.of("4243"), IfUnsupported.FAIL)
                .build();

        assertThat(refused(alone, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:9:5 (services.web.user): "
                        + "user id 4242 is not in the user database: name a group as well");
        assertThat(ops(grouped, FakeHostFacts.root())).contains(new Op.Uid(4242), new Op.Gid(4243));
    }

    @Test
    void aUserThatTheNamespaceDoesNotMapIsRefused() {
        ServiceSpec web = service("web").user("app").build();

        assertThat(refused(web, FakeHostFacts.rootOfUserNamespace()))
                .singleElement()
                .asString()
                .contains("user id 1001 does not exist in this user namespace")
                .contains("setgroups is denied in this user namespace");
    }

    @Test
    void addedGroupsAloneNeedTheirOwnRight() {
        ServiceSpec web = service("web").groupAdd("shared").build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:10:5 (services.web.group_add[0]): cannot add groups to \"web\": "
                        + "needs CAP_SETGID, this supervisor runs as uid 1000 without it");
        assertThat(ops(web, FakeHostFacts.root()))
                .contains(new Op.Groups(List.of(0L, 2000L)))
                .noneMatch(op -> op instanceof Op.Uid);
    }

    @Test
    void theEnvironmentIsThatOfTheUser() {
        ServiceSpec web = service("web").user("app").environment("PORT", "8080").build();

        Op.Execve execve = compiled(web, FakeHostFacts.root()).plan().execve();

        assertThat(execve.environment())
                .containsExactly(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME=/srv/app",
                        "USER=app",
                        "LOGNAME=app",
                        "SHELL=/usr/sbin/nologin",
                        "PORT=8080");
    }
}
