package dev.ostler.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** A struct sockaddr: sockaddr_in of ip(7), sockaddr_in6 of ipv6(7), sockaddr_un of unix(7). Immutable. */
public final class SocketAddress {
    /** sizeof(struct sockaddr_storage). */
    static final int MAX_BYTES = 128;

    /** sizeof(sun_path); the last byte stays NUL. */
    private static final int PATH_BYTES = 108;

    private static final int IN_BYTES = 16;
    private static final int IN6_BYTES = 28;
    private static final int IPV4_BYTES = 4;

    private final byte[] bytes;

    private SocketAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    static SocketAddress of(byte[] bytes) {
        return new SocketAddress(bytes.clone());
    }

    /** @param host 4 or 16 bytes */
    public static SocketAddress inet(byte[] host, int port) {
        boolean four = host.length == IPV4_BYTES;
        ByteBuffer out = ByteBuffer.allocate(four ? IN_BYTES : IN6_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort(0, (short) (four ? LinuxConstants.AF_INET : LinuxConstants.AF_INET6));
        out.put(2, (byte) (port >> 8)).put(3, (byte) port);
        out.put(four ? 4 : 8, host);
        return new SocketAddress(out.array());
    }

    /** ENAMETOOLONG when the path does not fit. */
    public static SocketAddress unix(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= PATH_BYTES) {
            throw new KernelException("bind", path.toString(), new Errno(36)); // ENAMETOOLONG, as a file system says it
        }
        ByteBuffer out = ByteBuffer.allocate(2 + name.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort(0, (short) LinuxConstants.AF_UNIX);
        out.put(2, name);
        return new SocketAddress(out.array());
    }

    /** AF_INET, AF_INET6, AF_UNIX. */
    public int domain() {
        return bytes.length < 2 ? 0 : bytes[0] & 0xff | (bytes[1] & 0xff) << 8;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SocketAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** {@code 127.0.0.1:80}, {@code [::1]:80}, {@code /run/web.sock}. */
    @Override
    public String toString() {
        int port = bytes.length < IN_BYTES ? 0 : (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        return switch (domain()) {
            case LinuxConstants.AF_INET -> host(4, 8) + ":" + port;
            case LinuxConstants.AF_INET6 -> "[" + host(8, 24) + "]:" + port;
            default ->
                new String(bytes, 2, Math.max(0, bytes.length - 2), StandardCharsets.UTF_8)
                        .replace('\0', '@')
                        .replaceFirst("@$", "");
        };
    }

    private String host(int from, int to) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, to)).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // 4 and 16 bytes are addresses
        }
    }
}
