package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.O_NONBLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SeqPacketIT {
    private static final int MAX_BYTES = 65_536;

    private final List<Fd> pair = SeqPacket.socketPair();
    private final SeqPacket left = SeqPacket.adopt(pair.get(0), MAX_BYTES);
    private final SeqPacket right = SeqPacket.adopt(pair.get(1), MAX_BYTES);
    private final ByteBuffer target = ByteBuffer.allocate(MAX_BYTES);

    @AfterEach
    void close() {
        left.close();
        right.close();
    }

    @Test
    void keepsPacketBoundaries() {
        assertThat(left.send(text("one"), List.of())).isTrue();
        assertThat(left.send(text("three"), List.of())).isTrue();

        assertThat(receive().length()).isEqualTo(3);
        assertThat(receive().length()).isEqualTo(5);
        assertThat(received()).isEqualTo("onethree");
        assertThat(right.receive(target)).isEmpty();
    }

    @Test
    void aPacketThatWasLookedAtStaysWithItsDescriptors() {
        try (Pipe pipe = Descriptors.pipe(O_NONBLOCK)) {
            left.send(text("x"), List.of(pipe.writeEnd()));

            Packet seen = right.peek(ByteBuffer.allocate(1)).orElseThrow();
            Packet received = receive();

            assertThat(seen.descriptors()).hasSize(1);
            assertThat(Descriptors.identity(seen.descriptors().get(0)))
                    .isEqualTo(Descriptors.identity(received.descriptors().get(0)));
            seen.closeDescriptors();
            received.closeDescriptors();
        }
    }

    @Test
    void sendLeavesTheCallersBufferAlone() {
        ByteBuffer bytes = text("hello");
        bytes.position(1);

        left.send(bytes, List.of());

        assertThat(bytes.position()).isEqualTo(1);
        receive();
        assertThat(received()).isEqualTo("ello");
    }

    @Test
    void passesOneDescriptorCloseOnExec() {
        try (Pipe pipe = Descriptors.pipe(O_NONBLOCK)) {
            left.send(text("x"), List.of(pipe.writeEnd()));

            Packet packet = receive();

            assertThat(packet.truncated()).isFalse();
            assertThat(packet.descriptors()).hasSize(1);
            try (Fd passed = packet.descriptors().get(0)) {
                assertThat(Descriptors.isCloseOnExec(passed)).isTrue();
                assertThat(Descriptors.sameDescription(passed, pipe.writeEnd())).isTrue();
            }
        }
    }

    @Test
    void passesTwoHundredDescriptorsInOrder() {
        List<Fd> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sent.add(Memfd.create("passed " + i));
        }
        assertThat(left.send(text("x"), sent)).isTrue();

        Packet packet = receive();

        assertThat(packet.truncated()).isFalse();
        assertThat(packet.descriptors()).hasSize(200);
        for (int i = 0; i < 200; i++) {
            assertThat(Descriptors.sameDescription(packet.descriptors().get(i), sent.get(i)))
                    .isTrue();
        }
        packet.closeDescriptors();
        sent.forEach(Fd::close);
    }

    @Test
    void descriptorsThatDoNotFitMarkThePacketAndTheRestIsUsable() {
        try (Pipe pipe = Descriptors.pipe(0);
                SeqPacket narrow = SeqPacket.adopt(right.fd(), MAX_BYTES, 2)) {
            Fd end = pipe.readEnd();
            left.send(text("x"), List.of(end, end, end, end, end));

            Packet packet = narrow.receive(target).orElseThrow();

            assertThat(packet.truncated()).isTrue();
            assertThat(packet.descriptors()).hasSize(2);
            packet.closeDescriptors();
        }
    }

    @Test
    void withoutRoomForDescriptorsAllAreDroppedAndThePacketIsMarked() {
        try (SeqPacket none = SeqPacket.adopt(right.fd(), MAX_BYTES, 0)) {
            left.send(text("x"), List.of(left.fd()));

            Packet packet = none.receive(target).orElseThrow();

            assertThat(packet.truncated()).isTrue();
            assertThat(packet.descriptors()).isEmpty();
        }
    }

    @Test
    void aPacketLongerThanTheTargetIsMarked() {
        left.send(text("hello"), List.of());

        Packet packet = right.receive(ByteBuffer.allocate(3)).orElseThrow();

        assertThat(packet.length()).isEqualTo(3);
        assertThat(packet.truncated()).isTrue();
        assertThat(right.receive(target)).isEmpty();
    }

    @Test
    void theEndIsToldFromNothingThere() {
        assertThat(right.receive(target)).isEqualTo(Optional.empty());

        left.send(text("last"), List.of());
        left.close();

        assertThat(receive().isEndOfFile()).isFalse();
        assertThat(receive().isEndOfFile()).isTrue();
    }

    @Test
    void sendingToAClosedEndIsAnErrorNotASignal() {
        right.close();

        assertThatThrownBy(() -> left.send(text("x"), List.of()))
                .matches(e -> ((KernelException) e).is(Errno.EPIPE))
                .hasMessageStartingWith("sendmsg \"fd ");
    }

    @Test
    void aFullSocketTakesNoMoreUntilItIsRead() {
        ByteBuffer large = ByteBuffer.allocate(MAX_BYTES);
        int sent = 0;
        while (left.send(large, List.of())) {
            sent++;
        }
        assertThat(sent).isPositive();

        while (right.receive(target.clear()).isPresent()) {
            sent--;
        }

        assertThat(sent).isZero();
        assertThat(left.send(large, List.of())).isTrue();
    }

    @Test
    void theSendBufferCanGrow() {
        left.setSendBuffer(MAX_BYTES * 2);

        assertThat(left.send(ByteBuffer.allocate(MAX_BYTES), List.of())).isTrue();
    }

    @Test
    void emptyAndOversizedPacketsAreRefused() {
        assertThatThrownBy(() -> left.send(ByteBuffer.allocate(0), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> left.send(ByteBuffer.allocate(MAX_BYTES + 1), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> {
            passesOneDescriptorCloseOnExec();
            passesTwoHundredDescriptorsInOrder();
        });
    }

    @Test
    void aTruncatedPacketLeavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> {
            List<Fd> ends = SeqPacket.socketPair();
            try (SeqPacket sender = SeqPacket.adopt(ends.get(0), 16);
                    SeqPacket narrow = SeqPacket.adopt(ends.get(1), 16, 1)) {
                Fd fd = sender.fd();
                sender.send(text("x"), List.of(fd, fd, fd));
                narrow.receive(target.clear()).orElseThrow().closeDescriptors();
            }
        });
    }

    private Packet receive() {
        return right.receive(target).orElseThrow();
    }

    private String received() {
        return new String(target.array(), 0, target.position(), StandardCharsets.US_ASCII);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
