package dev.ostler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final AtomicInteger wakes = new AtomicInteger();
    private final Inbox inbox = new Inbox(wakes::incrementAndGet);
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void runsInTheOrderOfPosting() {
        inbox.post(() -> ran.add(1));
        inbox.post(() -> ran.add(2));

        assertThat(inbox.runAll(Runnable::run)).isEqualTo(2);
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void wakesOncePerBatch() {
        inbox.post(() -> {});
        inbox.post(() -> {});
        assertThat(wakes).hasValue(1);

        inbox.runAll(Runnable::run);
        inbox.post(() -> {});

        assertThat(wakes).hasValue(2);
    }

    @Test
    void aCommandThatPostsWaitsForTheNextTurnAndWakesAgain() {
        inbox.post(() -> inbox.post(() -> ran.add(1)));

        assertThat(inbox.runAll(Runnable::run)).isEqualTo(1);
        assertThat(ran).isEmpty();
        assertThat(wakes).hasValue(2);
        assertThat(inbox.runAll(Runnable::run)).isEqualTo(1);
        assertThat(ran).containsExactly(1);
    }

    @Test
    void nothingIsLostBetweenThreads() throws Exception {
        int perThread = 10_000;
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < perThread; i++) {
                    inbox.post(() -> ran.add(0));
                }
            }));
        }
        threads.forEach(Thread::start);
        while (ran.size() < 4 * perThread && threads.stream().anyMatch(Thread::isAlive)) {
            inbox.runAll(Runnable::run);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        inbox.runAll(Runnable::run);

        assertThat(ran).hasSize(4 * perThread);
    }
}
