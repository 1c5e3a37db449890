package dev.ostler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.linux.SystemClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxIT {
    private final EventLoop loop = new EventLoop(new SystemClock());
    private final AtomicInteger wakes = new AtomicInteger();
    private final Inbox other = new Inbox(wakes::incrementAndGet);
    private final Outbox outbox = new Outbox(loop, other);
    private final List<Integer> ran = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private void inTurn(Runnable command) {
        loop.inbox().post(command);
        loop.runOnce(Duration.ofSeconds(20));
    }

    @Test
    void whatIsPostedInATurnWakesOnceWhenItIsOver() {
        inTurn(() -> {
            outbox.execute(() -> ran.add(1));
            outbox.execute(() -> ran.add(2));
        });
        assertThat(wakes).hasValue(0);

        outbox.wake();
        outbox.wake();

        assertThat(wakes).hasValue(1);
        assertThat(other.runAll(Runnable::run)).isEqualTo(2);
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void muchOfItDoesNotWaitForTheEndOfTheTurn() {
        inTurn(() -> {
            for (int i = 0; i < 3_000; i++) {
                outbox.execute(() -> {});
            }
            assertThat(wakes).hasValue(1);
        });
    }

    @Test
    void anotherThreadWakesAtOnce() throws Exception {
        inTurn(() -> outbox.execute(() -> ran.add(1)));
        Thread thread = new Thread(() -> outbox.execute(() -> ran.add(2)));
        thread.start();
        thread.join();

        assertThat(wakes).hasValue(1);
        other.runAll(Runnable::run);
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void aLoopWakesTheOtherBeforeItWaitsAndWhenItEnds() throws Exception {
        EventLoop second = new EventLoop(new SystemClock());
        Outbox toSecond = loop.outboxTo(second);
        Outbox toFirst = second.outboxTo(loop);
        Thread thread = new Thread(second::run, "second");
        thread.start();

        loop.inbox().post(() -> toSecond.execute(() -> toFirst.execute(() -> ran.add(1))));
        while (ran.isEmpty()) {
            loop.runOnce(Duration.ofSeconds(20));
        }
        loop.inbox()
                .post(() -> toSecond.execute(() -> {
                    toFirst.execute(() -> ran.add(2));
                    second.stop();
                }));
        while (ran.size() < 2) {
            loop.runOnce(Duration.ofSeconds(20));
        }
        thread.join(20_000);

        assertThat(thread.isAlive()).isFalse();
        assertThat(ran).containsExactly(1, 2);
        second.close();
    }
}
