package dev.ostler.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private final LineSplitter splitter = new LineSplitter();
    private final List<String> lines = new ArrayList<>();

    @Test
    void cutsAtNewlines() {
        feed("one\ntwo\n");

        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void joinsWhatCameInPieces() {
        feed("o");
        feed("ne\nt");
        feed("wo\n");

        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void s2_keepsALastLineWithoutNewlineAndMarksItPartial() {
        feed("abc");
        finish();

        assertThat(lines).containsExactly("P:abc");
    }

    @Test
    void cutsALineThatIsTooLongIntoPartialPieces() {
        String longLine = "x".repeat(LineSplitter.MAX_LINE_BYTES + 3);

        feed(longLine + "\n");

        assertThat(lines).containsExactly("P:" + longLine.substring(3), "xxx");
    }

    @Property
    void losesNoByteWhateverTheChunks(@ForAll @Size(max = 40) List<String> chunks) {
        LineSplitter fresh = new LineSplitter();
        StringBuilder out = new StringBuilder();
        LineSplitter.Sink sink = (bytes, offset, length, partial) -> out.append(
                        new String(bytes, offset, length, StandardCharsets.UTF_8))
                .append(partial ? "" : "\n");

        for (String chunk : chunks) {
            fresh.feed(ByteBuffer.wrap(chunk.getBytes(StandardCharsets.UTF_8)), sink);
        }
        fresh.finish(sink);

        String all = String.join("", chunks);
        assertThat(out.toString()).isEqualTo(new String(all.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    private void feed(String text) {
        splitter.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), this::add);
    }

    private void finish() {
        splitter.finish(this::add);
    }

    private void add(byte[] bytes, int offset, int length, boolean partial) {
        lines.add((partial ? "P:" : "") + new String(bytes, offset, length, StandardCharsets.UTF_8));
    }
}
