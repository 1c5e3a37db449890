package dev.ostler.control;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Encodes the frames of a reply. Pure. */
public final class Reply {
    private static final int HEADER_BYTES = 5;
    private static final byte STDOUT = 1;
    private static final byte STDERR = 2;
    private static final byte EXIT = 3;

    private Reply() {}

    public static byte[] stdout(String text) {
        return frame(STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] stderr(String text) {
        return frame(STDERR, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The last frame of every reply. */
    public static byte[] exit(int code) {
        return frame(
                EXIT,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(code)
                        .array());
    }

    private static byte[] frame(byte kind, byte[] payload) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put(kind)
                .put(payload)
                .array();
    }
}
