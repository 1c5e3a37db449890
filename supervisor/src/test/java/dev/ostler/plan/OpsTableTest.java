package dev.ostler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
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

class OpsTableTest {
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

    static List<Op> oneOfEach() {
        return List.of(
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
                new Op.Execve(List.of("/bin/true"), List.of("true"), List.of()));
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
