package dev.ostler.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel refused, as the launcher reports it (launcher-native/README.md, section 2).
 *
 * @param op index into the plan
 * @param sub element of the op's list
 * @param callNumber system call number; -1 when a read-back differs from what was set
 * @param error errno, positive
 * @param call name of the call
 * @param object what the call was about; may be empty
 */
public record RefusalRecord(
        int op, int sub, int callNumber, int error, long detail1, long detail2, String call, String object) {
    public static final int BYTES = 256;

    private static final int CALL_BYTES = 24;
    private static final int OBJECT_BYTES = 200;

    /** Reads one record from the buffer's position; throws {@link IllegalArgumentException} when bytes are missing. */
    public static RefusalRecord read(ByteBuffer buffer) {
        if (buffer.remaining() < BYTES) {
            throw new IllegalArgumentException("a refusal record has " + BYTES + " bytes, not " + buffer.remaining());
        }
        ByteBuffer in = buffer.slice(buffer.position(), BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(buffer.position() + BYTES);
        return new RefusalRecord(
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getInt(),
                in.getLong(),
                in.getLong(),
                text(in, CALL_BYTES),
                text(in, OBJECT_BYTES));
    }

    public static RefusalRecord of(byte[] bytes) {
        return read(ByteBuffer.wrap(bytes));
    }

    private static String text(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
