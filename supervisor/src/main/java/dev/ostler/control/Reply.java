package dev.ostler.control;

import dev.ostler.base.ServiceName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Encodes the frames of a reply. Pure. */
public final class Reply {
    private static final int HEADER_BYTES = 5;
    private static final byte STDOUT = 1;
    private static final byte STDERR = 2;
    private static final byte EXIT = 3;
    private static final byte PAGE = 4;

    /** Of what stands in front of the records, of each record, and of the name in it. */
    private static final int PAGE_BYTES = 16;

    private static final int NAME_BYTES = 64;
    private static final int RECORD_BYTES = 4 + NAME_BYTES;

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

    /**
     * The last frame too: the client waits by itself, on the descriptor that comes with it.
     *
     * @param milestone bit that each record must have
     * @param untilNanos CLOCK_MONOTONIC, 0 = no end
     * @param late what is said when the time is over
     */
    public static byte[] page(int milestone, long untilNanos, Map<ServiceName, Integer> records, String late) {
        byte[] text = late.getBytes(StandardCharsets.UTF_8);
        ByteBuffer payload = ByteBuffer.allocate(PAGE_BYTES + records.size() * RECORD_BYTES + text.length + 1)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(milestone)
                .putInt(records.size())
                .putLong(untilNanos);
        records.forEach((name, number) ->
                payload.putInt(number).put(Arrays.copyOf(name.value().getBytes(StandardCharsets.UTF_8), NAME_BYTES)));
        return frame(PAGE, payload.put(text).array());
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
