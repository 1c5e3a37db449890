package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Pid;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The mounts of this process, by both ways the kernel has to tell them. */
class MountTableIT {
    private static final Pid SELF = new Pid((int) ProcessHandle.current().pid());

    @Test
    void statmountSaysWhatMountinfoSays() {
        assumeTrue(statmountWorks(), "needs statmount(2) by the id of a mount namespace, Linux 6.11");

        List<String> listed =
                Statmount.of(SELF).stream().map(MountTableIT::text).toList();

        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(MountTable.ofRoot(SELF).mounts().stream()
                        .map(MountTableIT::text)
                        .toList());
    }

    private static boolean statmountWorks() {
        try {
            return !Statmount.of(SELF).isEmpty();
        } catch (KernelException e) {
            return false;
        }
    }

    private static String text(Mount mount) {
        return mount.text() + " " + mount.point() + " " + mount.root() + " " + mount.device();
    }

    @Test
    void aPathLeadsToTheMountThatHoldsIt() {
        MountTable table = MountTable.of(SELF);

        assertThat(table.at("/proc/self/status").orElseThrow().type()).isEqualTo("proc");
        assertThat(table.at("/").orElseThrow().point()).isEqualTo("/");
        assertThat(table.isVisible(table.at("/proc").orElseThrow())).isTrue();
    }

    @Test
    void ofAProcessThatIsNotThereNothingIsKnown() {
        assertThatThrownBy(() -> MountTable.of(new Pid(Integer.MAX_VALUE)))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ESRCH)).isTrue());
    }

    @Test
    void linesOfMountinfoAreTakenApart() {
        Mount mount = MountTable.parse(
                "36 35 98:0 /mnt\\0401 /mnt2 ro,nosuid,nosymfollow,noatime master:1 shared:2 - fuse.x /dev/root rw");

        assertThat(mount)
                .isEqualTo(new Mount(
                        36,
                        35,
                        98L << 32,
                        "fuse.x",
                        "/mnt 1",
                        "/mnt2",
                        LinuxConstants.MOUNT_ATTR_RDONLY
                                | LinuxConstants.MOUNT_ATTR_NOSUID
                                | LinuxConstants.MOUNT_ATTR_NOSYMFOLLOW));
        assertThat(mount.text()).isEqualTo("fuse.x ro,nosuid,nosymfollow");
        assertThat(MountTable.parse("1 0 0:1 / / rw - ext4 /dev/vda ro,discard").has(LinuxConstants.MOUNT_ATTR_RDONLY))
                .isTrue();
    }

    @Test
    void whatLiesOverAnotherMountHidesIt() {
        Mount root = new Mount(1, 1, 1, "ext4", "/", "/", 0);
        Mount first = new Mount(2, 1, 2, "tmpfs", "/", "/a", 0);
        Mount inside = new Mount(3, 2, 3, "tmpfs", "/", "/a/b", 0);
        Mount second = new Mount(4, 2, 4, "tmpfs", "/", "/a", 0);
        MountTable table = new MountTable(List.of(root, first, inside, second));

        assertThat(table.at("/a/b/c")).contains(second);
        assertThat(table.at("/ab")).contains(root);
        assertThat(table.mounts()).filteredOn(table::isVisible).containsExactly(root, second);
        assertThat(table.beneath(second)).contains(first);
        assertThat(table.beneath(inside)).isEmpty();
    }
}
