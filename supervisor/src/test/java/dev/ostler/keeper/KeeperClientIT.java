package dev.ostler.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Fd;
import dev.ostler.linux.SeqPacket;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The keeper is played by the test. */
class KeeperClientIT {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int SIGNAL = 86;

    private final List<Fd> pair = SeqPacket.socketPair();
    private final EventLoop loop = new EventLoop(new SystemClock());
    private final SeqPacket keeper = SeqPacket.adopt(pair.get(1), 2 * KeeperCodec.MAX_PACKET_BYTES);
    private final List<Integer> heard = new ArrayList<>();
    private boolean lost;

    @AfterEach
    void close() {
        keeper.close();
        pair.get(0).close();
        loop.close();
    }

    private void listen(Consumer<Integer> listener) {
        SeqPacket socket = SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES);
        new KeeperClient(
                socket,
                loop,
                delivery -> listener.accept(
                        ((KeeperEvent.SignalReceived) delivery.event()).signal().number()),
                () -> lost = true);
    }

    private static ByteBuffer signals(int... numbers) {
        ByteBuffer packet = ByteBuffer.allocate(numbers.length * 20).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            packet.putInt(20)
                    .putShort((short) SIGNAL)
                    .putShort((short) 0)
                    .putInt(0)
                    .putInt(0)
                    .putInt(number);
        }
        return packet.flip();
    }

    @Test
    void anEventThatCannotBeHandledTakesNoOtherWithIt() {
        listen(number -> {
            if (number == 1) {
                throw new IllegalStateException("not this one");
            }
            heard.add(number);
        });
        keeper.send(signals(1, 2, 3), List.of());
        keeper.send(signals(4), List.of());

        loop.runOnce(LONG);

        assertThat(heard).containsExactly(2, 3, 4);
        assertThat(lost).isFalse();
    }

    private List<Integer> typesOfNextPacket() {
        ByteBuffer packet =
                ByteBuffer.allocate(2 * KeeperCodec.MAX_PACKET_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> types = new ArrayList<>();
        if (keeper.receive(packet).isPresent()) {
            packet.flip();
            while (packet.hasRemaining()) {
                types.add((int) packet.getShort(packet.position() + 4));
                packet.position(packet.position() + packet.getInt(packet.position()));
            }
        }
        return types;
    }

    @Test
    void whatLetsTheKeeperForgetIsGatheredUntilTheTurnIsOverOrSomethingElseIsAsked() {
        KeeperClient client =
                new KeeperClient(SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES), loop, any -> {}, () -> {});
        RunKey run = new RunKey(new ServiceName("web"), 1);
        client.send(new KeeperRequest.Drop("log/web/1/stdout"), List.of());
        client.send(new KeeperRequest.Ack(run), List.of());
        assertThat(typesOfNextPacket()).isEmpty();

        client.send(new KeeperRequest.Disarm(run), List.of());
        assertThat(typesOfNextPacket()).containsExactly(3, 6, 11);

        client.send(new KeeperRequest.Ack(run), List.of());
        client.send(new KeeperRequest.Drop("log/web/1/stdout"), List.of());
        loop.runOnce(Duration.ZERO);
        assertThat(typesOfNextPacket()).containsExactly(6, 3);
        loop.runOnce(Duration.ZERO);
        assertThat(typesOfNextPacket()).isEmpty();
    }

    @Test
    void whatIsSentTogetherIsOnePacketOrAsFewAsThereHaveToBe() {
        KeeperClient client =
                new KeeperClient(SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES), loop, any -> {}, () -> {});
        client.together(() -> {
            for (int i = 0; i < 1_000; i++) {
                client.send(new KeeperRequest.Disarm(new RunKey(new ServiceName("web"), i + 1)), List.of());
            }
        });

        assertThat(typesOfNextPacket())
                .hasSize(KeeperCodec.MAX_PACKET_BYTES / 84)
                .containsOnly(11);
        assertThat(typesOfNextPacket()).hasSize(1_000 - KeeperCodec.MAX_PACKET_BYTES / 84);
        assertThat(typesOfNextPacket()).isEmpty();
    }

    @Test
    void muchOfItFitsIntoPackets() {
        KeeperClient client =
                new KeeperClient(SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES), loop, any -> {}, () -> {});
        for (int i = 0; i < 1_000; i++) {
            client.send(new KeeperRequest.Ack(new RunKey(new ServiceName("web"), i + 1)), List.of());
        }
        loop.runOnce(Duration.ZERO);

        List<Integer> all = new ArrayList<>();
        List<Integer> packet = typesOfNextPacket();
        while (!packet.isEmpty()) {
            all.addAll(packet);
            packet = typesOfNextPacket();
        }
        assertThat(all).hasSize(1_000).containsOnly(6);
    }

    /** What is missing comes no second time on this connection; the next supervisor is told all of it. */
    @Test
    void whatCannotBeReceivedWholeIsTheEndOfTheConnection() {
        listen(heard::add);
        int[] many = new int[KeeperCodec.MAX_PACKET_BYTES / 20 + 1];
        java.util.Arrays.fill(many, 1);
        keeper.send(signals(many), List.of());
        keeper.send(signals(2), List.of());

        loop.runOnce(LONG);

        assertThat(lost).isTrue();
        assertThat(heard).isEmpty();
    }
}
