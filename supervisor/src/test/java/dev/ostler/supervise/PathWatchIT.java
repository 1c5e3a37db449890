package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperCodec;
import dev.ostler.linux.Fd;
import dev.ostler.linux.SeqPacket;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import dev.ostler.spec.Trigger;
import dev.ostler.spec.Trigger.AtPath.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the kernel's inotify, and a keeper that only takes. */
class PathWatchIT {
    private static final ServiceName JOB = new ServiceName("job");

    @TempDir
    Path directory;

    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final List<Fd> pair = SeqPacket.socketPair();
    private final KeeperClient keeper = new KeeperClient(
            SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES), loop, delivery -> {}, () -> {});
    private final List<ServiceName> started = new ArrayList<>();
    private final PathWatch watch = new PathWatch(loop, clock, keeper, new OffLoop(loop, clock), started::add);

    @AfterEach
    void close() {
        pair.forEach(Fd::close);
        loop.close();
    }

    private void waits(Kind kind, String name) {
        watch.set(JOB, new Trigger.AtPath(kind, List.of(directory.resolve(name))), true);
        quiet();
    }

    /** As long as something happens; then nothing is under way any more. */
    private void quiet() {
        int idle = 0;
        for (int i = 0; i < 500 && idle < 3; i++) {
            idle = loop.runOnce(Duration.ofMillis(20)) == 0 ? idle + 1 : 0;
        }
    }

    private void isStarted() {
        for (int i = 0; i < 300 && started.isEmpty(); i++) {
            loop.runOnce(Duration.ofMillis(100));
        }
        assertThat(started).containsExactly(JOB);
        started.clear();
    }

    private void isNotStarted() {
        quiet();
        assertThat(started).isEmpty();
    }

    @Test
    void parentsThatDoNotExistYetAreFollowed() throws IOException {
        waits(Kind.PATH_EXISTS, "a/b/c");
        Files.createDirectory(directory.resolve("a"));
        isNotStarted();
        Files.createDirectory(directory.resolve("a/b"));
        isNotStarted();
        Files.createFile(directory.resolve("a/b/other"));
        isNotStarted();

        Files.createFile(directory.resolve("a/b/c"));
        isStarted();
    }

    @Test
    void aWholeTreeThatComesAtOnceIsSeen() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("new/b"));
        Files.createFile(tree.resolve("c"));
        waits(Kind.PATH_EXISTS, "a/b/c");

        Files.move(directory.resolve("new"), directory.resolve("a"));
        isStarted();
    }

    @Test
    void aParentThatIsMovedAwayAndMadeAgainIsFollowed() throws IOException {
        Files.createDirectories(directory.resolve("a/b"));
        waits(Kind.PATH_EXISTS, "a/b/c");
        Files.move(directory.resolve("a"), directory.resolve("old"));
        isNotStarted();
        Files.createFile(directory.resolve("old/b/c"));
        isNotStarted();

        Files.createDirectories(directory.resolve("a/b"));
        Files.createFile(directory.resolve("a/b/c"));
        isStarted();
    }

    @Test
    void aParentThatIsReplacedByAnotherIsFollowed() throws IOException {
        Files.createDirectories(directory.resolve("a/b/c"));
        Files.createDirectories(directory.resolve("a/new/c"));
        waits(Kind.PATH_EXISTS, "a/b/c/f");
        Files.move(directory.resolve("a/b"), directory.resolve("a/old"));
        Files.move(directory.resolve("a/new"), directory.resolve("a/b"));
        isNotStarted();

        Files.createFile(directory.resolve("a/b/c/f"));
        isStarted();
    }

    @Test
    void aLinkOnTheWayThatIsReplacedIsAChange() throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve("..1")).resolve("app.conf"), "1");
        Files.writeString(Files.createDirectory(directory.resolve("..2")).resolve("app.conf"), "2");
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(directory.resolve("app.conf"), Path.of("..data/app.conf"));
        waits(Kind.PATH_CHANGED, "app.conf");
        isNotStarted();

        Path next = Files.createSymbolicLink(directory.resolve("..next"), Path.of("..2"));
        Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        isStarted();
    }

    @Test
    void aDirectoryIsNotEmptyAnyMore() throws IOException {
        Files.createDirectory(directory.resolve("in"));
        waits(Kind.DIRECTORY_NOT_EMPTY, "in");
        isNotStarted();

        Files.createFile(directory.resolve("in/x"));
        isStarted();
    }

    @Test
    void aChangeStartsItOnceAndOneWhileItRunsOnceMore() throws IOException {
        Path file = Files.writeString(directory.resolve("list"), "1");
        Trigger.AtPath trigger = new Trigger.AtPath(Kind.PATH_CHANGED, List.of(file));
        waits(Kind.PATH_CHANGED, "list");
        isNotStarted();

        Files.writeString(file, "12");
        isStarted();
        watch.set(JOB, trigger, false); // it runs
        Files.writeString(file, "123");
        isNotStarted();
        watch.set(JOB, trigger, true);
        isStarted();
        watch.set(JOB, trigger, false);
        watch.set(JOB, trigger, true);
        isNotStarted();
    }

    @Test
    void whenTheKernelHasLostEventsAllIsLookedAt() throws IOException {
        waits(Kind.PATH_EXISTS, "go");
        int queue = maxQueuedEvents();
        for (int i = 0; i <= queue / 2; i++) {
            Files.move(
                    i == 0 ? Files.createFile(directory.resolve("x0")) : directory.resolve("x" + i % 2),
                    directory.resolve("x" + (i + 1) % 2));
        }
        Files.createFile(directory.resolve("go"));

        isStarted();
    }

    @Test
    void whatLeavesItsPathAsItIsIsNotStartedForEver() throws IOException {
        Path file = Files.createFile(directory.resolve("go"));
        Trigger.AtPath trigger = new Trigger.AtPath(Kind.PATH_EXISTS, List.of(file));
        for (int i = 0; i < StartLimit.MOST_STARTS; i++) {
            watch.set(JOB, trigger, true);
            isStarted();
            watch.set(JOB, trigger, false);
        }

        watch.set(JOB, trigger, true);
        isNotStarted();
    }

    /** In one read, as a number of proc_sys(5) has no second one. */
    private static int maxQueuedEvents() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
            return Integer.parseInt(new String(in.readNBytes(32), StandardCharsets.US_ASCII).strip());
        }
    }
}
