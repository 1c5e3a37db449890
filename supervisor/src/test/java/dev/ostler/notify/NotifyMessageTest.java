package dev.ostler.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifyMessageTest {
    private static NotifyMessage parse(String text) {
        return NotifyMessage.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void eachLineSaysOneThing() {
        NotifyMessage message = parse("""
                READY=1
                STATUS=listening on 8080
                ERRNO=2
                WATCHDOG=1
                WATCHDOG_USEC=1500000
                EXTEND_TIMEOUT_USEC=20000000
                X_OWN=whatever
                """);

        assertThat(message.ready()).isTrue();
        assertThat(message.status()).contains("listening on 8080");
        assertThat(message.errno()).hasValue(2);
        assertThat(message.watchdog()).isEqualTo(NotifyMessage.Watchdog.ALIVE);
        assertThat(message.watchdogPeriod()).contains(Duration.ofMillis(1500));
        assertThat(message.extend()).contains(Duration.ofSeconds(20));
        assertThat(message.problems()).isEmpty();
    }

    @Test
    void descriptorsAreStoredUnderANameAndRemovedByIt() {
        assertThat(parse("FDSTORE=1\nFDNAME=a b").stored())
                .isEqualTo(new NotifyMessage.Stored(true, false, Optional.of("a b"), true));
        assertThat(parse("FDSTORE=1\nFDPOLL=0").stored())
                .isEqualTo(new NotifyMessage.Stored(true, false, Optional.empty(), false));
        assertThat(parse("FDSTOREREMOVE=1\nFDNAME=a").stored())
                .isEqualTo(new NotifyMessage.Stored(false, true, Optional.of("a"), true));
        assertThat(parse("READY=1").stored()).isEqualTo(NotifyMessage.Stored.NOTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FDNAME=", "FDNAME=a:b", "FDNAME=\u00e4"})
    void aNameThatNoListCanHoldIsAProblem(String line) {
        NotifyMessage message = parse("FDSTORE=1\n" + line);

        assertThat(message.problems()).containsExactly(line);
        assertThat(message.stored().name()).isEmpty();
        assertThat(parse("FDNAME=" + "x".repeat(256)).problems()).hasSize(1);
    }

    @Test
    void theEndMayBeANulOrNothing() {
        assertThat(parse("RELOADING=1\0").reloading()).isTrue();
        assertThat(parse("STOPPING=1").stopping()).isTrue();
        assertThat(parse("READY=0").ready()).isFalse();
        assertThat(parse("").problems()).isEmpty();
    }

    @Test
    void aBarrierStandsAlone() {
        assertThat(parse("BARRIER=1").barrier()).isTrue();
        assertThat(parse("BARRIER=1\n").barrier()).isTrue();
        assertThat(parse("READY=1\nBARRIER=1").barrier()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERRNO=-1", "ERRNO=99999", "WATCHDOG=2", "WATCHDOG_USEC=-1", "EXTEND_TIMEOUT_USEC=1s"})
    void whatIsNotUnderstoodIsAProblemAndTheRestCounts(String line) {
        NotifyMessage message = parse(line + "\nREADY=1");

        assertThat(message.problems()).containsExactly(line);
        assertThat(message.ready()).isTrue();
    }

    @Test
    void aStatusCannotDeceiveATerminalOrFillIt() {
        assertThat(parse("STATUS=a\u001b[2Jb\tc").status()).contains("a?[2Jb?c");
        assertThat(parse("STATUS=" + "x".repeat(4000)).status().orElseThrow()).hasSize(NotifyMessage.MAX_STATUS_CHARS);
    }

    @Test
    void bytesThatAreNoTextAreAProblem() {
        assertThat(NotifyMessage.parse(new byte[] {(byte) 0xff, '='}).problems())
                .containsExactly("a message that is no text");
        assertThat(parse("READY=1\0STATUS=x").ready()).isFalse();
    }

    @Property(tries = 500)
    void noBytesDoHarm(@ForAll byte[] bytes) {
        assertThatCode(() -> NotifyMessage.parse(bytes)).doesNotThrowAnyException();
    }
}
