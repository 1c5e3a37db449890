package dev.ostler.spec;

import java.net.URI;
import java.time.Duration;

/** How a service proves that it is ready. */
public sealed interface ProbeSpec {
    /** From the start of the process; afterwards the launch has failed. */
    Duration timeout();

    /** Between the end of one attempt and the next. */
    Duration interval();

    /** Ready when a TCP connection is accepted. */
    record Tcp(String host, int port, Duration timeout, Duration interval) implements ProbeSpec {}

    /** Ready when GET answers with a status from 200 to 399. */
    record Http(URI uri, Duration timeout, Duration interval) implements ProbeSpec {}

    /** Ready when it says so by sd_notify(3). */
    record Notify(Duration timeout) implements Told {}

    /** Ready when it has written a line to this descriptor, as s6 has it. */
    record Descriptor(int number, Duration timeout) implements Told {}

    /** The service tells by itself: nobody asks. */
    sealed interface Told extends ProbeSpec {
        @Override
        default Duration interval() {
            return Duration.ZERO;
        }
    }
}
