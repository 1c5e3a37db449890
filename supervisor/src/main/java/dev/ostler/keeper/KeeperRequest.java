package dev.ostler.keeper;

import dev.ostler.base.RunKey;
import dev.ostler.base.Signal;
import java.time.Duration;
import java.util.Set;

/** What the supervisor asks of the keeper, without the descriptors that travel beside it. */
public sealed interface KeeperRequest {
    /**
     * Launch a plan.
     *
     * @param stopSignal what the keeper sends if it has to stop the service alone
     * @param rank the keeper stops higher ranks first
     * @param deciding its exit code becomes the keeper's
     * @param intoCgroup the second descriptor is a cgroup v2 directory
     */
    record Spawn(RunKey key, Signal stopSignal, Duration grace, int rank, boolean deciding, boolean intoCgroup)
            implements KeeperRequest {}

    /**
     * Keeps a run ready, to be launched without being asked for when the one before it has ended and left nothing behind.
     * The descriptors are those of {@link Spawn}, and behind the cgroup directory comes the cgroup.events of the run before.
     * What is asked by {@link Disarm} before that run ends holds.
     *
     * @param after number of the run before
     * @param notBeforeNanos CLOCK_MONOTONIC: an earlier end is not followed
     * @param signals which death of the main process is
     * @param codes which exit code of it is
     */
    record Arm(Spawn spawn, int after, long notBeforeNanos, Set<Signal> signals, Set<Integer> codes)
            implements KeeperRequest {
        public Arm {
            signals = Set.copyOf(signals);
            codes = Set.copyOf(codes);
        }
    }

    /** Nothing follows this run by itself any more. ENOENT: nothing did, or it has been launched. */
    record Disarm(RunKey after) implements KeeperRequest {}

    /** Nothing follows any run by itself any more. */
    record DisarmAll() implements KeeperRequest {}

    record Store(String name) implements KeeperRequest {}

    record Drop(String name) implements KeeperRequest {}

    record Exit(int code) implements KeeperRequest {}

    record ListFrom(int cursor) implements KeeperRequest {}

    record Ack(RunKey key) implements KeeperRequest {}

    record Detach(int code) implements KeeperRequest {}

    record Adopted() implements KeeperRequest {}

    /**
     * Makes the process of the pidfd the main one of a run. Answered by {@link KeeperEvent.Followed} once it is accepted.
     *
     * @param number of the process in the pid namespace of the run's init; 0 = it has none
     */
    record Follow(RunKey key, int number) implements KeeperRequest {}
}
