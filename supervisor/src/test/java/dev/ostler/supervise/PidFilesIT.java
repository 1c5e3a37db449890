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
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
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

    /** Waits until this is found, and forgets what was before. */
    private void until(Predicate<PidFile> wanted) {
        for (int i = 0; i < 300 && found.stream().noneMatch(wanted); i++) {
            loop.runOnce(Duration.ofMillis(100));
        }
        assertThat(found).anyMatch(wanted);
        found.clear();
    }

    private static Predicate<PidFile> named(int number) {
        return file -> file.number().equals(OptionalInt.of(number));
    }

    private static Predicate<PidFile> problem(String end) {
        return file -> file.problem().endsWith(end);
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.US_ASCII);
    }

    @Test
    void s30_aFileThatComesWithItsDirectoryIsRead() throws IOException {
        Path file = directory.resolve("run/web/web.pid");
        await(file);
        until(problem("web.pid\" is not there"));

        write(Files.createDirectories(file.getParent()).resolve("web.pid"), "4711\n");
        until(named(4711));
    }

    @Test
    void s30_whatIsWrittenWhileTheFileStaysOpenIsRead() throws IOException {
        Path file = directory.resolve("web.pid");
        try (OutputStream open = Files.newOutputStream(file)) {
            await(file);
            until(problem("is empty"));

            open.write("4711\n".getBytes(StandardCharsets.US_ASCII));
            open.flush();
            until(named(4711));
        }
    }

    @Test
    void s30_aChangeOfItsRightsIsSeen() throws IOException {
        Path file = directory.resolve("web.pid");
        write(file, "");
        await(file);
        until(problem("is empty"));
        quiet();
        found.clear();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        until(problem("is empty"));
    }

    @Test
    void s30_whereALinkLeadsToIsWatchedToo() throws IOException {
        Path target = Files.createDirectory(directory.resolve("elsewhere")).resolve("web.pid");
        Path link = Files.createSymbolicLink(directory.resolve("web.pid"), target);
        await(link);
        until(problem("is not there"));

        write(target, "4711");
        until(named(4711));
    }

    @Test
    void otherFilesBesideItAreNotItsOwn() throws IOException {
        await(directory.resolve("web.pid"));
        until(problem("is not there"));

        write(directory.resolve("web.log"), "busy");
        quiet();
        assertThat(found).isEmpty();
        write(directory.resolve("web.pid"), "4711"); // which is seen
        until(named(4711));
    }

    @Test
    void nothingIsToldOfWhatIsNotAwaitedAnyMore() throws IOException {
        List<PidFile> earlier = new ArrayList<>();
        files.await(new RunKey(WEB.service(), 2), place(directory.resolve("web.pid"), Instant.EPOCH), earlier::add);
        files.close(new RunKey(WEB.service(), 2));
        await(directory.resolve("web.pid"));
        until(problem("is not there"));

        write(directory.resolve("web.pid"), "4711");
        until(named(4711)); // by who still waits
        assertThat(earlier).isEmpty();
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
