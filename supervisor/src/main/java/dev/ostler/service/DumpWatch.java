package dev.ostler.service;

import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a heap dump that the processes of a run may be writing.
 *
 * @param asked what is decided as soon as it is known whether they are
 * @param bytes of it when it was last seen; {@link #NEVER} = it has not been, or is over
 * @param sinceNanos CLOCK_MONOTONIC at which the first one was seen; 0 = there was none
 * @param lookedNanos CLOCK_MONOTONIC at which the latest look began
 */
public record DumpWatch(Optional<Decision> asked, long bytes, long sinceNanos, long lookedNanos) {
    static final long NEVER = -1;

    public static final DumpWatch NONE = new DumpWatch(Optional.empty(), NEVER, 0, 0);

    /** What a dump puts off. */
    public enum Decision {
        /** The time of a start, or of a wait of the stop ladder, is over. */
        TIME_OVER,
        /** The probe has failed as often as it may. */
        UNHEALTHY,
        /** The watchdog has got no sign of life. */
        NO_SIGN_OF_LIFE
    }

    public DumpWatch {
        Objects.requireNonNull(asked, "asked");
    }

    DumpWatch asking(Decision what, Moment now) {
        return new DumpWatch(Optional.of(what), bytes, sinceNanos, now.monotonicNanos());
    }

    DumpWatch seen(long nowBytes, Moment now) {
        return new DumpWatch(Optional.empty(), nowBytes, hasBegun() ? sinceNanos : now.monotonicNanos(), lookedNanos);
    }

    /** Nobody answers any more. */
    DumpWatch unanswered() {
        return new DumpWatch(Optional.empty(), bytes, sinceNanos, lookedNanos);
    }

    /** Another one gets no more time than is left. */
    DumpWatch ended() {
        return new DumpWatch(Optional.empty(), NEVER, sinceNanos, lookedNanos);
    }

    boolean hasBegun() {
        return sinceNanos != 0;
    }

    boolean isSeen() {
        return bytes != NEVER;
    }
}
