package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupPathsTest {
    private static final String ROOT = "22 1 0:20 / / rw - ext4 /dev/vda rw";
    private static final String UNIFIED = "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw";
    private static final String V1 = "31 22 0:27 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory";
    private static final String HYBRID = "32 22 0:28 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw";

    @Test
    void unified() {
        assertThat(CgroupPaths.own(List.of(ROOT, UNIFIED), List.of("0::/user.slice/a.scope")))
                .contains(Path.of("/sys/fs/cgroup/user.slice/a.scope"));
    }

    @Test
    void theRootOfTheHierarchy() {
        assertThat(CgroupPaths.own(List.of(UNIFIED), List.of("0::/"))).contains(Path.of("/sys/fs/cgroup"));
    }

    @Test
    void hybridUsesTheUnifiedPart() {
        assertThat(CgroupPaths.own(List.of(V1, HYBRID), List.of("9:memory:/a", "0::/b")))
                .contains(Path.of("/sys/fs/cgroup/unified/b"));
    }

    @Test
    void legacyHasNone() {
        assertThat(CgroupPaths.own(List.of(ROOT, V1), List.of("9:memory:/a"))).isEmpty();
        assertThat(CgroupPaths.own(List.of(ROOT, V1), List.of("9:memory:/a", "0::/b")))
                .isEmpty();
    }

    @Test
    void aContainerThatSeesItsOwnPartOfTheHierarchy() {
        String mount = "30 22 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw";

        assertThat(CgroupPaths.own(List.of(mount), List.of("0::/docker/abc"))).contains(Path.of("/sys/fs/cgroup"));
        assertThat(CgroupPaths.own(List.of(mount), List.of("0::/docker/abc/x"))).contains(Path.of("/sys/fs/cgroup/x"));
    }

    @Test
    void aPathOutsideOfTheMountCannotBeReached() {
        String mount = "30 22 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw";

        assertThat(CgroupPaths.own(List.of(mount), List.of("0::/docker/abcd"))).isEmpty();
        assertThat(CgroupPaths.own(List.of(UNIFIED), List.of("0::/../other"))).isEmpty();
    }

    @Test
    void linesThatAreNoneAreSkipped() {
        assertThat(CgroupPaths.own(List.of("", "- cgroup2", "a b c d e -", UNIFIED), List.of("", "junk", "0::/a")))
                .contains(Path.of("/sys/fs/cgroup/a"));
        assertThat(CgroupPaths.own(List.of(), List.of())).isEmpty();
    }
}
