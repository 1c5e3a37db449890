package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With real threads, some of which hang. */
class OffLoopIT {
    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final OffLoop offLoop = new OffLoop(loop, clock);
    private final CountDownLatch hung = new CountDownLatch(1);
    private final List<String> answers = new ArrayList<>();

    @AfterEach
    void close() {
        hung.countDown();
        loop.close();
    }

    private void turnUntil(int count) {
        for (int i = 0; i < 300 && answers.size() < count; i++) {
            loop.runOnce(Duration.ofMillis(100));
        }
    }

    private String hang() {
        try {
            hung.await();
            return "hung";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void looksThatHangDoNotHoldUpOthers() {
        for (int i = 0; i < 9; i++) {
            offLoop.ask(new ServiceName("hangs" + i), this::hang, answers::add);
        }
        offLoop.ask(new ServiceName("other"), () -> "seen", answers::add);

        turnUntil(1);
        assertThat(answers).containsExactly("seen");
    }

    @Test
    void thoseOfOneServiceAreMadeInOrder() {
        ServiceName job = new ServiceName("job");
        offLoop.ask(job, this::hang, answers::add);
        offLoop.ask(job, () -> "second", answers::add);
        offLoop.ask(job, () -> "third", answers::add);
        hung.countDown();

        turnUntil(3);
        assertThat(answers).containsExactly("hung", "second", "third");
    }
}
