package dev.ostler.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.TextPattern;
import org.junit.jupiter.api.Test;

class ReadyLineTest {
    private final ReadyLine line = new ReadyLine(TextPattern.of("^ready"));
    private int told;

    private void await(int run) {
        line.await(run, () -> told++);
    }

    @Test
    void isToldOnceWhenTheLineComes() {
        await(1);
        line.see(1, "not ready");
        assertThat(told).isZero();

        line.see(1, "ready now");
        line.see(1, "ready again");

        assertThat(told).isEqualTo(1);
    }

    @Test
    void isToldAtOnceWhenTheLineCameBeforeAnybodyAsked() {
        line.see(2, "ready");

        await(2);

        assertThat(told).isEqualTo(1);
    }

    @Test
    void theLineOfAnotherRunDoesNotCount() {
        line.see(1, "ready");
        await(2);
        assertThat(told).isZero();

        line.see(1, "ready"); // a late one
        assertThat(told).isZero();
        line.see(2, "ready");
        assertThat(told).isEqualTo(1);
    }

    @Test
    void ofAFileOnlyLinesOfThatRunAndOfTheServiceItselfCount() {
        await(2);
        line.seeStored(2, """
                2026-01-31T12:00:00.123456Z stdout F:1 ready
                2026-01-31T12:00:00.123456Z ostler F:2 ready
                2026-01-31T12:00:00.123456Z stdout F:2 not ready
                garbage

                """);
        assertThat(told).isZero();

        line.seeStored(2, "2026-01-31T12:00:00.123456Z stderr P:2 ready to serve\n");
        assertThat(told).isEqualTo(1);
    }
}
