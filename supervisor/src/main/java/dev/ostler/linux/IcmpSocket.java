package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AF_INET;
import static dev.ostler.linux.LinuxConstants.ICMP_ECHO;
import static dev.ostler.linux.LinuxConstants.ICMP_ECHOREPLY;
import static dev.ostler.linux.LinuxConstants.ICMP_FILTER;
import static dev.ostler.linux.LinuxConstants.IPPROTO_ICMP;
import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SOCK_DGRAM;
import static dev.ostler.linux.LinuxConstants.SOCK_RAW;
import static dev.ostler.linux.LinuxConstants.SOL_RAW;
import static dev.ostler.linux.LinuxConstants.SOL_SOCKET;
import static dev.ostler.linux.LinuxConstants.SO_RCVTIMEO;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Echo requests to one IPv4 host and its replies, icmp(7). A raw socket with ICMP_FILTER, which lets nothing but echo replies
 * in, where there is CAP_NET_RAW; else a ping socket, which net.ipv4.ping_group_range allows to some groups. One thread.
 */
public final class IcmpSocket implements AutoCloseable {
    /** sockaddr_in: u16 family, be16 port, be32 address, 8 bytes of nothing. */
    private static final int ADDRESS_BYTES = 16;

    /** icmphdr: u8 type, u8 code, be16 checksum, be16 id, be16 sequence; then a token to know our own by. */
    private static final int REQUEST_BYTES = 8 + 8;

    /** An IP header with options (60), and the longest reply that can be ours. */
    private static final int REPLY_BYTES = 60 + REQUEST_BYTES;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Fd fd;
    private final boolean raw;
    private final String target;
    private final NativeBuffer request = NativeBuffer.allocate(REQUEST_BYTES);
    private final NativeBuffer reply = NativeBuffer.allocate(REPLY_BYTES);
    private final SystemClock clock = new SystemClock();

    private IcmpSocket(Fd fd, boolean raw, String target) {
        this.fd = fd;
        this.raw = raw;
        this.target = target;
    }

    /** EPERM, or EACCES where the ping group has no member here, when neither kind of socket is allowed. */
    public static IcmpSocket open(Inet4Address host) {
        String target = host.getHostAddress();
        int socket = C.socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
        boolean raw = socket >= 0;
        if (!raw) {
            socket = check(C.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP), "socket(ICMP)", target);
        }
        IcmpSocket icmp = new IcmpSocket(Fd.adopt(socket), raw, target);
        try {
            if (raw) {
                icmp.filter();
            }
            icmp.connect(host);
            return icmp;
        } catch (RuntimeException e) {
            icmp.close();
            throw e;
        }
    }

    /** Whether it is a raw socket. */
    public boolean isRaw() {
        return raw;
    }

    /** A bit for each type that is kept away, struct icmp_filter. */
    private void filter() {
        NativeBuffer mask = NativeBuffer.allocate(4);
        mask.bytes().putInt(0, ~(1 << ICMP_ECHOREPLY));
        check(C.setsockopt(fd.number(), SOL_RAW, ICMP_FILTER, mask.pointer(), 4), "setsockopt(ICMP_FILTER)", target);
    }

    /** From now on only what comes from there is received. */
    private void connect(Inet4Address host) {
        NativeBuffer address = NativeBuffer.allocate(ADDRESS_BYTES);
        address.bytes().putShort(0, (short) AF_INET).put(4, host.getAddress());
        check(C.connect(fd.number(), address.pointer(), ADDRESS_BYTES), "connect", target);
    }

    /**
     * Sends one request and waits for its reply; blocks.
     *
     * @return false when none came in time
     */
    public boolean ping(Duration timeout) {
        long deadlineNanos = clock.monotonicNanos() + timeout.toNanos();
        long token = ThreadLocalRandom.current().nextLong();
        send(token);
        for (long left = timeout.toNanos(); left > 0; left = deadlineNanos - clock.monotonicNanos()) {
            receiveTimeout(left);
            int count = receive();
            if (count > 0 && isReply(reply.bytes().slice(0, count), token)) {
                return true;
            }
        }
        return false;
    }

    private void send(long token) {
        ByteBuffer bytes = request.bytes();
        bytes.order(ByteOrder.BIG_ENDIAN);
        bytes.putLong(0, (long) ICMP_ECHO << 56) // the rest of the header is 0; a ping socket fills in an id of its own
                .putLong(8, token)
                .putShort(2, checksum(bytes));
        check((int) C.send(fd.number(), request.pointer(), REQUEST_BYTES, 0), "send", target);
    }

    /** The ones' complement of the ones' complement sum of all words, RFC 792. */
    static short checksum(ByteBuffer bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.capacity(); i += 2) {
            sum += bytes.getShort(i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }

    /** timeval: s64 seconds, s64 microseconds; 0 would mean for ever. */
    private void receiveTimeout(long nanos) {
        NativeBuffer time = NativeBuffer.allocate(16);
        time.bytes().putLong(0, nanos / NANOS_PER_SECOND).putLong(8, Math.max(1, nanos % NANOS_PER_SECOND / 1_000));
        check(
                C.setsockopt(fd.number(), SOL_SOCKET, SO_RCVTIMEO, time.pointer(), 16),
                "setsockopt(SO_RCVTIMEO)",
                target);
    }

    /** Bytes received; 0 when the time is up. */
    private int receive() {
        long count = C.read(fd.number(), reply.pointer(), REPLY_BYTES);
        if (count >= 0) {
            return (int) count;
        }
        Errno errno = lastError();
        if (errno.equals(Errno.EAGAIN) || errno.equals(Errno.EINTR)) {
            return 0;
        }
        throw new KernelException("read", target, errno);
    }

    /** A raw socket gives the IP header too, whose low half byte is its length in words. */
    private boolean isReply(ByteBuffer bytes, long token) {
        int start = raw && bytes.limit() > 0 ? (bytes.get(0) & 0xf) * 4 : 0;
        return bytes.limit() - start >= REQUEST_BYTES
                && bytes.get(start) == ICMP_ECHOREPLY
                && bytes.order(ByteOrder.BIG_ENDIAN).getLong(start + 8) == token;
    }

    @Override
    public void close() {
        fd.close();
    }
}
