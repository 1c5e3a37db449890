package dev.ostler.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Ids;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.linux.SystemClock;
import dev.ostler.linux.UnixSocket;
import dev.ostler.loop.EventLoop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client meets when something on the other side fails. */
class ControlServerIT {
    @TempDir
    Path directory;

    private final EventLoop loop = new EventLoop(new SystemClock());
    private final List<ControlRequest> handled = new ArrayList<>();
    private UnixSocket listener;
    private UnixSocket client;

    @BeforeEach
    void listen() {
        listener = UnixSocket.listen(directory.resolve("control"));
    }

    @AfterEach
    void close() {
        client.close();
        listener.close();
        loop.close();
    }

    private void serve(Predicate<Pid> isSupervised, BiConsumer<ControlRequest, Session> handler) {
        AccessPolicy policy = new AccessPolicy(Ids.effectiveUid(), isSupervised, pid -> true);
        new ControlServer(loop, listener, policy, handler);
        client = UnixSocket.connect(directory.resolve("control"));
        NativeBuffer request = NativeBuffer.allocate(64);
        byte[] argument = "status\0".getBytes(UTF_8);
        request.bytes()
                .putInt(0x4354534f)
                .putInt(20 + argument.length)
                .putInt(0)
                .putInt(80)
                .putInt(1)
                .put(argument);
        client.write(request, 0, 20 + argument.length);
    }

    private int read(NativeBuffer buffer, int offset) {
        try {
            return client.read(buffer, offset, buffer.capacity() - offset);
        } catch (KernelException e) {
            if (e.is(Errno.ECONNRESET)) { // the end, with the request unread
                return 0;
            }
            throw e;
        }
    }

    /** All that the client gets until the connection ends. */
    private byte[] answer() {
        NativeBuffer buffer = NativeBuffer.allocate(4096);
        int length = 0;
        for (int turns = 0; turns < 100; turns++) {
            int got = read(buffer, length);
            if (got == 0) {
                byte[] bytes = new byte[length];
                buffer.bytes().get(0, bytes);
                return bytes;
            }
            length += got == Descriptors.WOULD_BLOCK ? 0 : got;
            loop.runOnce(Duration.ofMillis(50));
        }
        throw new AssertionError("the connection does not end");
    }

    @Test
    void aClientThatCannotBeJudgedIsNotServed() {
        serve(
                pid -> {
                    throw new IllegalStateException("cannot look");
                },
                (request, session) -> {
                    handled.add(request);
                    session.exit(0);
                });

        assertThat(answer()).isEmpty();
        assertThat(handled).isEmpty();
    }

    @Test
    void aCommandThatFailsInsideIsAnsweredAllTheSame() {
        serve(pid -> false, (request, session) -> {
            throw new IllegalStateException("cannot do it");
        });

        ByteBuffer answer = ByteBuffer.wrap(answer()).order(ByteOrder.LITTLE_ENDIAN);

        byte[] text = new byte[answer.getInt()];
        assertThat(answer.get()).isEqualTo((byte) 2);
        answer.get(text);
        assertThat(new String(text, UTF_8)).isEqualTo("ostler: the supervisor failed: cannot do it\n");
        assertThat(answer.getInt()).isEqualTo(4);
        assertThat(answer.get()).isEqualTo((byte) 3);
        assertThat(answer.getInt()).isEqualTo(1);
    }
}
