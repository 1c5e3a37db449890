package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that never pause, while a service crash-loops and its logs are followed. */
class ApiHammerIT {
    private static final boolean LONG = Boolean.getBoolean("ostler.long");

    /** For each user; in the build a quarter of a minute in all. */
    private static final Duration TIME = LONG ? Duration.ofMinutes(5) : Duration.ofMillis(7_500);

    private static final int CLIENTS = 3;
    private static final List<String> SERVICES = List.of("one", "two", "loop");
    private static final List<String> COMMANDS = List.of("start", "stop", "restart", "status");
    private static final int LONGEST_GAP_MILLIS = 50;

    /** Compiled code, and a heap that has not met its limit yet; in five minutes it does, from 8 MiB to 64. */
    private static final long GROWTH_KIB = (LONG ? 56 : 32) * 1024;

    /** What five minutes are looked at in: the last part has nothing to grow for. */
    private static final int PARTS = 5;

    private static final long LATE_GROWTH_KIB = 4 * 1024;

    /** A copy holds the lock as long as it lives; a second one leaves a mark. */
    private static final String ONLY_ONE = """
            #!/bin/sh
            exec 9>>lock-$1
            flock -n 9 || { echo $1 >> two-copies; exit 0; }
            echo started
            exec sleep 1000
            """;

    private static final String YAML = """
            services:
              one:
                command: [./only-one, one]
              two:
                command: [./only-one, two]
                depends_on: [one]
              loop:
                command: [sh, -c, 'echo looping; exit 1']
                restart: { policy: always, backoff: { initial: 20ms, max: 20ms } }
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s31_everyCallIsAnsweredAndNothingIsLeftBehind(As as) throws Exception {
        long seed = new Random().nextLong();
        try (OstlerProject project = OstlerProject.create(as, YAML)) {
            project.file("only-one", ONLY_ONE).up();
            project.awaitUp();
            for (String command : COMMANDS) { // whatever is opened once and for all is open now
                SERVICES.forEach(service -> project.run(command, service));
            }
            Footprint before = atRest(project);

            project.run("start", "loop");
            AtomicInteger calls = new AtomicInteger();
            Process follower = project.start(List.of(project.binary(), "logs", "-f"), List.of(), "follower");
            Process deaf =
                    project.start(List.of("sh", "-c", project.binary() + " logs -f | sleep 1000"), List.of(), "deaf");
            List<Future<?>> clients = hammer(project, seed, calls);
            List<Long> parts = leastOfEachPart(project);
            for (Future<?> client : clients) {
                end(client, seed);
            }

            assertThat(follower.isAlive()).isTrue();
            assertThat(project.text("follower.out")).contains("looping");
            kill(follower);
            kill(deaf);
            assertThat(project.text("two-copies")).as("seed %d", seed).isEmpty();
            Footprint after = settled(project, before);
            System.out.printf(
                    "s31: %d calls, before %s, meanwhile %s KiB, after %s%n", calls.get(), before, parts, after);
            assertThat(after.descriptors()).as("seed %d", seed).isLessThanOrEqualTo(before.descriptors());
            assertThat(after.residentKib()).as("seed %d", seed).isLessThan(before.residentKib() + GROWTH_KIB);
            if (LONG) {
                assertThat(parts.get(PARTS - 1)).as("%s", parts).isLessThan(parts.get(PARTS / 2) + LATE_GROWTH_KIB);
            }
            assertThat(project.supervisorSaid()).doesNotContain("Exception");
        }
    }

    /** The least that supervisor and keeper held in each part of the time, KiB: a compilation takes much for a moment. */
    private static List<Long> leastOfEachPart(OstlerProject project) {
        List<Long> least = new ArrayList<>();
        long start = System.nanoTime();
        for (int part = 1; part <= PARTS; part++) {
            long held = Long.MAX_VALUE;
            while (System.nanoTime() < start + TIME.toNanos() / PARTS * part) {
                held = Math.min(held, footprint(project).residentKib());
                LockSupport.parkNanos(200_000_000);
            }
            least.add(held);
        }
        return least;
    }

    private static void kill(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static List<Future<?>> hammer(OstlerProject project, long seed, AtomicInteger calls) {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seed + i);
            clients.add(threads.submit(() -> client(project, random, calls)));
        }
        clients.add(threads.submit(() -> followersThatGoAway(project)));
        threads.shutdown();
        return clients;
    }

    /** Each call ends, or the project's own limit for a command fails the test. */
    private static void client(OstlerProject project, Random random, AtomicInteger calls) {
        long end = System.nanoTime() + TIME.toNanos();
        while (System.nanoTime() < end) {
            String command = COMMANDS.get(random.nextInt(COMMANDS.size()));
            Result result = project.run(command, SERVICES.get(random.nextInt(SERVICES.size())));
            assertThat(result.exitCode()).as("%s", result).isBetween(0, 1);
            calls.incrementAndGet();
            LockSupport.parkNanos(random.nextInt(LONGEST_GAP_MILLIS + 1) * 1_000_000L);
        }
    }

    private static void followersThatGoAway(OstlerProject project) {
        long end = System.nanoTime() + TIME.toNanos();
        while (System.nanoTime() < end) {
            Process follower = project.start(List.of(project.binary(), "logs", "-f", "loop"), List.of(), "gone");
            LockSupport.parkNanos(200_000_000);
            follower.destroyForcibly();
        }
    }

    private static void end(Future<?> client, long seed) throws InterruptedException {
        try {
            client.get();
        } catch (ExecutionException e) {
            throw new AssertionError("seed " + seed, e.getCause());
        }
    }

    /** What supervisor and keeper hold. */
    private record Footprint(long descriptors, long residentKib) {}

    /** With no service up, whose next run may lie ready or not, and no client. */
    private static Footprint atRest(OstlerProject project) {
        SERVICES.forEach(service -> project.run("stop", service).ok());
        return footprint(project);
    }

    private static Footprint settled(OstlerProject project, Footprint before) {
        Footprint[] last = {atRest(project)};
        try {
            Eventually.until("clients that have gone are forgotten", () -> {
                last[0] = footprint(project);
                return last[0].descriptors() <= before.descriptors();
            });
        } catch (AssertionError ignored) { // the caller compares and shows both
            return last[0];
        }
        return last[0];
    }

    private static Footprint footprint(OstlerProject project) {
        long supervisor = project.supervisorPid().orElseThrow();
        long keeper = ProcessHandle.of(supervisor)
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .pid();
        int ofKeeper = As.isRoot() ? OpenFiles.of(keeper).size() : 0; // that of a plain user is not dumpable
        return new Footprint(OpenFiles.of(supervisor).size() + ofKeeper, residentKib(supervisor) + residentKib(keeper));
    }

    private static long residentKib(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
