package dev.ostler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceCgroupIT {
    private final Optional<ServiceCgroups> groups =
            ServiceCgroups.open("it-" + ProcessHandle.current().pid());
    private Optional<ServiceCgroup> cgroup = Optional.empty();
    private Path path;

    @BeforeEach
    void make() throws IOException {
        assumeTrue(groups.isPresent(), "a cgroup v2 directory in which it may create another");
        cgroup = Optional.of(groups.orElseThrow().create(new RunKey(new ServiceName("web"), 1)));
        try (Fd directory = cgroup.orElseThrow().openDirectory()) {
            path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + directory.number()));
        }
    }

    @AfterEach
    void remove() {
        cgroup.ifPresent(ServiceCgroup::remove);
        groups.ifPresent(ServiceCgroups::remove);
    }

    /** A service may arrange what is below its cgroup as it likes. */
    @Test
    void findsAndKillsProcessesBesideAThreadedCgroup() throws Exception {
        Process child = new ProcessBuilder("sleep", "1000").start();
        try {
            Files.writeString(path.resolve("cgroup.procs"), Long.toString(child.pid()));
            Path threaded = Files.createDirectory(path.resolve("threads"));
            Files.writeString(threaded.resolve("cgroup.type"), "threaded");

            assertThat(cgroup.orElseThrow().processes()).containsExactly(new Pid((int) child.pid()));

            cgroup.orElseThrow().killAll();
            assertThat(child.waitFor()).isEqualTo(128 + 9);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void oneThatSomebodyHasRemovedIsEmpty() throws IOException {
        Files.delete(path);

        assertThat(cgroup.orElseThrow().isPopulated()).isFalse();
        assertThat(cgroup.orElseThrow().processes()).isEmpty();
        cgroup.orElseThrow().killAll();
    }
}
