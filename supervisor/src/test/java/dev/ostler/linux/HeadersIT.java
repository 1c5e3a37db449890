package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the Java tables to the C headers. The program is compiled to assembly only and its values are read from there, so
 * that a cross compiler is enough for the other architecture.
 */
class HeadersIT {
    private static final Pattern MARKER = Pattern.compile("#MARK ([A-Za-z0-9_]+) [$#]?(-?[0-9]+)");

    /** Newer than the headers of the oldest system that builds this. */
    private static final Set<String> MAY_BE_ABSENT = Set.of(
            "F_DUPFD_QUERY",
            "PIDFD_SIGNAL_PROCESS_GROUP",
            "PIDFD_GET_INFO",
            "PIDFD_INFO_CGROUPID",
            "PIDFD_INFO_EXIT",
            "SCM_PIDFD",
            "LANDLOCK_CREATE_RULESET_ERRATA",
            "LANDLOCK_ACCESS_FS_TRUNCATE",
            "LANDLOCK_ACCESS_FS_IOCTL_DEV",
            "LANDLOCK_ACCESS_NET_BIND_TCP",
            "LANDLOCK_ACCESS_NET_CONNECT_TCP",
            "LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET",
            "LANDLOCK_SCOPE_SIGNAL",
            "PR_GET_MDWE",
            "PR_SCHED_CORE",
            "PR_SCHED_CORE_GET",
            "KEYCTL_CAPABILITIES",
            "MOUNT_ATTR_NOSYMFOLLOW",
            "NS_GET_MNTNS_ID");

    private static final String INCLUDES = """
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <signal.h>
            #include <time.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/file.h>
            #include <sys/inotify.h>
            #include <sys/mman.h>
            #include <sys/prctl.h>
            #include <sys/resource.h>
            #include <sys/signalfd.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/timerfd.h>
            #include <sys/un.h>
            #include <netinet/in.h>
            #include <netinet/tcp.h>
            #include <linux/capability.h>
            #include <linux/ethtool.h>
            #include <linux/futex.h>
            #include <linux/icmp.h>
            #include <linux/ioprio.h>
            #include <linux/kcmp.h>
            #include <linux/landlock.h>
            #include <linux/mount.h>
            #include <linux/netlink.h>
            #include <linux/rtnetlink.h>
            #include <linux/sock_diag.h>
            #include <linux/sockios.h>
            #include <linux/if.h>
            #include <linux/nsfs.h>
            #include <unistd.h>
            #include <linux/keyctl.h>
            #include <linux/sched.h>
            #include <linux/sched/types.h>
            #include <linux/securebits.h>
            #define MARK(name, value) __asm__ volatile("#MARK " #name " %c0" : : "i"((long)(value)))
            """;

    @TempDir
    Path directory;

    @Test
    void constantsOfThisArchitecture() throws Exception {
        assertConstants("gcc");
    }

    @Test
    void layoutsOfThisArchitecture() throws Exception {
        assertLayout("gcc", Arch.current());
    }

    @Test
    void layoutsOfAarch64() throws Exception {
        String compiler = "aarch64-linux-gnu-gcc";
        assumeTrue(isInstalled(compiler), compiler + " is not installed");
        assertLayout(compiler, Arch.AARCH64);
    }

    @Test
    void errnoNames() throws Exception {
        Map<String, String> expressions = new LinkedHashMap<>();
        Map<String, Long> expected = new TreeMap<>();
        for (int number = 1; number <= 133; number++) {
            Errno errno = new Errno(number);
            if (!errno.text().isEmpty()) {
                expressions.put(errno.name(), errno.name());
                expected.put(errno.name(), (long) number);
            }
        }
        assertThat(expected).hasSizeGreaterThan(130);
        assertThat(compile("gcc", expressions)).isEqualTo(expected);
    }

    @Test
    void capabilityNames() throws Exception {
        Map<String, String> expressions = new LinkedHashMap<>();
        Map<String, Long> expected = new TreeMap<>();
        for (String name : Capabilities.names()) {
            expressions.put(name, "CAP_" + name);
            expected.put(name, (long) Capabilities.number(name).orElseThrow());
        }
        expressions.put("LAST", "CAP_LAST_CAP");
        expected.put("LAST", Capabilities.names().size() - 1L);
        assertThat(compile("gcc", expressions)).isEqualTo(expected);
    }

    private void assertConstants(String compiler) throws Exception {
        Map<String, String> expressions = new LinkedHashMap<>();
        Map<String, Long> expected = new TreeMap<>();
        for (Field field : LinuxConstants.class.getFields()) {
            expressions.put(field.getName(), field.getName());
            expected.put(field.getName(), field.getLong(null));
        }

        Map<String, Long> actual = compile(compiler, expressions);

        Set<String> absent = new TreeSet<>(expected.keySet());
        absent.removeAll(actual.keySet());
        assertThat(MAY_BE_ABSENT).containsAll(absent);
        expected.keySet().removeAll(absent);
        assertThat(actual).isEqualTo(expected);
    }

