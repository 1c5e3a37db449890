package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LandlockIT {
    @Test
    void theKernelTellsItsVersionOrWhyThereIsNone() throws Exception {
        Path symbols = Path.of("/proc/kallsyms");
        assumeTrue(Files.exists(symbols), "this kernel does not list its symbols");
        boolean builtIn;
        try (Stream<String> lines = Files.lines(symbols)) {
            builtIn = lines.anyMatch(line -> line.endsWith("_sys_landlock_create_ruleset"));
        }

        Landlock.Support support = Landlock.support();

        if (support.abi() > 0) {
            assertThat(builtIn).isTrue();
            assertThat(support.abi()).isLessThan(100);
            assertThat(support.refusal()).isEmpty();
        } else {
            assertThat(support.refusal()).contains(builtIn ? Errno.EOPNOTSUPP : Errno.ENOSYS);
        }
    }

    @Test
    void errataAreBitsFromOne() {
        Landlock.Support support = Landlock.Support.of(7, 0b101);

        assertThat(support.hasRepaired(1)).isTrue();
        assertThat(support.hasRepaired(2)).isFalse();
        assertThat(support.hasRepaired(3)).isTrue();
        assertThat(Landlock.Support.none(Errno.ENOSYS))
                .isEqualTo(new Landlock.Support(0, 0, Optional.of(Errno.ENOSYS)));
    }
}
