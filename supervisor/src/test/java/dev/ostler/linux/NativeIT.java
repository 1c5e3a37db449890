package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.CLOCK_MONOTONIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class NativeIT {
    @Test
    void nanoTimeIsTheClockMonotonicOfC() {
        Clock clock = new SystemClock();
        NativeBuffer timespec = NativeBuffer.allocate(16);

        for (int i = 0; i < 100; i++) {
            long before = clock.monotonicNanos();
            TestLibC.C.clock_gettime(CLOCK_MONOTONIC, timespec.pointer());
            long after = clock.monotonicNanos();

            long c = timespec.bytes().getLong(0) * 1_000_000_000L
                    + timespec.bytes().getLong(8);
            assertThat(c).isBetween(before, after);
        }
    }

    @Test
    void theWallClockIsTheHosts() {
        assertThat(new SystemClock().wall()).isBetween(Instant.now().minusSeconds(5), Instant.now());
    }

    @Test
    void errnoBelongsToTheThreadThatFailed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                results.add(threads.submit(t % 2 == 0 ? mismatches(-1, 9) : mismatches(0, 22)));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** fcntl of a bad descriptor is EBADF, an unknown command on a good one EINVAL. */
    private static Callable<Integer> mismatches(int fd, int errno) {
        return () -> {
            int wrong = 0;
            for (int i = 0; i < 20_000; i++) {
                int result = Native.C.fcntl(fd, 9_999, 0);
                Errno actual = Native.lastError();
                wrong += result == -1 && actual.number() == errno ? 0 : 1;
            }
            return wrong;
        };
    }

    @Test
    void freshMemoryIsZeroAndPointersReachIntoIt() {
        NativeBuffer buffer = NativeBuffer.allocate(32);

        for (int i = 0; i < 32; i++) {
            assertThat(buffer.bytes().get(i)).isZero();
        }
        buffer.bytes().putLong(8, 0x1122334455667788L);
        assertThat(buffer.pointer(8).getLong(0)).isEqualTo(0x1122334455667788L);
        assertThat(buffer.pointer(8).address()).isEqualTo(buffer.address() + 8);
    }
}
