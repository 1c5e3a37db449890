package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Signal;
import dev.ostler.cgroup.CgroupDirectory;
import dev.ostler.linux.KernelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTreeIT {
    @TempDir
    Path directory;

    @Test
    void aProcessThatCannotBeSignalledKeepsTheSignalFromNoOther() throws Exception {
        Process child = new ProcessBuilder("sleep", "1000").start();
        try {
            long self = ProcessHandle.current().pid();
            String thread; // of which there is no pidfd: as good as a process that may not be signalled
            try (var tasks = Files.list(Path.of("/proc/self/task"))) {
                thread = tasks.map(task -> task.getFileName().toString())
                        .filter(task -> !task.equals(Long.toString(self)))
                        .findFirst()
                        .orElseThrow();
            }
            Files.writeString(directory.resolve("cgroup.events"), "populated 1\n");
            Files.writeString(directory.resolve("cgroup.procs"), thread + "\n" + child.pid() + "\n");
            RunTree tree = new RunTree.OfCgroup(CgroupDirectory.at(directory));

            assertThatThrownBy(() -> tree.signalAll(Signal.TERM)).isInstanceOf(KernelException.class);

            assertThat(child.waitFor()).isEqualTo(128 + 15);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }
}
