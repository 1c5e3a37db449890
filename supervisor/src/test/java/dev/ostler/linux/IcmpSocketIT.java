package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IcmpSocketIT {
    private static final Inet4Address SELF = host("127.0.0.1");

    private static Inet4Address host(String address) {
        try {
            return (Inet4Address) InetAddress.getByName(address);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static IcmpSocket openOrSkip(Inet4Address host) {
        try {
            return IcmpSocket.open(host);
        } catch (KernelException e) {
            assumeTrue(false, "needs CAP_NET_RAW, or a group of net.ipv4.ping_group_range: " + e.getMessage());
            throw e;
        }
    }

    @Test
    void theHostRepliesAgainAndAgain() {
        try (IcmpSocket socket = openOrSkip(SELF)) {
            for (int i = 0; i < 3; i++) {
                assertThat(socket.ping(Duration.ofSeconds(10))).isTrue();
            }
            assertThat(socket.isRaw()).isEqualTo(Ids.effectiveUid() == 0);
        }
    }

    @Test
    void theReplyToAnotherSocketIsNotTakenForOurs() {
        try (IcmpSocket first = openOrSkip(SELF);
                IcmpSocket second = openOrSkip(SELF)) {
            assertThat(first.ping(Duration.ofSeconds(10))).isTrue();
            assertThat(second.ping(Duration.ofSeconds(10))).isTrue();
            assertThat(first.ping(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void nobodyRepliesOnANetworkThatIsReservedForThat() {
        try (IcmpSocket socket = openOrSkip(host("240.0.0.1"))) {
            assertThat(socket.ping(Duration.ofMillis(20))).isFalse();
        } catch (KernelException e) { // no route
            assertThat(e).hasMessageContaining("240.0.0.1");
        }
    }

    @Test
    void theChecksumIsThatOfTheStandard() {
        ByteBuffer words =
                ByteBuffer.wrap(new byte[] {0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7});

        assertThat(IcmpSocket.checksum(words)).isEqualTo((short) ~0xddf2); // the example of RFC 1071
    }

    @Test
    void withoutTheRightsTheKernelSaysSo() {
        assumeTrue(Ids.effectiveUid() != 0, "root has them");
        try (IcmpSocket allowed = IcmpSocket.open(SELF)) {
            assertThat(allowed.isRaw()).isFalse();
        } catch (KernelException e) {
            assertThat(e).hasMessage("socket(ICMP) \"127.0.0.1\": EACCES (Permission denied)");
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        openOrSkip(SELF).close();
        OpenDescriptors.assertNoLeak(() -> {
            try (IcmpSocket socket = IcmpSocket.open(SELF)) {
                socket.ping(Duration.ofSeconds(10));
            }
        });
    }
}
