package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A thread looks into the namespaces of a child; this process stays where it is. */
class NamespaceVisitIT {
    private static final Pid SELF = new Pid((int) ProcessHandle.current().pid());

    @Test
    void aThreadAsksInsideAndNoOtherThreadNotices() throws Exception {
        assumeTrue(Ids.effectiveUid() == 0, "needs CAP_SYS_ADMIN");
        NamespaceVisit.Names before = NamespaceVisit.names(SELF);
        String command = "hostname inside 2>/dev/null || echo inside >/proc/sys/kernel/hostname;"
                + " echo '4 5' >/proc/sys/net/ipv4/ping_group_range; echo ready; exec sleep 1000";
        try (Child child = Child.start("unshare", "--uts", "--net", "sh", "-c", command)) {
            assertThat(child.process().inputReader().readLine()).isEqualTo("ready");

            assertThat(NamespaceVisit.names(child.pid()).host()).isEqualTo("inside");
            assertThat(NamespaceVisit.<String>inside(
                            child.pid(), "net", LinuxConstants.CLONE_NEWNET, NamespaceVisitIT::pingGroups))
                    .isEqualTo("4\t5");
            assertThat(NamespaceVisit.names(SELF)).isEqualTo(before);
            assertThat(pingGroups()).isNotEqualTo("4\t5");
        }
    }

    private static String pingGroups() {
        try (InputStream in = Files.newInputStream(Path.of("/proc/sys/net/ipv4/ping_group_range"))) {
            return new String(in.readNBytes(100), StandardCharsets.US_ASCII).strip(); // all comes with the first read
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void ofAProcessThatIsNotThereNothingIsKnown() {
        assertThatThrownBy(() -> NamespaceVisit.names(new Pid(Integer.MAX_VALUE)))
                .isInstanceOf(KernelException.class);
    }
}
