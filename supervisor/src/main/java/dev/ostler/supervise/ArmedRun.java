package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run that lies ready with the keeper. Once the keeper has launched it, what it tells of it is kept here until the state
 * machine has asked for that run. Loop thread only.
 */
final class ArmedRun {
    final RunKey key;
    final RunKey before;
    private final List<KeeperClient.Delivery> told = new ArrayList<>();
    private final List<Pid> roots = new ArrayList<>();
    private final List<Runnable> whenOver = new ArrayList<>();
    private Optional<ServiceCgroup> cgroup = Optional.empty();
    private Optional<UnwantedRun> end = Optional.empty();
    private boolean dropped;
    private boolean launched;
    private boolean accepted;

    /** @param before the run whose end it follows */
    ArmedRun(RunKey key, RunKey before) {
        this.key = key;
        this.before = before;
    }

    void in(Optional<ServiceCgroup> own) {
        cgroup = own;
    }

    Optional<ServiceCgroup> cgroup() {
        return cgroup;
    }

    /** It shall not be launched, as far as that is not too late. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    void launch() {
        launched = true;
    }

    boolean isLaunched() {
        return launched;
    }

    /** The end of the run before leads to this one. */
    void accept() {
        accepted = true;
    }

    boolean isAccepted() {
        return accepted;
    }

    /** Takes over an event of it. */
    void take(KeeperEvent.OfRun event, List<Fd> descriptors) {
        if (event instanceof KeeperEvent.Spawned spawned) {
            roots.add(spawned.pid());
            if (spawned.guarded()) {
                roots.add(new Pid(spawned.guardPid()));
            }
        }
        if (end.isPresent()) {
            end.get().onKeeperEvent(event, descriptors);
        } else {
            told.add(new KeeperClient.Delivery(event, descriptors));
        }
    }

    /** Whatever it is told goes to {@code by}, from the first event on. */
    void endBy(UnwantedRun by) {
        end = Optional.of(by);
        told.forEach(one -> by.onKeeperEvent((KeeperEvent.OfRun) one.event(), one.descriptors()));
        told.clear();
    }

    /** Whether it is being ended. */
    boolean isEnding() {
        return end.isPresent();
    }

    /** What was told so far; the descriptors are the caller's from now on. */
    List<KeeperClient.Delivery> told() {
        return told;
    }

    /** Its main process, and its guard. */
    Stream<Pid> roots() {
        return roots.stream();
    }

    /** Once nothing of it is left. */
    void whenOver(Runnable action) {
        whenOver.add(action);
    }

    void over() {
        whenOver.forEach(Runnable::run);
    }
}
