package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredDescriptorsTest {
    private static final ServiceSpec WEB = service("web").storeMax(4).build();

    private static Plan plan(ServiceSpec service) {
        return compiled(service, FakeHostFacts.plainUser()).plan();
    }

    @Test
    void aRunThatGetsNoneIsToldHowManyItMayStoreAndNothingElse() {
        Plan plan = plan(WEB);

        assertThat(plan.execve().environment()).contains("FDSTORE=4").noneMatch(text -> text.startsWith("LISTEN_"));
        assertThat(StoredDescriptors.among(plan, WEB, List.of())).isSameAs(plan);
    }

    @Test
    void theyBeginAtThreeAndAreToldAsSocketsAre() {
        Plan plan = StoredDescriptors.among(plan(WEB), WEB, List.of("state", "stored"));

        assertThat(plan.descriptors())
                .hasToString("0=/dev/null 1=passed[0](pipe) 2=passed[1](pipe) 3=passed[3] 4=passed[4]");
        assertThat(plan.passedDescriptors()).isEqualTo(5);
        assertThat(plan.execve().environment()).contains("LISTEN_FDS=2", "LISTEN_FDNAMES=state:stored", "LISTEN_PID=");
        assertThat(plan.ops()).extracting(PlannedOp::op).contains(new NotifyOp.OwnPid(List.of("LISTEN_PID")));
    }

    @Test
    void theyStandBehindTheSockets() {
        ServiceSpec web = service("web")
                .sockets(PassedTest.socket("in", true), PassedTest.socket("http", false))
                .storeMax(2)
                .build();

        Plan plan = StoredDescriptors.among(plan(web), web, List.of("state"));

        assertThat(plan.descriptors())
                .hasToString("0=passed[2](socket) 1=passed[0](pipe) 2=passed[1](pipe) 3=passed[3](socket) 4=passed[5]");
        assertThat(plan.execve().environment()).contains("LISTEN_FDS=2", "LISTEN_FDNAMES=http:state");
    }

    @Test
    void theOpsKeepTheirNumbersSoARefusalFindsItsLine() {
        Plan before = plan(WEB);
        Plan after = StoredDescriptors.among(before, WEB, List.of("state"));

        assertThat(after.ops())
                .extracting(planned -> planned.op().kind())
                .isEqualTo(before.ops().stream()
                        .map(planned -> planned.op().kind())
                        .toList());
    }

    @Test
    void aReadinessDescriptorCannotStandWhereTheyMayStand() {
        ServiceSpec inTheMiddle =
                service("web").ready(new ReadySpec.Descriptor(6)).storeMax(4).build();
        ServiceSpec behind =
                service("web").ready(new ReadySpec.Descriptor(7)).storeMax(4).build();

        assertThat(refused(inTheMiddle, FakeHostFacts.plainUser()))
                .hasSize(1)
                .first()
                .asString()
                .contains("from 7 on");
        assertThat(plan(behind).descriptors().entries())
                .extracting(Descriptors.Entry::target)
                .contains(7);
    }

    @Test
    void aLaunchPassesOnlySoMany() {
        var sockets = new dev.ostler.spec.SocketSpec[80];
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = PassedTest.socket("s" + i, false);
        }
        ServiceSpec web =
                service("web").sockets(sockets).storeMax(NotifySpec.MOST_STORED).build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .hasSize(1)
                .first()
                .asString()
                .contains("117 are left");
    }
}
