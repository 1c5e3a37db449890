package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventFdIT {
    @Test
    void countsSignalsUntilDrained() {
        try (EventFd event = EventFd.create()) {
            assertThat(event.drain()).isZero();
            event.signal();
            event.signal();

            assertThat(event.drain()).isEqualTo(2);
            assertThat(event.drain()).isZero();
        }
    }

    @Test
    void aFullCounterStillWakesAndIsNoError() {
        try (EventFd event = EventFd.create()) {
            NativeBuffer max = NativeBuffer.allocate(8);
            max.bytes().putLong(0, -2); // the largest value it takes
            Descriptors.write(event.fd(), max, 0, 8);

            event.signal();

            assertThat(event.drain()).isEqualTo(-2);
        }
    }

    @Test
    void aClosedOneIsRefused() {
        EventFd event = EventFd.create();
        event.close();

        assertThatThrownBy(event::signal).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::countsSignalsUntilDrained);
    }
}
