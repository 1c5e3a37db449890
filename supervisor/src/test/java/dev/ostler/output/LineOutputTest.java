package dev.ostler.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineOutputTest {
    private final List<String> lines = new ArrayList<>();
    private final LineOutput output = new LineOutput(line -> lines.add(new String(line, UTF_8)));

    private void write(String text) {
        byte[] bytes = ("<" + text + ">").getBytes(UTF_8);
        output.write(bytes, 1, bytes.length - 2);
    }

    @Test
    void handsOnWholeLinesHoweverTheyCome() {
        write("one\ntwo\nth");
        output.write('r');
        write("ee");
        assertThat(lines).containsExactly("one\ntwo\n");

        write("\n\nfour");
        output.write('\n');

        assertThat(lines).containsExactly("one\ntwo\n", "three\n\n", "four\n");
    }

    @Test
    void theTimeStandsInFrontOfEachLineOfALogger() {
        Clock clock = new Clock() {
            @Override
            public long monotonicNanos() {
                return 0;
            }

            @Override
            public Instant wall() {
                return Instant.parse("2026-01-31T12:00:00.000007Z");
            }
        };
        try (StampedStream stream = new StampedStream(output, clock)) {
            stream.println("größer {}");
            stream.println((String) null);
            stream.println("");
        }

        assertThat(lines)
                .containsExactly(
                        "2026-01-31T12:00:00.000007Z größer {}\n",
                        "2026-01-31T12:00:00.000007Z null\n",
                        "2026-01-31T12:00:00.000007Z \n");
    }
}
