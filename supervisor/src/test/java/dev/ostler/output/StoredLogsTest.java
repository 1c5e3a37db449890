package dev.ostler.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredLogsTest {
    private static final ServiceName WEB = new ServiceName("web");

    @TempDir
    Path directory;

    private StoredLogs logs;

    @BeforeEach
    void open() {
        logs = new StoredLogs(directory);
    }

    @Test
    void servicesAreThoseThatHaveAFileAndNotTheSupervisor() throws IOException {
        for (String file : new String[] {"web.log", "web.log.1", "a.b.log", Logs.OWN_FILE, "notes.txt", ".log"}) {
            write(file, "line\n");
        }

        assertThat(logs.services()).containsExactly(new ServiceName("a.b"), WEB);
        assertThat(new StoredLogs(directory.resolve("none")).services()).isEmpty();
    }

    @Test
    void filesThatWereRotatedAwayComeFirstTheOldestAtTheBeginning() throws IOException {
        write("web.log", "4\n5\n");
        write("web.log.1", "3\n");
        write("web.log.10", "1\n2\n"); // those between were removed by someone
        write("web.log.gz", "not ours\n");
        write("web.log.1.log", "of the service web.log.1\n");

        assertThat(read(Integer.MAX_VALUE)).isEqualTo("1\n2\n3\n4\n5\n");
        assertThat(read(3)).isEqualTo("3\n4\n5\n");
        assertThat(read(4)).isEqualTo("2\n3\n4\n5\n");
        assertThat(read(0)).isEmpty();
    }

    @Test
    void aLastLineWithoutANewlineIsALine() throws IOException {
        write("web.log", "1\n2");

        assertThat(read(1)).isEqualTo("2");
    }

    private String read(int lines) throws IOException {
        StringBuilder all = new StringBuilder();
        logs.read(WEB, lines, all::append);
        return all.toString();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }
}
