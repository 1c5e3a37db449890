package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UlimitSpec;
import dev.ostler.spec.UlimitSpec.Resource;
import dev.ostler.testing.FakeHostFacts;
import org.junit.jupiter.api.Test;

class ResourceLimitsTest {
    @Test
    void aLimitWithinTheHardLimitNeedsNoRights() {
        ServiceSpec web = service("web").ulimit(Resource.NOFILE, 2048, 4096).build();

        assertThat(ops(web, FakeHostFacts.plainUser())).contains(new Op.Rlimit(Resource.NOFILE, 2048, 4096));
    }

    @Test
    void aLimitAboveTheHardLimitNamesBoth() {
        ServiceSpec web = service("web").ulimit(Resource.NOFILE, 65536, 65536).build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly(
                        "ostler.yaml:12:5 (services.web.ulimits): cannot set ulimit nofile of \"web\" to 65536:"
                                + " needs CAP_SYS_RESOURCE, the hard limit of this supervisor is 4096");
    }

    @Test
    void unlimitedIsAboveEveryNumber() {
        ServiceSpec web = service("web")
                .ulimit(Resource.CORE, UlimitSpec.INFINITY, UlimitSpec.INFINITY)
                .build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .singleElement()
                .asString()
                .contains("to unlimited: needs CAP_SYS_RESOURCE");
        assertThat(ops(web, FakeHostFacts.plainUser().limit(Resource.CORE, 0, UlimitSpec.INFINITY)))
                .contains(new Op.Rlimit(Resource.CORE, UlimitSpec.INFINITY, UlimitSpec.INFINITY));
    }

    @Test
    void rootOfAUserNamespaceCannotRaiseLimits() {
        ServiceSpec web = service("web").ulimit(Resource.NOFILE, 65536, 65536).build();

        assertThat(refused(web, FakeHostFacts.rootOfUserNamespace()))
                .singleElement()
                .asString()
                .contains("needs CAP_SYS_RESOURCE outside of a user namespace");
    }

    @Test
    void aSoftLimitAboveTheHardOneIsRefused() {
        ServiceSpec web = service("web").ulimit(Resource.NOFILE, 200, 100).build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:12:5 (services.web.ulimits): cannot set ulimit nofile of \"web\" to 200:"
                        + " above its hard limit 100");
    }

    @Test
    void aLowerNiceValueNeedsARightOrALimit() {
        ServiceSpec web = service("web").nice(-5).build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:13:5 (services.web.nice): cannot set nice of \"web\" to -5:"
                        + " needs CAP_SYS_NICE, the lowest value allowed here is 0");
        assertThat(ops(web, FakeHostFacts.plainUser().limit(Resource.NICE, 25, 25)))
                .contains(new Op.Nice(-5));
        assertThat(ops(web, FakeHostFacts.root())).contains(new Op.Nice(-5));
    }

    @Test
    void aLowerOomScoreNeedsARight() {
        ServiceSpec web = service("web").oomScoreAdj(-500).build();

        assertThat(refused(web, FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:14:5 (services.web.oom_score_adj): cannot set oom_score_adj of \"web\" to"
                        + " -500: needs CAP_SYS_RESOURCE, the value of this supervisor is 0");
    }

    @Test
    void anOomScoreIsSetOnACopyOfTheMemory() {
        assertThat(compiled(service("web").oomScoreAdj(500).build(), FakeHostFacts.plainUser())
                        .plan()
                        .copy())
                .isTrue();
        assertThat(compiled(service("web").build(), FakeHostFacts.plainUser())
                        .plan()
                        .copy())
                .isFalse();
    }

    @Test
    void aCpuThatDoesNotExistIsRefused() {
        ServiceSpec web = service("web").cpuAffinity(0, 64).build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:15:5 (services.web.cpu_affinity):"
                        + " CPU 64 does not exist (this machine has 0-1)");
    }

    @Test
    void cpusThatDoNotExistAreNamedInOneMessage() {
        ServiceSpec web = service("web").cpuAffinity(0, 2, 3, 4, 8).build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly("ostler.yaml:15:5 (services.web.cpu_affinity):"
                        + " CPUs 2-4,8 do not exist (this machine has 0-1)");
    }

    @Test
    void aCpuOutsideOfTheCpusetIsRefused() {
        ServiceSpec web = service("web").cpuAffinity(1).build();

        assertThat(refused(web, FakeHostFacts.root().allowedCpus(0)))
                .containsExactly("ostler.yaml:15:5 (services.web.cpu_affinity):"
                        + " CPU 1 is outside the cpuset of this supervisor (0)");
    }
}
