package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.it.Eventually;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LateCloseIT {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;

    /** struct sockaddr_in: u16 family, u16 port and u32 address, both big-endian, 8 bytes of padding. */
    private static final int ADDRESS_BYTES = 16;

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    @Test
    void whatItsMakerWouldLetLingerIsClosed() {
        try (Fd listener = socket()) {
            NativeBuffer address = listen(listener);
            Fd lingering = socket();
            Native.check(Native.C.connect(lingering.number(), address.pointer(), ADDRESS_BYTES), "connect", lingering);
            linger(lingering, 1_000);
            fill(lingering);
            Path entry = Path.of("/proc/self/fd/" + lingering.number());

            LateClose.close(lingering);
            LateClose.close(lingering);

            assertThat(lingering.isOpen()).isFalse();
            Eventually.until("it is closed", () -> !Files.exists(entry, LinkOption.NOFOLLOW_LINKS));
        }
    }

    private static Fd socket() {
        return Sockets.create(AF_INET, SOCK_STREAM);
    }

    private static NativeBuffer listen(Fd listener) {
        NativeBuffer address = NativeBuffer.allocate(ADDRESS_BYTES);
        address.bytes().putShort(0, (short) AF_INET).put(4, LOOPBACK);
        NativeBuffer length = NativeBuffer.allocate(4);
        length.bytes().putInt(0, ADDRESS_BYTES);
        Native.check(Native.C.bind(listener.number(), address.pointer(), ADDRESS_BYTES), "bind", listener);
        Native.check(Native.C.listen(listener.number(), 1), "listen", listener);
        Native.check(
                Native.C.getsockname(listener.number(), address.pointer(), length.pointer()), "getsockname", listener);
        return address;
    }

    private static void linger(Fd socket, int seconds) {
        NativeBuffer linger = NativeBuffer.allocate(8);
        linger.bytes().putInt(0, 1).putInt(4, seconds);
        Native.check(
                Native.C.setsockopt(
                        socket.number(), LinuxConstants.SOL_SOCKET, LinuxConstants.SO_LINGER, linger.pointer(), 8),
                "setsockopt",
                socket);
    }

    /** Nobody reads it, so what was sent waits. */
    private static void fill(Fd socket) {
        NativeBuffer bytes = NativeBuffer.allocate(1 << 16);
        long sent = 0;
        long more;
        do {
            more = Native.C.send(socket.number(), bytes.pointer(), bytes.capacity(), LinuxConstants.MSG_DONTWAIT);
            sent += Math.max(0, more);
        } while (more > 0);
        assertThat(sent).isPositive();
    }
}
