package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether a trigger may start a service once more: one that leaves behind what started it would be started for ever. After some
 * starts in a short time it is left alone for a while. Loop thread only.
 */
final class StartLimit {
    static final int MOST_STARTS = 20;

    /** The time for that many, and for the rest afterwards. */
    static final Duration WITHIN = Duration.ofSeconds(10);

    private final Map<ServiceName, Deque<Long>> starts = new HashMap<>();

    /** Counts a start; false when it is one too many, after which the count begins anew. */
    boolean allows(ServiceName service, long nowNanos) {
        Deque<Long> recent = starts.computeIfAbsent(service, name -> new ArrayDeque<>());
        recent.add(nowNanos);
        while (nowNanos - recent.peek() > WITHIN.toNanos()) {
            recent.remove();
        }
        if (recent.size() <= MOST_STARTS) {
            return true;
        }
        recent.clear();
        return false;
    }

    /** {@code started 20 times within 10 s, and …}. */
    static String text(String whatIsLeft) {
        return "started " + MOST_STARTS + " times within " + WITHIN.toSeconds() + " s, and " + whatIsLeft;
    }
}
