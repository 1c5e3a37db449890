package dev.ostler.control;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client asks: a command line, and what its output goes to. Nothing in it is a path that the supervisor opens.
 *
 * @param terminal the client's standard output is a terminal
 * @param columns width of that terminal, 0 when unknown
 */
public record ControlRequest(List<String> argv, boolean terminal, int columns) {
    /** Upper bound of a request, bytes; the client refuses longer command lines by itself. */
    public static final int MAX_BYTES = 64 * 1024;

    private static final int MAGIC = 0x4354534f; // "OSTC", little-endian
    private static final int HEADER_BYTES = 20;
    private static final int MAX_ARGUMENTS = 1024;

    public ControlRequest {
        argv = List.copyOf(argv);
    }

    /**
     * Decodes what has arrived so far.
     *
     * @return empty when more bytes are needed
     * @throws IllegalArgumentException when the bytes can never become a request
     */
    public static Optional<ControlRequest> decode(byte[] bytes, int length) {
        if (length < HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        int total = in.getInt();
        if (magic != MAGIC || total < HEADER_BYTES || total > MAX_BYTES) {
            throw new IllegalArgumentException("not a control request");
        }
        if (length < total) {
            return Optional.empty();
        }
        int flags = in.getInt();
        int columns = in.getInt();
        int count = in.getInt();
        return Optional.of(new ControlRequest(arguments(bytes, total, count), (flags & 1) != 0, columns));
    }

    private static List<String> arguments(byte[] bytes, int end, int count) {
        if (count < 1 || count > MAX_ARGUMENTS) {
            throw new IllegalArgumentException("control request with " + count + " arguments");
        }
        List<String> argv = new ArrayList<>(count);
        int start = HEADER_BYTES;
        for (int i = start; i < end; i++) {
            if (bytes[i] == 0) {
                argv.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        if (argv.size() != count || start != end) {
            throw new IllegalArgumentException("control request whose arguments do not add up");
        }
        return argv;
    }
}
