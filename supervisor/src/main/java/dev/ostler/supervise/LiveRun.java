package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.Registration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the supervisor holds of one run while it exists. Loop thread only. */
final class LiveRun implements AutoCloseable {
    final RunKey key;
    private Optional<Pid> pid = Optional.empty();
    private Optional<PidFd> main = Optional.empty();
    private Optional<RunTree> tree = Optional.empty();
    private Optional<RunTree.OfGuard> guard = Optional.empty();
    private Optional<Registration> watch = Optional.empty();
    private Optional<LimitWatch> limits = Optional.empty();
    private Instant startedWall = Instant.EPOCH;
    private long startedNanos;
    private final boolean adopted;
    private int kills;
    private boolean byKeeper;
    private boolean followed;
    private boolean exitSeen;
    private boolean overSeen;
    private int complaints;

    /** @param adopted an earlier supervisor has started it */
    LiveRun(RunKey key, boolean adopted) {
        this.key = key;
        this.adopted = adopted;
    }

    boolean adopted() {
        return adopted;
    }

    /** Nobody has asked for it: the keeper had it ready. */
    void launchedByKeeper() {
        byKeeper = true;
    }

    boolean isByKeeper() {
        return byKeeper;
    }

    /** The pidfd is taken over. */
    void spawned(KeeperEvent.Spawned event, PidFd newMain) {
        main.ifPresent(PidFd::close);
        pid = Optional.of(event.pid());
        main = Optional.of(newMain);
        startedWall = event.startWall();
        startedNanos = event.startMonotonicNanos();
        followed = event.followed();
    }

    /** Another process is the main one from now on. */
    void followed(Pid newPid, PidFd newMain) {
        main.ifPresent(PidFd::close);
        pid = Optional.of(newPid);
        main = Optional.of(newMain);
        followed = true;
        exitSeen = false;
    }

    /** Whether the main process is not the one that was launched. */
    boolean isFollowed() {
        return followed;
    }

    Instant startedWall() {
        return startedWall;
    }

    /** CLOCK_MONOTONIC. */
    long startedNanos() {
        return startedNanos;
    }

    void trackedBy(RunTree newTree) {
        tree = Optional.of(newTree);
    }

    /**
     * A guard is the parent. The run is over when the guard says so; a cgroup, where there is one, is still the better
     * means to find and end its processes.
     */
    void guardedBy(RunTree.OfGuard newGuard) {
        if (tree.isEmpty() || tree.equals(guard)) {
            trackedBy(newGuard);
        }
        guard.ifPresent(RunTree::close);
        guard = Optional.of(newGuard);
    }

    /** Pid of the guard, where there is one. */
    Optional<Pid> guard() {
        return guard.map(RunTree.OfGuard::pid);
    }

    void watchedBy(Registration registration) {
        watch = Optional.of(registration);
    }

    boolean isWatched() {
        return watch.isPresent();
    }

    void limitedBy(LimitWatch newLimits) {
        limits = Optional.of(newLimits);
    }

    Optional<LimitWatch> limits() {
        return limits;
    }

    Optional<Pid> pid() {
        return pid;
    }

    Optional<PidFd> main() {
        return main;
    }

    Optional<ServiceCgroup> cgroup() {
        return tree.filter(RunTree.OfCgroup.class::isInstance).map(own -> ((RunTree.OfCgroup) own).cgroup());
    }

    /** Empty while it has none, or the main one is known to have ended. */
    Optional<RunningProcesses> processes() {
        if (pid.isEmpty() || exitSeen) {
            return Optional.empty();
        }
        String means = tree.map(RunTree::means).orElse("none");
        List<Pid> all = tree.map(RunTree::processes).orElse(List.of());
        return Optional.of(new RunningProcesses(pid.get(), all, means, cgroup(), guard()));
    }

    /** Empty while it has no process. */
    Optional<RunRoots> roots() {
        return guard().or(() -> pid)
                .map(ancestor -> new RunRoots(cgroup().map(ServiceCgroup::path), ancestor, guard.isPresent()));
    }

    Optional<RunTree> tree() {
        return tree;
    }

    /** How often SIGKILL was sent to all of it, this time included. */
    int countKill() {
        return ++kills;
    }

    /** What SIGKILL has not ended, although it was sent again and again. */
    Optional<String> survivors() {
        return kills < Survivors.KILLS_UNTIL_NAMED
                ? Optional.empty()
                : tree.flatMap(own -> Survivors.describe(own.processes()));
    }

    boolean exitSeen() {
        return exitSeen;
    }

    /** One more message of it that cannot be used; returns how many there were. */
    int countComplaint() {
        return ++complaints;
    }

    /** True the first time. */
    boolean seeExit() {
        boolean first = !exitSeen;
        exitSeen = true;
        return first;
    }

    /** True the first time. */
    boolean seeOver() {
        boolean first = !overSeen;
        overSeen = true;
        return first;
    }

    @Override
    public void close() {
        watch.ifPresent(Registration::close);
        limits.ifPresent(LimitWatch::close);
        main.ifPresent(PidFd::close);
        tree.ifPresent(RunTree::close);
        guard.filter(own -> !Optional.<RunTree>of(own).equals(tree)).ifPresent(RunTree::close);
    }
}
