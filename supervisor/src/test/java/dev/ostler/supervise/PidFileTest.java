package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pid file says, byte by byte. */
class PidFileTest {
    private static final Path FILE = Path.of("/run/web.pid");

    @ParameterizedTest
    @CsvSource({"'4711\n', 4711", "4711, 4711", "' 4711 \n', 4711", "'12\n/var/lib/db\n1754\n', 12", "4194304, 4194304"
    })
    void s30_theFirstLineIsTheNumber(String text, int number) {
        assertThat(PidFile.parse(FILE, text).number()).hasValue(number);
    }

    @Test
    void s30_anEmptyOneSaysNothing() {
        PidFile file = PidFile.parse(FILE, "");

        assertThat(file.number()).isEmpty();
        assertThat(file.problem()).isEqualTo("\"/run/web.pid\" is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "0", "-1", "+5", "4194305", "99999999999", "pid 12", "12 13", "0x10", "\0"})
    void s30_whatIsNoNumberOfAProcessSaysNothing(String text) {
        PidFile file = PidFile.parse(FILE, text);

        assertThat(file.number()).isEmpty();
        assertThat(file.problem()).isEqualTo("\"/run/web.pid\" does not begin with a process id");
    }
}
