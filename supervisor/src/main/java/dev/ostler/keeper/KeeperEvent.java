package dev.ostler.keeper;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** What the keeper tells. Records, without the descriptors that travel beside them. */
public sealed interface KeeperEvent {
    /** Events about one run of one service. */
    sealed interface OfRun extends KeeperEvent {
        RunKey key();
    }

    /**
     * First message on a new connection.
     *
     * @param children slots in use
     * @param stored descriptors in the store
     * @param restarted a JVM died before this one
     */
    record Hello(
            int version,
            int children,
            int stored,
            boolean keeperIsInit,
            boolean restarted,
            boolean detached,
            int jvmDeaths,
            int keeperPid)
            implements KeeperEvent {}

    /**
     * The child exists.
     *
     * @param guarded a guard stays as its parent
     * @param guardPid 0 without a guard
     * @param followed the main process is not the one that was launched: see {@link KeeperRequest.Follow}
     */
    record Spawned(
            RunKey key,
            Pid pid,
            boolean guarded,
            long startMonotonicNanos,
            Instant startWall,
            int guardPid,
            boolean followed)
            implements OfRun {}

    /** execve has happened. CPU and node are -1 where no affinity was asked. */
    record Running(RunKey key, int cpu, int node) implements OfRun {}

    /** The launch was refused, or ended before execve. */
    record Failed(RunKey key, Kind kind, int value, byte[] refusal) implements OfRun {
        public enum Kind {
            REFUSED,
            DIED,
            CLONE_REFUSED,
            DEADLINE
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Failed f
                    && key.equals(f.key)
                    && kind == f.kind
                    && value == f.value
                    && Arrays.equals(refusal, f.refusal);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }

    /**
     * The main process has ended.
     *
     * @param gone no guard remains: the slot's last event
     * @param nextRun with {@code gone}: number of the run that was armed and is launched now, or 0
     */
    record Exited(
            RunKey key,
            ExitStatus status,
            boolean gone,
            Duration userTime,
            Duration systemTime,
            long maxRssKib,
            long monotonicNanos,
            int nextRun)
            implements OfRun {}

    /**
     * What became of {@link KeeperRequest.Follow}; told only to who has asked. Without an error its pidfd comes with it.
     *
     * @param pid of the main process now
     * @param errno 0: it is the one that was asked for
     */
    record Followed(RunKey key, Pid pid, int errno) implements OfRun {}

    /**
     * The guard has ended: nothing of the run is left.
     *
     * @param nextRun number of the run that was armed and is launched now, or 0
     */
    record Gone(RunKey key, int nextRun) implements OfRun {}

    /** A signal was sent to the keeper. */
    record SignalReceived(Signal signal) implements KeeperEvent {}

    /** One entry of the store, during a list. */
    record Stored(String name) implements KeeperEvent {}

    /** End of a page of a list; 0 = complete. */
    record ListEnd(int nextCursor) implements KeeperEvent {}

    /** Reply to a request. */
    record Ok(int seq) implements KeeperEvent {}

    /** Reply to a request. */
    record Refused(int seq, int errno) implements KeeperEvent {}
}
