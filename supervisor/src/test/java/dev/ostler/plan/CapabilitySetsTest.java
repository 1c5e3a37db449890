package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.SandboxSpecBuilder.sandbox;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitySetsTest {
    private static final long BIND = 1L << 10;
    private static final int CAP_SETPCAP = 8;
    private static final int CAP_NET_ADMIN = 12;
    private static final long SETPCAP = 1L << CAP_SETPCAP;

    @Test
    void keptCapabilitiesAreInAllFiveSets() {
        ServiceSpec web = service("web").user("app").keep("NET_BIND_SERVICE").build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.root())))
                .containsExactly(
                        new Op.Bounding(BIND),
                        new Op.KeepCaps(true),
                        new Op.CapSet(BIND, BIND, BIND),
                        new Op.Ambient(BIND),
                        new Op.KeepCaps(false));
    }

    @Test
    void aPlainUserKeepsNothingUnlessAsked() {
        ServiceSpec web = service("web").user("app").build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.root())))
                .containsExactly(new Op.Bounding(0), new Op.CapSet(0, 0, 0), new Op.Ambient(0));
    }

    @Test
    void rootWithoutCapabilitiesInTheFileKeepsWhatItHas() {
        assertThat(capabilityOps(ops(service("web").build(), FakeHostFacts.root())))
                .isEmpty();
    }

    @Test
    void rootMayKeepASubset() {
        ServiceSpec web = service("web").keep("NET_BIND_SERVICE").build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.root())))
                .containsExactly(new Op.Bounding(BIND), new Op.CapSet(BIND, BIND, BIND), new Op.Ambient(BIND));
    }

    @Test
    void securebitsAreSetWhileSetpcapIsHeldAndItIsGivenUpAfterwards() {
        ServiceSpec web =
                service("web").user("app").securebits("noroot", "noroot_locked").build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.root())))
                .containsExactly(
                        new Op.Bounding(0),
                        new Op.KeepCaps(true),
                        new Op.CapSet(SETPCAP, SETPCAP, 0),
                        new Op.Ambient(0),
                        new Op.KeepCaps(false),
                        new Op.SecureBits(0b11),
                        new Op.CapSet(0, 0, 0));
    }

    @Test
    void aCapabilityOutsideOfTheBoundingSetIsRefused() {
        ServiceSpec web = service("web").user("app").keep("NET_ADMIN").build();

        assertThat(refused(web, FakeHostFacts.root().withoutBounding(CAP_NET_ADMIN)))
                .containsExactly("ostler.yaml:16:5 (services.web.capabilities.keep): "
                        + "capability NET_ADMIN is not in the bounding set of this supervisor");
    }

    @Test
    void aCapabilityThatTheSupervisorLacksIsRefused() {
        ServiceSpec web = service("web").keep("NET_ADMIN").build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .contains("ostler.yaml:16:5 (services.web.capabilities.keep): capability NET_ADMIN is not in the"
                        + " permitted set of this supervisor, which runs as uid 1000");
    }

    @Test
    void anUnknownCapabilityIsRefused() {
        ServiceSpec web = service("web").keep("NET_FROB").build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:16:5 (services.web.capabilities.keep): unknown capability \"NET_FROB\"");
    }

    @Test
    void aPlainUserMayDropAllButTheBoundingSet() {
        ServiceSpec web = service("web").keep().build();

        CompileResult.Compiled result = compiled(web, FakeHostFacts.plainUser());

        assertThat(capabilityOps(result.plan().ops().stream().map(PlannedOp::op).toList()))
                .containsExactly(new Op.CapSet(0, 0, 0), new Op.Ambient(0));
        assertThat(result.degraded())
                .extracting(Degraded::toString)
                .containsExactly("ostler.yaml:16:5 (services.web.capabilities.keep): cannot drop the bounding set of"
                        + " \"web\": needs CAP_SETPCAP, this supervisor runs as uid 1000 without it;"
                        + " no_new_privs keeps the service from gaining any of it");
    }

    @Test
    void withoutNoNewPrivsTheBoundingSetMatters() {
        ServiceSpec web = service("web").keep().noNewPrivs(false).build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:16:5 (services.web.capabilities.keep): cannot drop the bounding set of"
                        + " \"web\": needs CAP_SETPCAP, this supervisor runs as uid 1000 without it");
    }

    @Test
    void rootWithoutSetpcapCannotDropTheBoundingSet() {
        ServiceSpec web = service("web").keep("NET_BIND_SERVICE").build();

        assertThat(refused(web, FakeHostFacts.root().withoutCapability(CAP_SETPCAP)))
                .singleElement()
                .asString()
                .contains("cannot drop the bounding set of \"web\": needs CAP_SETPCAP");
    }

    @Test
    void securebitsNeedSetpcap() {
        ServiceSpec web = service("web").securebits("noroot").build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:17:5 (services.web.securebits): cannot set the securebits of \"web\": "
                        + "needs CAP_SETPCAP, this supervisor runs as uid 1000 without it");
    }

    @Test
    void aPlainUserInsideOfAUserNamespaceKeepsNothing() {
        ServiceSpec web =
                service("web").sandbox(sandbox().hostname("web").build()).build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.plainUser())))
                .containsExactly(new Op.Bounding(0), new Op.CapSet(0, 0, 0), new Op.Ambient(0));
    }

    @Test
    void aPlainUserInsideMayKeepWhatCountsThere() {
        ServiceSpec web = service("web")
                .keep("NET_ADMIN")
                .sandbox(sandbox().network(NetworkMode.NONE).build())
                .build();
        long admin = 1L << CAP_NET_ADMIN;

        assertThat(capabilityOps(ops(web, FakeHostFacts.plainUser())))
                .containsExactly(new Op.Bounding(admin), new Op.CapSet(admin, admin, admin), new Op.Ambient(admin));
    }

    @Test
    void rootInsideKeepsAllOfThem() {
        ServiceSpec web = service("web").sandbox(sandbox().ids(0, 0).build()).build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.plainUser()))).isEmpty();
    }

    @Test
    void theUserOfRootsServiceInsideOfAUserNamespaceKeepsNothing() {
        ServiceSpec web = service("web")
                .user("app")
                .sandbox(sandbox().namespaces(NamespaceType.USER).build())
                .build();

        assertThat(capabilityOps(ops(web, FakeHostFacts.root())))
                .containsExactly(new Op.Bounding(0), new Op.CapSet(0, 0, 0), new Op.Ambient(0));
    }

    @Test
    void noNewPrivsIsTheDefault() {
        assertThat(ops(service("web").build(), FakeHostFacts.plainUser())).contains(new Op.NoNewPrivs());
        assertThat(ops(service("web").noNewPrivs(false).build(), FakeHostFacts.plainUser()))
                .doesNotContain(new Op.NoNewPrivs());
    }

    private static List<Op> capabilityOps(List<Op> ops) {
        return ops.stream()
                .filter(op -> op instanceof Op.Bounding
                        || op instanceof Op.KeepCaps
                        || op instanceof Op.CapSet
                        || op instanceof Op.Ambient
                        || op instanceof Op.SecureBits)
                .toList();
    }
}
