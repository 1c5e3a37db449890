package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SyscallGroupsTest {
    private static Set<String> calls(String group) {
        return SyscallGroups.members(group).stream()
                .map(SyscallGroups.Member::call)
                .collect(Collectors.toSet());
    }

    @Test
    void everyMemberOfEveryGroupIsASystemCall() {
        for (String group : SyscallGroups.names()) {
            assertThat(calls(group)).as(group).isNotEmpty().isSubsetOf(Syscalls.names());
        }
    }

    @Test
    void theGroupsOfSystemdAreThere() {
        assertThat(SyscallGroups.names())
                .contains(
                        "@aio",
                        "@basic-io",
                        "@chown",
                        "@clock",
                        "@cpu-emulation",
                        "@debug",
                        "@default",
                        "@file-system",
                        "@io-event",
                        "@ipc",
                        "@keyring",
                        "@known",
                        "@memlock",
                        "@module",
                        "@mount",
                        "@network-io",
                        "@obsolete",
                        "@pkey",
                        "@privileged",
                        "@process",
                        "@raw-io",
                        "@reboot",
                        "@resources",
                        "@sandbox",
                        "@setuid",
                        "@signal",
                        "@swap",
                        "@sync",
                        "@system-service",
                        "@timer");
    }

    @Test
    void aGroupHoldsWhatItsGroupsHold() {
        assertThat(calls("@system-service")).contains("read", "execve", "socket", "futex", "mmap", "timerfd_create");
        assertThat(calls("@known")).isEqualTo(Syscalls.names());
    }

    @Test
    void whatIsOfNoServiceIsInNoGroupOfAService() {
        assertThat(calls("@system-service"))
                .doesNotContain("io_uring_setup", "clone3", "kcmp", "process_vm_writev", "remap_file_pages")
                .doesNotContain("set_thread_area", "setns", "modify_ldt", "open_by_handle_at", "fanotify_init");
        assertThat(SyscallGroups.members("@process"))
                .contains(new SyscallGroups.Member("clone", 0, 0x7e020000L, 0))
                .contains(new SyscallGroups.Member("unshare", 0, 0x7e020080L, 0));
    }

    @Test
    void anUnknownGroupIsRefused() {
        assertThatThrownBy(() -> SyscallGroups.members("@nothing")).hasMessage("no group @nothing");
    }

    @Test
    void widthsAreThoseOfTheKernel() {
        assertThat(Syscalls.width("ioctl", 1)).isEqualTo(32);
        assertThat(Syscalls.width("ioctl", 2)).isEqualTo(64);
        assertThat(Syscalls.width("chmod", 1)).isEqualTo(16);
        assertThat(Syscalls.width("clone", 0)).isEqualTo(64);
        assertThat(Syscalls.width("getpid", 0)).isEqualTo(64);
        assertThat(Syscalls.width("mseal", 5)).isEqualTo(64);
    }
}
