package dev.ostler.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.NativeBuffer;
import org.junit.jupiter.api.Test;

class StateFileIT {
    private static final int SLOT_BYTES = 4096;

    private static byte[] value(int n) {
        return ("value " + n).getBytes();
    }

    @Test
    void aRecordIsEmptyUntilItIsWrittenAndThenTheLastValue() {
        try (StateFile state = StateFile.create()) {
            assertThat(state.read(3)).isEmpty();

            for (int n = 1; n <= 5; n++) {
                state.write(3, value(n));
                assertThat(state.read(3)).contains(value(n));
            }

            assertThat(state.read(2)).isEmpty();
            assertThat(state.read(4)).isEmpty();
        }
    }

    @Test
    void theNextSupervisorReadsAndWritesOn() {
        try (StateFile state = StateFile.create()) {
            state.write(0, value(1));
            try (StateFile next = StateFile.adopt(state.fd().dup())) {
                assertThat(next.read(0)).contains(value(1));
                next.write(0, value(2));
            }

            assertThat(state.read(0)).contains(value(2));
        }
    }

    @Test
    void aTornWriteLeavesTheValueBefore() {
        try (StateFile state = StateFile.create()) {
            state.write(0, value(1)); // first slot
            state.write(0, value(2)); // second slot

            overwrite(state, 2 * SLOT_BYTES + 18, (byte) 'X'); // a byte of the newer value
            assertThat(state.read(0)).contains(value(1));

            state.write(0, value(3));
            assertThat(state.read(0)).contains(value(3));
        }
    }

    @Test
    void aDamagedHeaderLeavesTheValueBefore() {
        for (int offset = 0; offset < 16; offset++) {
            try (StateFile state = StateFile.create()) {
                state.write(0, value(1));
                state.write(0, value(2));

                overwrite(state, 2 * SLOT_BYTES + offset, (byte) 0x7f);

                assertThat(state.read(0)).as("offset " + offset).contains(value(1));
            }
        }
    }

    @Test
    void aRecordThatDoesNotFitIsRefusedAndChangesNothing() {
        try (StateFile state = StateFile.create()) {
            state.write(0, new byte[StateFile.MAX_RECORD_BYTES]);

            assertThatThrownBy(() -> state.write(0, new byte[StateFile.MAX_RECORD_BYTES + 1]))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(state.read(0)).contains(new byte[StateFile.MAX_RECORD_BYTES]);
        }
    }

    private static void overwrite(StateFile state, long position, byte value) {
        NativeBuffer one = NativeBuffer.allocate(1);
        one.bytes().put(0, value);
        Descriptors.pwrite(state.fd(), one, 0, 1, position);
    }

    @Test
    void whoWaitsSeesEachWriteAndEachSupervisorAndTheEnd() {
        try (StateFile state = StateFile.create()) {
            try (Fd reader = state.readOnly()) {
                state.write(0, value(1));
                assertThat(word(reader, 8)).isEqualTo(1);
                try (StateFile next = StateFile.adopt(state.fd().dup())) {
                    assertThat(word(reader, 8)).isEqualTo(2);
                    next.clear(0);
                    assertThat(word(reader, 8)).isEqualTo(3);
                    assertThat(word(reader, 12)).isZero();
                    next.end();
                    assertThat(word(reader, 8)).isEqualTo(4);
                    assertThat(word(reader, 12)).isEqualTo(1);
                }
            }
        }
    }

    private static int word(Fd fd, int offset) {
        NativeBuffer word = NativeBuffer.allocate(4);
        Descriptors.pread(fd, word, 0, 4, offset);
        return word.bytes().getInt(0);
    }
}
