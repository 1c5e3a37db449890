package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class NativeHeapIT {
    /** How much comes back is the C library's business; on one without the call nothing happens. */
    @Test
    void unusedMemoryCanBeGivenBackAtAnyTime() {
        assertThatCode(NativeHeap::trim).doesNotThrowAnyException();
    }
}
