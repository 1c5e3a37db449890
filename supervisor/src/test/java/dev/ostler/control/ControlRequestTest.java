package dev.ostler.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ControlRequestTest {
    @Test
    void readsArgumentsAndTerminal() {
        byte[] bytes = request(List.of("logs", "-n", "5", "web"), 1, 80);

        assertThat(ControlRequest.decode(bytes, bytes.length))
                .contains(new ControlRequest(List.of("logs", "-n", "5", "web"), true, 80));
    }

    @Test
    void asksForMoreAtEveryPrefix() {
        byte[] bytes = request(List.of("status"), 0, 0);

        for (int length = 0; length < bytes.length; length++) {
            assertThat(ControlRequest.decode(bytes, length)).isEmpty();
        }
    }

    @Test
    void refusesARequestWhoseCountDoesNotFitItsStrings() {
        byte[] bytes = request(List.of("status"), 0, 0);
        bytes[16] = 2;

        assertThatThrownBy(() -> ControlRequest.decode(bytes, bytes.length))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void neverFailsInAnyOtherWay(@ForAll byte[] bytes) {
        try {
            ControlRequest.decode(bytes, bytes.length);
        } catch (IllegalArgumentException expected) {
            assertThat(expected).hasMessageContaining("control request");
        }
    }

    static byte[] request(List<String> argv, int flags, int columns) {
        ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        out.put("OSTC".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putInt(flags)
                .putInt(columns);
        out.putInt(argv.size());
        for (String argument : argv) {
            out.put(argument.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
        }
        out.putInt(4, out.position());
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
