package dev.ostler.output;

import java.io.IOException;
import java.util.Optional;

/** A place in the log of one service, from which it is read forward at the reader's own pace. Log thread only. */
interface LogCursor extends AutoCloseable {
    /** The next whole lines, each with its newline, a bounded piece of them; empty when there are none now. */
    Optional<String> next() throws IOException;

    /** From now on what is written later counts too; until then only what was there when the cursor was made. */
    void goOn();

    @Override
    void close();
}
