package dev.ostler.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeeperCodecTest {
    private static final RunKey WEB_3 = new RunKey(new ServiceName("web"), 3);

    @Test
    void laysOutASpawnAsTheContractSays() {
        ByteBuffer packet = KeeperCodec.encode(
                        7, new KeeperRequest.Spawn(WEB_3, Signal.TERM, Duration.ofSeconds(10), 2, true, true))
                .order(ByteOrder.LITTLE_ENDIAN);

        assertThat(packet.remaining()).isEqualTo(16 + 68 + 16);
        assertThat(packet.getInt(0)).isEqualTo(packet.remaining());
        assertThat(packet.getShort(4)).isEqualTo((short) 1);
        assertThat(packet.getInt(8)).isEqualTo(7);
        assertThat(packet.getInt(16)).isEqualTo(3);
        assertThat(packet.get(20)).isEqualTo((byte) 'w');
        assertThat(packet.getInt(84)).isEqualTo(15);
        assertThat(packet.getInt(88)).isEqualTo(10_000);
        assertThat(packet.getInt(92)).isEqualTo(2);
        assertThat(packet.getInt(96)).isEqualTo(3);
    }

    @Test
    void asksForAnotherMainProcessAndReadsTheAnswer() {
        ByteBuffer request =
                KeeperCodec.encode(8, new KeeperRequest.Follow(WEB_3, 12)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer answer = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        header(answer, 87, 0, 76);
        answer.putInt(3).put("web".getBytes(StandardCharsets.US_ASCII)).put(new byte[61]);
        answer.putInt(4711).putInt(10).flip();

        assertThat(request.remaining()).isEqualTo(16 + 72);
        assertThat(request.getShort(4)).isEqualTo((short) 9);
        assertThat(request.getInt(84)).isEqualTo(12);
        assertThat(KeeperCodec.decode(answer)).containsExactly(new KeeperEvent.Followed(WEB_3, new Pid(4711), 10));
    }

    @Test
    void readsSeveralRecordsOfOnePacket() {
        ByteBuffer packet = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        header(packet, 64, 9, 0);
        header(packet, 84, 0, 68 + 40);
        packet.putInt(3).put("web".getBytes(StandardCharsets.US_ASCII)).put(new byte[61]);
        packet.putInt(256).putInt(1).putLong(2_000).putLong(3_000).putLong(1024).putLong(99);
        packet.flip();

        assertThat(KeeperCodec.decode(packet))
                .containsExactly(
                        new KeeperEvent.Ok(9),
                        new KeeperEvent.Exited(
                                WEB_3,
                                ExitStatus.exited(1),
                                true,
                                Duration.ofMillis(2),
                                Duration.ofMillis(3),
                                1024,
                                99));
    }

    @Property
    void refusesAnyGarbageWithOneException(@ForAll byte[] bytes) {
        try {
            KeeperCodec.decode(ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException expected) {
            assertThat(expected).isNotNull();
        }
    }

    @Test
    void refusesANameThatDoesNotFit() {
        assertThatThrownBy(() -> KeeperCodec.encode(1, new KeeperRequest.Store("x".repeat(128))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void header(ByteBuffer out, int type, int seq, int payloadBytes) {
        out.putInt(16 + payloadBytes)
                .putShort((short) type)
                .putShort((short) 0)
                .putInt(seq)
                .putInt(0);
    }
}
