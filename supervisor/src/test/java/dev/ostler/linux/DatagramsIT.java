package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SOCK_DGRAM;
import static dev.ostler.linux.LinuxConstants.SOL_SOCKET;
import static dev.ostler.linux.LinuxConstants.SO_PASSCRED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import dev.ostler.it.Eventually;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatagramsIT {
    private final List<Fd> pair = UnixSocket.pair(SOCK_DGRAM | SOCK_CLOEXEC);
    private final SeqPacket sender = SeqPacket.adopt(pair.get(0), 8192);
    private final Fd socket = pair.get(1);
    private final Datagrams datagrams = new Datagrams();

    @AfterEach
    void close() {
        sender.close();
        socket.close();
    }

    private void send(String text, Fd... descriptors) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        assertThat(sender.send(bytes, List.of(descriptors))).isTrue();
    }

    private List<String> look() {
        return datagrams.look(socket).stream()
                .map(message -> {
                    message.close();
                    return new String(message.bytes(), StandardCharsets.UTF_8);
                })
                .toList();
    }

    @Test
    void messagesStayUntilTheyAreTaken() {
        send("one");
        send("two");
        send("three");

        assertThat(look()).containsExactly("one", "two", "three");
        assertThat(look()).containsExactly("one", "two", "three");
        datagrams.take(socket, 2);
        assertThat(look()).containsExactly("three");
        datagrams.take(socket, 1);
        assertThat(look()).isEmpty();
    }

    /** A supervisor is killed between a look and the end of its work: the next one begins at the first message. */
    @Test
    void anotherReceiverOfTheSameSocketSeesThemAllAgain() {
        send("one");
        send("two");
        assertThat(look()).hasSize(2);

        List<Datagram> seen = new Datagrams().look(socket);

        seen.forEach(Datagram::close);
        assertThat(seen)
                .extracting(message -> new String(message.bytes(), StandardCharsets.UTF_8))
                .containsExactly("one", "two");
    }

    @Test
    void theSenderIsTold() {
        NativeBuffer on = NativeBuffer.allocate(4);
        on.bytes().putInt(0, 1);
        Native.check(
                Native.C.setsockopt(socket.number(), SOL_SOCKET, SO_PASSCRED, on.pointer(), 4), "setsockopt", socket);
        send("x");

        Datagram message = datagrams.look(socket).get(0);

        message.close();
        assertThat(message.sender().flatMap(PeerCredentials::pid))
                .isEqualTo(Optional.of(new Pid((int) ProcessHandle.current().pid())));
    }

    @Test
    void theDescriptorsOfAMessageAreSharedUntilItIsTaken() {
        Pipe pipe = Descriptors.pipe(LinuxConstants.O_NONBLOCK);
        send("x", pipe.writeEnd());
        pipe.writeEnd().close();
        NativeBuffer buffer = NativeBuffer.allocate(1);

        Datagram message = datagrams.look(socket).get(0);
        assertThat(message.descriptors()).hasSize(1);
        assertThat(Descriptors.isCloseOnExec(message.descriptors().get(0))).isTrue();
        message.close();
        assertThat(Descriptors.read(pipe.readEnd(), buffer, 0, 1)).isEqualTo(Descriptors.WOULD_BLOCK);
        datagrams.take(socket, 1);

        Eventually.until("its last writer is gone", () -> Descriptors.read(pipe.readEnd(), buffer, 0, 1) == 0);
        pipe.readEnd().close();
    }

    @Test
    void whatIsTooLongIsCutAndSaysSo() {
        send("x".repeat(Datagrams.MAX_BYTES + 1));

        Datagram message = datagrams.look(socket).get(0);

        assertThat(message.truncated()).isTrue();
        assertThat(message.bytes()).hasSize(Datagrams.MAX_BYTES);
        message.close();
    }

    @Test
    void theTypeOfASocketIsTold() {
        assertThat(Datagrams.socketType(socket)).isEqualTo(SOCK_DGRAM);
    }
}
