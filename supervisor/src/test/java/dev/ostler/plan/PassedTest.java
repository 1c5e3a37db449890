package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.IpAddress;
import dev.ostler.base.Origin;
import dev.ostler.spec.NotifySpec.Access;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import dev.ostler.testing.FakeHostFacts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PassedTest {
    private static final Duration S30 = Duration.ofSeconds(30);

    private static Plan plan(ServiceSpec service) {
        return compiled(service, FakeHostFacts.plainUser()).plan();
    }

    @Test
    void aServiceThatDoesNotSpeakIsToldNothing() {
        Plan plan = plan(service("web").build());

        assertThat(plan.passedDescriptors()).isEqualTo(2);
        assertThat(plan.execve().environment()).noneMatch(variable -> variable.startsWith("NOTIFY_SOCKET"));
    }

    @Test
    void theSocketIsMadeInTheNamespacesOfTheServiceAndItsChannelIsClosed() {
        Plan plan = plan(service("web")
                .ready(new ReadySpec.Notify())
                .notify(Access.ALL, Duration.ZERO)
                .build());

        assertThat(plan.passedDescriptors()).isEqualTo(3);
        assertThat(plan.ops()).extracting(PlannedOp::op).contains(new NotifyOp.Socket(3));
        assertThat(plan.execve().environment()).contains("NOTIFY_SOCKET=");
        assertThat(plan.descriptors()).isEqualTo(Descriptors.supervised());
    }

    @Test
    void aReadinessDescriptorHasTheNumberThatWasAskedFor() {
        Plan plan = plan(service("web").ready(new ReadySpec.Descriptor(7)).build());

        assertThat(plan.descriptors()).hasToString("0=/dev/null 1=passed[0](pipe) 2=passed[1](pipe) 7=passed[2](pipe)");
    }

    @Test
    void theWatchdogIsToldByPeriodAndPid() {
        Plan plan =
                plan(service("web").notify(Access.ALL, Duration.ofMillis(1500)).build());

        assertThat(plan.execve().environment()).contains("WATCHDOG_USEC=1500000", "WATCHDOG_PID=", "NOTIFY_SOCKET=");
        assertThat(plan.ops()).extracting(PlannedOp::op).anyMatch(NotifyOp.OwnPid.class::isInstance);
    }

    static SocketSpec socket(String name, boolean standardInput) {
        SocketSpec.Options options = new SocketSpec.Options(
                1, Optional.empty(), false, Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), false);
        SocketSpec.Address address =
                new SocketSpec.Inet(true, IpAddress.parse("127.0.0.1").orElseThrow(), 80);
        return new SocketSpec(name, address, options, standardInput, new Origin("ostler.yaml", 7, 9, "sockets"));
    }

    @Test
    void socketsBeginAtThreeAndOneMayBeStandardInput() {
        Plan plan = plan(service("web")
                .sockets(socket("a", false), socket("in", true), socket("b", false))
                .notify(Access.ALL, S30)
                .build());

        assertThat(plan.descriptors())
                .hasToString("0=passed[3](socket) 1=passed[0](pipe) 2=passed[1](pipe) 3=passed[2](socket)"
                        + " 4=passed[4](socket)");
        assertThat(plan.execve().environment()).contains("LISTEN_FDS=2", "LISTEN_FDNAMES=a:b", "LISTEN_PID=");
        assertThat(plan.ops())
                .extracting(PlannedOp::op)
                .contains(new NotifyOp.Socket(5), new NotifyOp.OwnPid(List.of("LISTEN_PID", "WATCHDOG_PID")));
    }

    @Test
    void aReadinessDescriptorCannotBeASocketsNumber() {
        ServiceSpec web = service("web")
                .sockets(socket("a", false))
                .ready(new ReadySpec.Descriptor(3))
                .build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .singleElement()
                .asString()
                .contains("descriptor 3 is that of the socket \"a\"");
    }

    @Test
    void aPlanThatRunsAloneHasNobodyToOpenItsSockets() {
        ServiceSpec web = service("web").sockets(socket("a", false)).build();

        var result = PlanCompiler.compile(web, FakeHostFacts.plainUser(), Descriptors.inherited(), Guard.NONE);

        assertThat(((CompileResult.Refused) result).problems())
                .singleElement()
                .asString()
                .contains("sockets need the supervisor");
    }

    @Test
    void aPlanThatRunsAloneHasNobodyToTell() {
        ServiceSpec web = service("web").notify(Access.ALL, S30).build();

        var result = PlanCompiler.compile(web, FakeHostFacts.plainUser(), Descriptors.inherited(), Guard.NONE);

        Plan plan = ((CompileResult.Compiled) result).plan();
        assertThat(plan.passedDescriptors()).isZero();
        assertThat(plan.execve().environment()).noneMatch(variable -> variable.contains("WATCHDOG"));
    }

    @Test
    void aVariableOfItsOwnCannotTakeTheirPlace() {
        ServiceSpec web = service("web")
                .notify(Access.ALL, S30)
                .environment("WATCHDOG_PID", "1")
                .build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .singleElement()
                .asString()
                .contains("\"WATCHDOG_PID\" is set by Ostler, for this run alone");
    }
}
