package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanCompilerTest {
    @Test
    void aProgramIsLookedUpInTheServicesOwnPath() {
        ServiceSpec web = service("web")
                .command("java", "-jar", "web.jar")
                .environment("PATH", "/opt/jdk/bin::rel:/bin")
                .build();

        Op.Execve execve = compiled(web, FakeHostFacts.plainUser()).plan().execve();

        assertThat(execve.candidates()).containsExactly("/opt/jdk/bin/java", "/srv/java", "/srv/rel/java", "/bin/java");
        assertThat(execve.arguments()).containsExactly("java", "-jar", "web.jar");
    }

    @Test
    void aPathIsTakenFromTheWorkingDirectory() {
        ServiceSpec web = service("web").command("./run.sh").build();

        assertThat(compiled(web, FakeHostFacts.plainUser()).plan().execve().candidates())
                .containsExactly("/srv/run.sh");
    }

    @Test
    void nothingOfTheSupervisorsEnvironmentGetsIn() {
        ServiceSpec web = service("web")
                .environment("HOME", "/data")
                .environment("A", "1")
                .build();

        assertThat(compiled(web, FakeHostFacts.plainUser()).plan().execve().environment())
                .containsExactly(
                        "PATH=" + Program.DEFAULT_PATH,
                        "HOME=/data",
                        "USER=plain",
                        "LOGNAME=plain",
                        "SHELL=/bin/sh",
                        "A=1");
    }

    @Test
    void aGuardNeedsACopy() {
        CompileResult result = PlanCompiler.compile(
                service("web").build(), FakeHostFacts.plainUser(), Descriptors.supervised(), Guard.STAYS);

        Plan plan = ((CompileResult.Compiled) result).plan();
        assertThat(plan.copy()).isTrue();
        assertThat(plan.guard()).isTrue();
    }

    @Test
    void theDeathSignalIsInTheHeaderForTheGuardAsWell() {
        Plan plan = compiled(service("web").deathSignal(Signal.TERM).build(), FakeHostFacts.plainUser())
                .plan();

        assertThat(plan.deathSignal()).contains(Signal.TERM);
        assertThat(plan.ops()).extracting(PlannedOp::op).contains(new Op.DeathSignal(Signal.TERM));
    }

    @Test
    void supervisedLaunchesPassTwoPipes() {
        assertThat(compiled(service("web").build(), FakeHostFacts.plainUser())
                        .plan()
                        .passedDescriptors())
                .isEqualTo(2);
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        ServiceSpec web =
                service("web").user("x").cpuAffinity(64).keep("FROB").nice(-5).build();

        assertThat(refused(web, FakeHostFacts.plainUser())).hasSize(4);
    }

    @Test
    void whatDoesNotFitIntoAPlanIsRefused() {
        ServiceSpec web = service("web").environment("BIG", "x".repeat(1 << 20)).build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .singleElement()
                .asString()
                .startsWith("ostler.yaml:2:3 (services.web): cannot compile \"web\": the plan has ")
                .endsWith(" bytes, the limit is 1048576");
    }

    @Test
    void aNulCharacterIsRefused() {
        assertThat(refused(service("web").command("a\0b").build(), FakeHostFacts.plainUser()))
                .containsExactly(
                        "ostler.yaml:3:5 (services.web.command): a NUL character cannot be passed to a program");
    }

    @Test
    void everyOpHasAnOriginThatNamesTheService() {
        Plan plan = compiled(service("web").build(), FakeHostFacts.plainUser()).plan();

        assertThat(plan.ops())
                .allSatisfy(planned -> assertThat(planned.origin().key()).startsWith("services.web"));
    }

    @Test
    void aMissingProgramIsFoundByCheckAlone() {
        ServiceSpec web = service("web").command("frobnicate").build();

        compiled(web, FakeHostFacts.plainUser());

        assertThat(Program.missing(web, FakeHostFacts.plainUser()).map(Problem::toString))
                .contains("ostler.yaml:3:5 (services.web.command): cannot find \"frobnicate\" in PATH ("
                        + Program.DEFAULT_PATH + ")");
    }

    @Test
    void aFileThatCannotBeExecutedIsFoundByCheck() {
        ServiceSpec web = service("web").command("./run.sh").build();
        FakeHostFacts facts = FakeHostFacts.plainUser();

        Optional<String> missing = Program.missing(web, facts).map(Problem::message);
        Optional<String> notExecutable = Program.missing(web, facts.file("/srv/run.sh", Executable.NOT_EXECUTABLE))
                .map(Problem::message);
        Optional<String> there = Program.missing(web, facts.file("/srv/run.sh", Executable.EXECUTABLE))
                .map(Problem::message);

        assertThat(missing).contains("cannot find \"./run.sh\"");
        assertThat(notExecutable).contains("\"./run.sh\" is not an executable file");
        assertThat(there).isEmpty();
    }
}
