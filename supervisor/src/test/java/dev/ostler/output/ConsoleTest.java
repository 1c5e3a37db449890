package dev.ostler.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConsoleTest {
    private final Terminal terminal = new Terminal();

    /** Takes nothing until it is opened. */
    private static final class Terminal extends OutputStream {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            synchronized (taken) {
                taken.write(bytes, offset, length);
            }
        }

        List<String> lines() {
            synchronized (taken) {
                return taken.toString(UTF_8).lines().toList();
            }
        }
    }

    @Test
    void namesLineUpAndMarksTellWhoSpeaks() {
        terminal.open.countDown();
        try (Console console = new Console(false, 6, terminal)) {
            console.line("web", 0, '|', "listening");
            console.line("worker", 1, '*', "started");
            console.line("web", 0, '|', "");
        }

        assertThat(terminal.lines()).containsExactly("web    | listening", "worker * started", "web    | ");
    }

    @Test
    void eachServiceHasItsColourAndTheTextHasNone() {
        terminal.open.countDown();
        try (Console console = new Console(true, 3, terminal)) {
            console.line("web", 0, '|', "one");
            console.line("db", 1, '|', "two");
            console.line("web", 10, '|', "as many colours as fingers");
        }

        assertThat(terminal.lines())
                .containsExactly(
                        "\u001b[36mweb | \u001b[0mone",
                        "\u001b[33mdb  | \u001b[0mtwo",
                        "\u001b[36mweb | \u001b[0mas many colours as fingers");
    }

    /** Puts the first line into the terminal, which does not take it: from here on the queue fills. */
    private Console stopped() throws InterruptedException {
        Console console = new Console(false, 1, terminal);
        console.line("a", 0, '|', "first");
        terminal.reached.await();
        return console;
    }

    @Test
    void whatAStoppedTerminalDoesNotTakeIsDroppedCountedAndAnnounced() throws InterruptedException {
        Console console = stopped();
        for (int i = 0; i < Console.MAX_QUEUED_LINES + 7; i++) {
            console.line("a", 0, '|', "line " + i);
        }

        terminal.open.countDown();
        console.close();

        assertThat(terminal.lines())
                .hasSize(1 + Console.MAX_QUEUED_LINES + 1)
                .startsWith("a | first", "ostler | 7 lines dropped: the output does not take them", "a | line 0")
                .endsWith("a | line " + (Console.MAX_QUEUED_LINES - 1));
    }

    @Test
    void longLinesFillItToo() throws InterruptedException {
        Console console = stopped();
        String text = "x".repeat(64 * 1024);
        for (int i = 0; i < 100; i++) {
            console.line("a", 0, '|', text);
        }

        terminal.open.countDown();
        console.close();

        long taken =
                terminal.lines().stream().filter(line -> line.endsWith("x")).count();
        assertThat(taken).isEqualTo(Console.MAX_QUEUED_BYTES / text.length());
        assertThat(terminal.lines())
                .contains("ostler | " + (100 - taken) + " lines dropped: the output does not take them");
    }

    @Test
    void whatIsQueuedIsWrittenBeforeTheEndEvenWhenTheQueueIsFull() throws InterruptedException {
        Console console = stopped();
        for (int i = 0; i < Console.MAX_QUEUED_LINES; i++) {
            console.line("a", 0, '|', "line " + i);
        }
        Thread closing = new Thread(console::close);
        closing.start();
        while (closing.getState() != Thread.State.TIMED_WAITING && closing.isAlive()) {
            Thread.onSpinWait();
        }

        terminal.open.countDown();
        closing.join();

        assertThat(terminal.lines()).endsWith("a | line " + (Console.MAX_QUEUED_LINES - 1));
    }

    @Test
    void aTerminalThatTakesNothingDoesNotHoldUpTheEnd() throws InterruptedException {
        Console console = stopped();

        console.close(); // returns

        assertThat(terminal.lines()).isEmpty();
        terminal.open.countDown();
    }

    @Test
    void aReaderThatHasGoneIsNoReasonToStop() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Console console = new Console(false, 1, gone);
        for (int i = 0; i < 2 * Console.MAX_QUEUED_LINES; i++) {
            console.line("a", 0, '|', "line");
        }

        console.close();
    }
}
