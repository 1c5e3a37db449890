package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Ids;
import dev.ostler.linux.Inotify;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the kernel's inotify. */
class PidFilesIT {
    private static final RunKey WEB = new RunKey(new ServiceName("web"), 1);
    private static final int IN_OPEN = 0x20;

    @TempDir
    Path directory;

    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final PidFiles files = new PidFiles(loop, clock, new OffLoop(loop, clock));
    private final List<PidFile> found = new ArrayList<>();

    @AfterEach
    void close() {
        files.close(WEB);
        loop.close();
    }

    private PidFile.Place place(Path file, Instant start) {
        return new PidFile.Place(file, Set.of((int) Ids.effectiveUid()), start);
    }

    private void await(Path file) {
        files.await(WEB, place(file, Instant.EPOCH), found::add);
        files.look(WEB);
        quiet();
    }

    private void quiet() {
        int idle = 0;
        for (int i = 0; i < 500 && idle < 3; i++) {
            idle = loop.runOnce(Duration.ofMillis(20)) == 0 ? idle + 1 : 0;
        }
    }

    /** The latest of what was found since the last time, waited for. */
    private PidFile latest() {
        for (int i = 0; i < 300 && found.isEmpty(); i++) {
            loop.runOnce(Duration.ofMillis(100));
        }
        quiet();
        PidFile latest = found.get(found.size() - 1);
        found.clear();
        return latest;
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.US_ASCII);
    }

    @Test
    void s30_aFileThatComesWithItsDirectoryIsRead() throws IOException {
        Path file = directory.resolve("run/web/web.pid");
        await(file);
        assertThat(latest().problem()).endsWith("web.pid\" is not there");

        write(Files.createDirectories(file.getParent()).resolve("web.pid"), "4711\n");
        assertThat(latest().number()).hasValue(4711);
    }

    @Test
    void s30_whatIsWrittenWhileTheFileStaysOpenIsRead() throws IOException {
        Path file = directory.resolve("web.pid");
        try (OutputStream open = Files.newOutputStream(file)) {
            await(file);
            assertThat(latest().problem()).endsWith("is empty");

            open.write("4711\n".getBytes(StandardCharsets.US_ASCII));
            open.flush();
            assertThat(latest().number()).hasValue(4711);
        }
    }

    @Test
    void s30_aChangeOfItsRightsIsSeen() throws IOException {
        Path file = directory.resolve("web.pid");
        write(file, "");
        await(file);
        latest();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(latest().problem()).endsWith("is empty");
    }

    @Test
    void s30_whereALinkLeadsToIsWatchedToo() throws IOException {
        Path target = Files.createDirectory(directory.resolve("elsewhere")).resolve("web.pid");
        Path link = Files.createSymbolicLink(directory.resolve("web.pid"), target);
        await(link);
        latest();

        write(target, "4711");
        assertThat(latest().number()).hasValue(4711);
    }

    @Test
    void otherFilesBesideItAreNotItsOwn() throws IOException {
        await(directory.resolve("web.pid"));
        latest();

        write(directory.resolve("web.log"), "busy");
        quiet();
        assertThat(found).isEmpty();
    }

    @Test
    void nothingIsToldOfWhatIsNotAwaitedAnyMore() throws IOException {
        await(directory.resolve("web.pid"));
        latest();

        files.close(WEB);
        write(directory.resolve("web.pid"), "4711");
        quiet();
        assertThat(found).isEmpty();
    }

    @Test
    void s30_oneFromBeforeTheStartIsDoubtedNotRefused() throws IOException {
        Path file = directory.resolve("web.pid");
        write(file, "4711\n");

        PidFile old = PidFile.look(place(file, Instant.now().plusSeconds(5)));
        assertThat(old.number()).hasValue(4711);
        assertThat(old.problem()).endsWith("web.pid\" is from before this start");
        assertThat(PidFile.look(place(file, Instant.now().minusSeconds(60))).problem())
                .isEmpty();
    }

    @Test
    void s30_whatIsNoFileIsNotEvenOpened() throws Exception {
        Path pipe = directory.resolve("web.pid");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (Inotify opens = Inotify.create()) {
            opens.watch(directory, IN_OPEN);

            assertThat(PidFile.look(place(pipe, Instant.EPOCH)).problem()).endsWith("is no regular file");
            assertThat(opens.read()).isEmpty();
            Files.createFile(directory.resolve("other")); // which is seen
            assertThat(opens.read()).isNotEmpty();
        }
    }
}
