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
import java.util.Set;
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
    void laysOutWhatFollowsAnEndAsTheContractSays() {
        KeeperRequest.Spawn spawn = new KeeperRequest.Spawn(WEB_3, Signal.TERM, Duration.ofSeconds(10), 2, false, true);
        Set<Signal> signals = Set.of(Signal.HUP, new Signal(64));
        ByteBuffer arm = KeeperCodec.encode(
                        8, new KeeperRequest.Arm(spawn, 2, 5_000_000_000L, signals, Set.of(0, 9, 255)))
                .order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer disarm =
                KeeperCodec.encode(9, new KeeperRequest.Disarm(WEB_3)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer all = KeeperCodec.encode(10, new KeeperRequest.DisarmAll()).order(ByteOrder.LITTLE_ENDIAN);

        assertThat(arm.remaining()).isEqualTo(16 + 140);
        assertThat(arm.getShort(4)).isEqualTo((short) 10);
        assertThat(arm.getInt(96)).isEqualTo(2); // flags of SPAWN
        assertThat(arm.getInt(100)).isEqualTo(2);
        assertThat(arm.getLong(108)).isEqualTo(5_000_000_000L);
        assertThat(arm.getLong(116)).isEqualTo(1L | 1L << 63);
        assertThat(arm.get(124)).isEqualTo((byte) 1);
        assertThat(arm.get(125)).isEqualTo((byte) 2);
        assertThat(arm.get(155)).isEqualTo((byte) 0x80);
        assertThat(disarm.getShort(4)).isEqualTo((short) 11);
        assertThat(disarm.getInt(16)).isEqualTo(3);
        assertThat(all.remaining()).isEqualTo(disarm.remaining());
        assertThat(all.getInt(16)).isZero();
        assertThat(all.get(20)).isZero();
    }

    @Test
    void readsSeveralRecordsOfOnePacket() {
        ByteBuffer packet = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        header(packet, 64, 9, 0);
        header(packet, 84, 0, 68 + 44);
        packet.putInt(3).put("web".getBytes(StandardCharsets.US_ASCII)).put(new byte[61]);
        packet.putInt(256)
                .putInt(1)
                .putLong(2_000)
                .putLong(3_000)
                .putLong(1024)
                .putLong(99)
                .putInt(4);
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
                                99,
                                4));
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
