package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.yaml.snakeyaml.reader.StreamReader;

/** Bytes of a file to text: UTF-8 without errors and without control characters, of a bounded size. */
final class TextDecoder {
    /** Room for ten thousand services of 400 bytes; more in one file is a mistake or an attack. */
    static final int MOST_BYTES = 4 << 20;

    /** Looked at by one call, so that the JVM soon compiles what does it, instead of interpreting a loop over the whole text. */
    private static final int PIECE = 64;

    private TextDecoder() {}

    /** The text, or a problem at the first place that is wrong. */
    static Optional<String> decode(byte[] bytes, String file, Problems problems) {
        if (bytes.length > MOST_BYTES) {
            problems.add(new Origin(file, 1, 1, ""), "the file has more than " + MOST_BYTES + " bytes");
            return Optional.empty();
        }
        if (isPlain(bytes)) {
            return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            String octet = String.format("0x%02x", bytes[in.position()] & 0xff);
            problems.add(at(file, text, text.length()), "not UTF-8: byte " + octet);
            return Optional.empty();
        }
        int bad = firstUnprintable(text);
        if (bad >= 0) {
            String name = String.format("U+%04X", text.codePointAt(bad));
            problems.add(at(file, text, bad), "the character " + name + " is not allowed");
            return Optional.empty();
        }
        return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
    }

    /** Whether all is printable ASCII, of which nothing has to be decoded: nearly every file. */
    private static boolean isPlain(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            int end = Math.min(at + PIECE, bytes.length);
            if (!isPlain(bytes, at, end)) {
                return false;
            }
            at = end;
        }
        return true;
    }

    private static boolean isPlain(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b < ' ' ? b != '\n' && b != '\t' && b != '\r' : b > '~') {
                return false;
            }
        }
        return true;
    }

    private static int firstUnprintable(String text) {
        int at = 0;
        while (at < text.length()) {
            int end = printableUpTo(text, at, Math.min(at + PIECE, text.length()));
            if (end < 0) {
                return -end - 1;
            }
            at = end;
        }
        return -1;
    }

    /** The index behind the piece, which may be split within a character; {@code -1 - index} of what is not printable. */
    private static int printableUpTo(String text, int from, int to) {
        int i = from;
        while (i < to) {
            int codePoint = text.codePointAt(i);
            if (!StreamReader.isPrintable(codePoint)) {
                return -1 - i;
            }
            i += codePoint > Character.MAX_VALUE ? 2 : 1;
        }
        return i;
    }

    private static Origin at(String file, String text, int index) {
        String before = text.substring(0, index);
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        return new Origin(file, line, 1 + before.codePointCount(lineStart, index), "");
    }
}
