package dev.ostler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.IpAddress;
import dev.ostler.base.IpPrefix;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.UlimitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

public class OpsTableTest {
    private static final Path OPS_DEF = Path.of("../launcher-native/src/ops.def");
    private static final Pattern ROW =
            Pattern.compile("^OP\\((\\d+), (\\w+), \"(\\w*)\", \".*\"\\)$", Pattern.MULTILINE);

    @Test
    void theJavaOpsAreThoseOfTheLauncher() throws IOException {
        List<String> launcher = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(OPS_DEF));
        while (row.find()) {
            launcher.add(row.group(1) + " " + row.group(2) + " " + row.group(3));
        }

        List<String> java = Arrays.stream(OpKind.values())
                .map(kind -> kind.code() + " " + kind.name() + " " + kind.signature())
                .toList();

        assertThat(java).isNotEmpty().isEqualTo(launcher);
    }

    @Test
    void everyRowOfTheLaunchersTableIsUnderstood() throws IOException {
        long rows = Files.readAllLines(OPS_DEF).stream()
                .filter(line -> line.startsWith("OP("))
                .count();

        assertThat(rows).isEqualTo(OpKind.values().length);
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void anOpWritesWhatItsSignatureSays(Op op) {
        Letters letters = new Letters();

        op.writeTo(letters);

        assertThat(letters.text.toString()).isEqualTo(op.signature());
    }

    @Test
    void thereIsAnOpForEveryKind() {
        assertThat(oneOfEach().stream().map(Op::kind)).containsExactly(OpKind.values());
    }

    /** In the order of the table. */
    public static List<Op> oneOfEach() {
        List<Op> first = List.of(
                new Op.Fds(Descriptors.supervised()),
                new Op.Signals(),
                new Op.Setsid(),
                new Op.OomScoreAdj(-500),
                new Op.Rlimit(UlimitSpec.Resource.NOFILE, 1024, UlimitSpec.INFINITY),
                new Op.Nice(-5),
                new Op.Affinity(List.of(0, 1)),
                new Op.Bounding(1),
                new Op.KeepCaps(true),
                new Op.Groups(List.of(1L)),
                new Op.Gid(1),
                new Op.Uid(1),
                new Op.CapSet(1, 2, 3),
                new Op.Ambient(1),
                new Op.SecureBits(1),
                new Op.DeathSignal(Signal.KILL),
                new Op.Umask(022),
                new Op.Chdir("/"),
                new Op.NoNewPrivs(),
                new Op.Execve(List.of("/bin/true"), List.of("true"), List.of()),
                new SandboxOp.Namespaces(
                        0x70020000L,
                        true,
                        0,
                        SandboxOp.NO_ID,
                        "0 1000 1",
                        "0 1000 1",
                        List.of("/bin/m", "0"),
                        List.of()),
                new SandboxOp.Join("/proc/1/ns/net", NamespaceType.NET),
                new SandboxOp.TimeOffsets(-1, 86_400),
                new SandboxOp.CgroupNamespace(),
                new SandboxOp.Root(SandboxOp.Root.Kind.OVERLAY, "/srv/image", List.of("size=1m"), MountWords.RDONLY),
                new SandboxOp.Bind("/usr", "/usr", MountWords.RDONLY | MountWords.RECURSIVE, "0 5 1", "0 6 1"),
                new SandboxOp.Filesystem("tmpfs", "/tmp", List.of("size=1m", "mode=1777"), MountWords.NOSUID),
                new SandboxOp.Mkdir("/run/web", 0700),
                new SandboxOp.File("/etc/hostname", 0644, "web\n"),
                new SandboxOp.Symlink("usr/bin", "/bin"),
                new SandboxOp.Mask("/proc/kcore"),
                new SandboxOp.ReadOnly("/proc/sys", true),
                new SandboxOp.Pivot(),
                new SandboxOp.VerifyMounts(),
                new SandboxOp.Hostname("web", ""),
                new SandboxOp.Sysctl("net/ipv4/ip_forward", "1"),
                new SandboxOp.Loopback(),
                new SandboxOp.Init(),
                new NetworkOp.Veth("ve-web", "eth0", "02:00:00:00:00:0a", 1400),
                new Op.Landlock(new LandlockRuleset(
                        0xd,
                        3,
                        2,
                        List.of(
                                new LandlockRuleset.PathRule("/usr", 0xd, 0x5, false, "a.yaml:1:2 (a)"),
                                new LandlockRuleset.PathRule("/srv/é", 0xc, 0x4, true, "a.yaml:1:9 (b)")),
                        List.of(new LandlockRuleset.PortRule(65535, 1, "a.yaml:2:2 (c)")))),
                new Op.Seccomp(true, List.of(0x7fff000000000006L)));
        List<Op> all = new ArrayList<>(first);
        all.addAll(ResourceOpTest.oneOfEach());
        all.add(new TerminalOp("/dev/pts/ptmx", 1000, true));
        all.add(new Op.CgroupJoin(List.of(2, 3)));
        all.add(new NetworkOp.Route("eth0", IpPrefix.parse("10.2.0.0/16"), IpAddress.parse("10.1.0.1")));
        all.add(new NotifyOp.Socket(4));
        all.add(new NotifyOp.OwnPid(List.of("WATCHDOG_PID")));
        all.add(new SandboxOp.JoinProcess(2, NamespaceType.NET.flag(), new ServiceName("db")));
        return all;
    }

    private static final class Letters implements Op.ArgumentSink {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void unsigned(long value) {
            text.append('u');
        }

        @Override
        public void signed(long value) {
            text.append('i');
        }

        @Override
        public void string(String value) {
            text.append('s');
        }

        @Override
        public void strings(List<String> values) {
            text.append('l');
        }

        @Override
        public void numbers(List<Long> values) {
            text.append('w');
        }
    }
}
