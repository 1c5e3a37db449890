package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.spec.BlkioSpec;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgroupLimitsTest {
    private static final long MIB = 1 << 20;
    private static final String[] ALL = {"memory", "pids", "cpu", "cpuset", "hugetlb"};

    private static <T> Optional<Located<T>> at(int line, T value) {
        return Optional.of(new Located<>(value, new Origin("ostler.yaml", line, 5, "services.web.x")));
    }

    private static ServiceSpec everything(IfUnsupported ifUnsupported) {
        CgroupSpec spec = new CgroupSpec(
                at(1, new ByteSize(512 * MIB)),
                Optional.empty(),
                at(2, new ByteSize(128 * MIB)),
                at(3, new ByteSize(768 * MIB)),
                Optional.empty(),
                at(4, 256L),
                at(5, 1.5),
                at(6, 200),
                at(7, List.of(0, 1)),
                Map.of(new ByteSize(2 * MIB), at(8, new ByteSize(64 * MIB)).get()),
                BlkioSpec.NONE,
                ifUnsupported);
        return service("web").cgroup(spec).build();
    }

    private static List<String> files(ServiceSpec service, FakeHostFacts facts) {
        return compiled(service, facts).plan().cgroup().stream()
                .map(file -> file.version() + " " + file.file() + "=" + file.value())
                .toList();
    }

    @Test
    void theFilesOfVersion2() {
        assertThat(files(everything(IfUnsupported.FAIL), FakeHostFacts.root().withControllers(CgroupVersion.V2, ALL)))
                .containsExactly(
                        "V2 memory.max=536870912",
                        "V2 memory.low=134217728",
                        "V2 memory.swap.max=268435456",
                        "V2 pids.max=256",
                        "V2 cpu.max=150000 100000",
                        "V2 cpu.weight=200",
                        "V2 cpuset.cpus=0-1",
                        "V2 hugetlb.2MB.max=67108864",
                        "V2 hugetlb.2MB.rsvd.max=67108864");
    }

    @Test
    void theFilesOfVersion1() {
        assertThat(files(everything(IfUnsupported.FAIL), FakeHostFacts.root().withControllers(CgroupVersion.V1, ALL)))
                .containsExactly(
                        "V1 memory.limit_in_bytes=536870912",
                        "V1 memory.soft_limit_in_bytes=134217728",
                        "V1 memory.memsw.limit_in_bytes=805306368",
                        "V1 pids.max=256",
                        "V1 cpu.cfs_period_us=100000",
                        "V1 cpu.cfs_quota_us=150000",
                        "V1 cpu.shares=5219",
                        "V1 cpuset.mems=0",
                        "V1 cpuset.cpus=0-1",
                        "V1 hugetlb.2MB.limit_in_bytes=67108864",
                        "V1 hugetlb.2MB.rsvd.limit_in_bytes=67108864");
    }

    @Test
    void eachControllerIsTakenWhereItIs() {
        FakeHostFacts hybrid = FakeHostFacts.root()
                .withControllers(CgroupVersion.V1, "memory", "pids", "cpu", "cpuset")
                .withControllers(CgroupVersion.V2, "hugetlb");

        Plan plan = compiled(everything(IfUnsupported.FAIL), hybrid).plan();

        assertThat(plan.joinedControllers()).containsExactly("memory", "pids", "cpu", "cpuset");
        assertThat(plan.passedDescriptors()).isEqualTo(2 + 4);
        assertThat(plan.ops().get(0).op()).isEqualTo(new Op.CgroupJoin(List.of(2, 3, 4, 5)));
    }

    @Test
    void withoutTheControllerTheLineIsNamed() {
        FakeHostFacts facts =
                FakeHostFacts.root().withControllers(CgroupVersion.V1, "memory", "cpu", "cpuset", "hugetlb");

        assertThat(refused(everything(IfUnsupported.FAIL), facts))
                .containsExactly(
                        "ostler.yaml:4:5 (services.web.x): cannot limit \"web\": the cgroup controller \"pids\""
                                + " cannot be used here: this host has none");
    }

    @Test
    void orItIsLeftOutWithAWarningWhereTheServiceSaysSo() {
        CompileResult.Compiled compiled = compiled(everything(IfUnsupported.WARN), FakeHostFacts.plainUser());

        assertThat(compiled.plan().cgroup()).isEmpty();
        assertThat(compiled.degraded()).hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void whatOnlyVersion2HasIsRefusedOnVersion1() {
        CgroupSpec none = CgroupSpec.NONE;
        CgroupSpec high = new CgroupSpec(
                none.memory(),
                at(9, new ByteSize(MIB)),
                none.memoryReservation(),
                none.memoryAndSwap(),
                none.oomGroup(),
                none.pids(),
                none.cpus(),
                none.cpuWeight(),
                none.cpuset(),
                none.hugetlb(),
                none.blkio(),
                IfUnsupported.FAIL);

        assertThat(refused(
                        service("web").cgroup(high).build(),
                        FakeHostFacts.root().withControllers(CgroupVersion.V1, "memory")))
                .containsExactly(
                        "ostler.yaml:9:5 (services.web.x): cannot limit \"web\": memory.high exists in cgroup v2"
                                + " only, and \"memory\" is in a v1 hierarchy here");
    }

    @Test
    void aPlanThatRunsWithoutTheSupervisorCannotHoldLimits() {
        CompileResult result = PlanCompiler.compile(
                everything(IfUnsupported.FAIL),
                FakeHostFacts.root().withControllers(CgroupVersion.V2, ALL),
                Descriptors.inherited(),
                Guard.NONE);

        assertThat(result)
                .isInstanceOfSatisfying(
                        CompileResult.Refused.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .asString()
                                .contains("limits of a cgroup need the supervisor"));
    }

    private static ServiceSpec disks(IfUnsupported ifUnsupported, BlkioSpec.Rate... rates) {
        CgroupSpec none = CgroupSpec.NONE;
        return service("web")
                .cgroup(new CgroupSpec(
                        none.memory(),
                        none.memoryHigh(),
                        none.memoryReservation(),
                        none.memoryAndSwap(),
                        none.oomGroup(),
                        none.pids(),
                        none.cpus(),
                        none.cpuWeight(),
                        none.cpuset(),
                        none.hugetlb(),
                        new BlkioSpec(at(9, 300), List.of(rates)),
                        ifUnsupported))
                .build();
    }

    private static BlkioSpec.Rate rate(BlkioSpec.Kind kind, String device, int line) {
        return new BlkioSpec.Rate(kind, Path.of(device), MIB, new Origin("ostler.yaml", line, 5, "services.web.x"));
    }

    @Test
    void disksAreNamedByTheirNumbers() {
        BlkioSpec.Rate[] rates = {
            rate(BlkioSpec.Kind.READ_BPS, "/dev/sda", 1), rate(BlkioSpec.Kind.WRITE_IOPS, "/dev/sda", 2)
        };

        assertThat(files(
                        disks(IfUnsupported.FAIL, rates), FakeHostFacts.root().withControllers(CgroupVersion.V2, "io")))
                .containsExactly("V2 io.weight=2930", "V2 io.max=8:0 rbps=1048576", "V2 io.max=8:0 wiops=1048576");
        assertThat(files(
                        disks(IfUnsupported.WARN, rates),
                        FakeHostFacts.root().withControllers(CgroupVersion.V1, "blkio")))
                .containsExactly(
                        "V1 blkio.throttle.read_bps_device=8:0 1048576",
                        "V1 blkio.throttle.write_iops_device=8:0 1048576");
    }

    @Test
    void whatIsNoDiskIsRefusedWithItsLine() {
        BlkioSpec.Rate[] rates = {
            rate(BlkioSpec.Kind.READ_BPS, "/dev/sda1", 1), rate(BlkioSpec.Kind.WRITE_BPS, "/dev/none", 2)
        };

        assertThat(refused(
                        disks(IfUnsupported.WARN, rates), FakeHostFacts.root().withControllers(CgroupVersion.V2, "io")))
                .containsExactly(
                        "ostler.yaml:1:5 (services.web.x): cannot limit \"web\": \"/dev/sda1\" is a partition",
                        "ostler.yaml:2:5 (services.web.x): cannot limit \"web\": \"/dev/none\" is not there");
    }

    @Test
    void weightsOfDisksNeedVersion2() {
        assertThat(refused(disks(IfUnsupported.FAIL), FakeHostFacts.root().withControllers(CgroupVersion.V1, "blkio")))
                .containsExactly("ostler.yaml:9:5 (services.web.x): cannot limit \"web\": io.weight exists in cgroup v2"
                        + " only, and \"blkio\" is in a v1 hierarchy here");
        assertThat(refused(disks(IfUnsupported.FAIL), FakeHostFacts.root()))
                .containsExactly(
                        "ostler.yaml:9:5 (services.web.x): cannot limit \"web\": the cgroup controller \"io\""
                                + " cannot be used here: this host has none; nor can \"blkio\" of version 1: this host has none");
    }
}