    private void assertLayout(String compiler, Arch arch) throws Exception {
        Map<String, String> expressions = new LinkedHashMap<>();
        Map<String, Long> expected = new TreeMap<>();
        Object[][] rows = {
            {"nr_kcmp", "__NR_kcmp", arch.kcmp},
            {"nr_futex", "__NR_futex", arch.futex},
            {"nr_mmap", "__NR_mmap", arch.mmap},
            {"nr_landlock_create_ruleset", "__NR_landlock_create_ruleset", Landlock.CREATE_RULESET},
            {"nr_sched_getattr", "__NR_sched_getattr", arch.schedGetattr},
            {"nr_ioprio_get", "__NR_ioprio_get", arch.ioprioGet},
            {"nr_get_mempolicy", "__NR_get_mempolicy", arch.getMempolicy},
            {"nr_keyctl", "__NR_keyctl", arch.keyctl},
            {"sched_attr", "offsetof(struct sched_attr, sched_period) + 8", SchedulingOf.ATTR_BYTES},
            {"sched_priority", "offsetof(struct sched_attr, sched_priority)", SchedulingOf.PRIORITY},
            {"sched_runtime", "offsetof(struct sched_attr, sched_runtime)", SchedulingOf.RUNTIME},
            {"o_directory", "O_DIRECTORY", arch.openDirectory},
            {"o_nofollow", "O_NOFOLLOW", arch.openNoFollow},
            {"epoll_event", "sizeof(struct epoll_event)", arch.epollEventSize},
            {"epoll_data", "offsetof(struct epoll_event, data)", arch.epollDataOffset},
            {"kcmp_file", "KCMP_FILE", Kcmp.Type.FILE.number()},
            {"sigset", "sizeof(sigset_t)", 128},
            {"siginfo", "sizeof(struct signalfd_siginfo)", 128},
            {"siginfo_signo", "offsetof(struct signalfd_siginfo, ssi_signo)", 0},
            {"itimerspec", "sizeof(struct itimerspec)", 32},
            {"it_value", "offsetof(struct itimerspec, it_value)", 16},
            {"tv_nsec", "offsetof(struct itimerspec, it_value.tv_nsec)", 24},
            {"statx", "sizeof(struct statx)", 256},
            {"stx_uid", "offsetof(struct statx, stx_uid)", 20},
            {"stx_gid", "offsetof(struct statx, stx_gid)", 24},
            {"stx_mode", "offsetof(struct statx, stx_mode)", 28},
            {"stx_ino", "offsetof(struct statx, stx_ino)", 32},
            {"stx_size", "offsetof(struct statx, stx_size)", 40},
            {"stx_dev_major", "offsetof(struct statx, stx_dev_major)", 136},
            {"stx_dev_minor", "offsetof(struct statx, stx_dev_minor)", 140},
            {"msghdr", "sizeof(struct msghdr)", 56},
            {"msg_iov", "offsetof(struct msghdr, msg_iov)", 16},
            {"msg_iovlen", "offsetof(struct msghdr, msg_iovlen)", 24},
            {"msg_control", "offsetof(struct msghdr, msg_control)", 32},
            {"msg_controllen", "offsetof(struct msghdr, msg_controllen)", 40},
            {"msg_flags", "offsetof(struct msghdr, msg_flags)", 48},
            {"iovec", "sizeof(struct iovec)", 16},
            {"iov_len", "offsetof(struct iovec, iov_len)", 8},
            {"cmsghdr", "sizeof(struct cmsghdr)", 16},
            {"cmsg_level", "offsetof(struct cmsghdr, cmsg_level)", 8},
            {"cmsg_type", "offsetof(struct cmsghdr, cmsg_type)", 12},
            {"cmsg_space", "CMSG_SPACE(3 * sizeof(int))", 32},
            {"ucred", "sizeof(struct ucred)", 12},
            {"ucred_uid", "offsetof(struct ucred, uid)", 4},
            {"ucred_gid", "offsetof(struct ucred, gid)", 8},
            {"sun_path", "offsetof(struct sockaddr_un, sun_path)", 2},
            {"sockaddr_un", "sizeof(struct sockaddr_un)", 110},
            {"rlimit", "sizeof(struct rlimit)", 16},
            {"rlim_max", "offsetof(struct rlimit, rlim_max)", 8},
            {"gid_t", "sizeof(gid_t)", 4},
        };
        for (Object[] row : rows) {
            expressions.put((String) row[0], (String) row[1]);
            expected.put((String) row[0], (long) (int) row[2]);
        }
        assertThat(compile(compiler, expressions)).isEqualTo(expected);
    }

    /** The values of the expressions; an undefined macro in {@link #MAY_BE_ABSENT} is left out. */
    private Map<String, Long> compile(String compiler, Map<String, String> expressions) throws Exception {
        StringBuilder source = new StringBuilder(INCLUDES).append("void values(void) {\n");
        expressions.forEach((name, expression) -> {
            String line = "MARK(" + name + "_, " + expression + ");\n"; // the underscore keeps a macro from expanding
            source.append(MAY_BE_ABSENT.contains(name) ? "#ifdef " + name + "\n" + line + "#endif\n" : line);
        });
        Path file = Files.writeString(directory.resolve("values.c"), source.append("}\n"));
        Process process = new ProcessBuilder(compiler, "-O1", "-S", "-o", "-", file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String assembly = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(source.toString()).isZero();
        Map<String, Long> values = new TreeMap<>();
        Matcher matcher = MARKER.matcher(assembly);
        while (matcher.find()) {
            String name = matcher.group(1);
            values.put(name.substring(0, name.length() - 1), Long.valueOf(matcher.group(2)));
        }
        return values;
    }

    private static boolean isInstalled(String program) {
        for (String place : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(place, program))) {
                return true;
            }
        }
        return false;
    }
}
