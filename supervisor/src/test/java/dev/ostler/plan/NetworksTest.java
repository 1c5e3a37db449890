package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.SandboxSpecBuilder.sandbox;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.SandboxSpecBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetworksTest {
    private static final int CAP_NET_ADMIN = 12;
    private static final String AT = "ostler.yaml:30:7 (services.web.sandbox.network.veth): ";
    private static final List<String> NONE = List.of();

    @Test
    void thePairComesFirstThenWhatIsInside() {
        SandboxSpecBuilder sandbox = sandbox()
                .veth(Optional.empty(), List.of("10.1.0.2/24", "fd00::2/64"), List.of("10.1.0.1/24"))
                .route("", "10.1.0.1")
                .route("10.9.0.0/16", "");

        assertThat(network(web(sandbox)))
                .containsExactly(
                        "39 HOST_NETWORK veth eth0 and ve-web mac=02:00:00:00:00:0a mtu=1400  # 30",
                        "39 HOST_NETWORK 10.1.0.1/24 on ve-web  # 33",
                        "39 HOST_NETWORK up ve-web  # 30",
                        "37 LOOPBACK  # 30",
                        "55 NETWORK 10.1.0.2/24 on eth0  # 31",
                        "55 NETWORK fd00::2/64 on eth0  # 32",
                        "55 NETWORK up eth0  # 30",
                        "55 NETWORK default via 10.1.0.1 on eth0  # 34",
                        "55 NETWORK 10.9.0.0/16 on eth0  # 35");
    }

    @Test
    void aBridgeHasItsOwnLine() {
        assertThat(network(web(sandbox().veth(Optional.of("br0"), NONE, NONE))))
                .containsExactly(
                        "39 HOST_NETWORK veth eth0 and ve-web  # 30",
                        "39 HOST_NETWORK bridge br0 with ve-web  # 31",
                        "39 HOST_NETWORK up ve-web  # 30",
                        "37 LOOPBACK  # 30",
                        "55 NETWORK up eth0  # 30");
    }

    @Test
    void wordsAsBefore() {
        assertThat(network(web(sandbox().network(NetworkMode.LOOPBACK)))).containsExactly("37 LOOPBACK  # 30");
        assertThat(network(web(sandbox().network(NetworkMode.NONE)))).isEmpty();
        assertThat(network(web(sandbox().network(NetworkMode.HOST)))).isEmpty();
    }

    @Test
    void itIsInANamespaceOfItsOwnAndAGuardStays() {
        Plan plan = compiled(web(pair()), FakeHostFacts.root()).plan();

        assertThat(plan.ops().get(0).op())
                .isInstanceOfSatisfying(
                        SandboxOp.Namespaces.class, op -> assertThat(op.flags()).isEqualTo(NamespaceType.NET.flag()));
        assertThat(plan.guard()).isTrue();
    }

    @Test
    void theRightsAreThoseOfTheSupervisorEvenWithAUserNamespace() {
        FakeHostFacts without = FakeHostFacts.root().withoutCapability(CAP_NET_ADMIN);
        String needs = AT + "cannot make a veth pair for \"web\": needs CAP_NET_ADMIN, this supervisor runs as uid ";

        assertThat(refused(web(pair()), FakeHostFacts.plainUser())).containsExactly(needs + "1000 without it");
        assertThat(refused(web(pair()), without)).containsExactly(needs + "0 without it");
        assertThat(refused(web(pair().ids(0, 0)), without)).containsExactly(needs + "0 without it");
    }

    @Test
    void rootOfAUserNamespaceHasThemOnlyInANetworkThatBelongsToIt() {
        assertThat(network(compiled(web(pair()), FakeHostFacts.rootOfUserNamespace())
                        .plan()))
                .isNotEmpty();
        assertThat(refused(web(pair()), FakeHostFacts.rootOfUserNamespace().whoseNetworkIsOfOthers()))
                .containsExactly(AT + "cannot make a veth pair for \"web\": needs CAP_NET_ADMIN where the network of"
                        + " this supervisor belongs to, outside of its user namespace");
    }

    @Test
    void aJoinedNetworkGetsNoPair() {
        assertThat(refused(web(pair().join(NamespaceType.NET, "/run/netns/blue")), FakeHostFacts.root()))
                .containsExactly("ostler.yaml:31:7 (services.web.sandbox.join.net): namespace \"net\" cannot be joined:"
                        + " the service gets one of its own, by ostler.yaml:30:7"
                        + " (services.web.sandbox.network.veth)");
    }

    private static SandboxSpecBuilder pair() {
        return sandbox().veth(Optional.empty(), NONE, NONE);
    }

    private static ServiceSpec web(SandboxSpecBuilder sandbox) {
        return service("web").sandbox(sandbox.build()).build();
    }

    private static List<String> network(ServiceSpec service) {
        return network(compiled(service, FakeHostFacts.root()).plan());
    }

    /** Its lines of the plan, each with the line of the YAML. */
    private static List<String> network(Plan plan) {
        return PlanText.explain(plan, false)
                .lines()
                .filter(line -> line.contains("NETWORK") || line.contains("LOOPBACK"))
                .map(line -> line.replaceFirst("# ostler.yaml:(\\d+):7 .*", "# $1"))
                .toList();
    }
}
