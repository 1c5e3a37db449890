package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.service.Event;
import dev.ostler.spec.ForkingSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes another process of a run its main one: the daemon that its program has left behind, or whom it names by sd_notify(3).
 * It must belong to the run, is pinned by a pidfd, and the keeper must agree, which does once its end will be known. Loop
 * thread only.
 */
final class MainProcesses {
    private final EventLoop loop;
    private final KeeperClient keeper;
    private final Members members;
    private final Logs logs;
    private final EventSink events;
    private final Map<RunKey, MainSearch> searches = new HashMap<>();

    MainProcesses(EventLoop loop, KeeperClient keeper, Members members, Logs logs, EventSink events) {
        this.loop = loop;
        this.keeper = keeper;
        this.members = members;
        this.logs = logs;
        this.events = events;
    }

    /** Looks for the daemon of a run whose program has ended, until it is found or the run is over. */
    void find(CompiledService service, LiveRun run) {
        MainSearch search = search(service, run);
        if (search.isFinding()) {
            return;
        }
        Optional<ForkingSpec> forking = service.spec().lifecycle().forking();
        search.find(() -> {
            if (forking.flatMap(ForkingSpec::pidFile).isEmpty()) {
                lookForOnlyOne(search);
            } else {
                search.lookAtFile();
            }
        });
        forking.flatMap(ForkingSpec::pidFile)
                .ifPresent(file -> search.watch(new PidFileWatch(
                        loop, file.value(), owners(service), run.startedWall(), found -> fileSays(search, found))));
        search.lookAgain();
    }

    private static Set<Integer> owners(CompiledService service) {
        Set<Integer> owners = new HashSet<>(Set.of(0));
        owners.add((int) service.target().uid());
        return owners;
    }

    private void fileSays(MainSearch search, PidFile found) {
        if (found.number().isEmpty()) {
            waits(search, found.problem());
            return;
        }
        int number = found.number().getAsInt();
        Optional<Pid> named = search.processes().byNumber(number);
        if (named.isPresent()) {
            attempt(search, named.get());
        } else {
            waits(search, "the pid file names process " + number + ", which does not belong to the service");
        }
    }

    private void lookForOnlyOne(MainSearch search) {
        List<Pid> top = search.processes().withoutParents();
        if (top.size() == 1) {
            attempt(search, top.get(0));
        } else {
            waits(search, top.size() + " processes are left, and no pid_file tells which of them is the daemon");
            search.awaitEndOf(top);
        }
    }

    /** Whom a run means by a number; neither a process nor an objection: that is the main process already. */
    record Named(Optional<Pid> process, Optional<String> objection) {}

    /** Whom a service names. */
    Named named(CompiledService service, LiveRun run, int number) {
        Optional<Pid> process = new RunProcesses(run, service.plan()).byNumber(number);
        if (process.isPresent() && process.equals(run.pid()) && !run.exitSeen()) {
            return new Named(Optional.empty(), Optional.empty());
        }
        if (process.isEmpty()) {
            return new Named(Optional.empty(), Optional.of("process " + number + " does not belong to the service"));
        }
        try (Candidate candidate = candidate(run, process.get())) {
            return new Named(process.filter(pid -> candidate.objection().isEmpty()), candidate.objection());
        }
    }

    Members members() {
        return members;
    }

    /** Who may become the main process: pinned, unless it is known now that it cannot. */
    private record Candidate(Optional<PidFd> pinned, Optional<String> objection) implements AutoCloseable {
        static Candidate refused(String objection) {
            return new Candidate(Optional.empty(), Optional.of(objection));
        }

        @Override
        public void close() {
            pinned.ifPresent(PidFd::close);
        }
    }

    /** Looked at while it is pinned, as its number may change hands. */
    private Candidate candidate(LiveRun run, Pid process) {
        Optional<PidFd> pinned = open(process);
        if (pinned.isEmpty()) {
            return Candidate.refused("process " + process + " has ended");
        }
        try {
            if (members.isMember(run, process) && pinned.get().pid().isPresent()) {
                return new Candidate(pinned, Optional.empty());
            }
        } catch (KernelException e) {
            pinned.get().close();
            throw e;
        }
        pinned.get().close();
        return Candidate.refused("process " + process + " does not belong to the service");
    }

    /** Empty when there is no such process. */
    private static Optional<PidFd> open(Pid process) {
        try {
            return Optional.of(PidFd.open(process));
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** As the service says; takes effect when its parent, if that is another process of the service, has ended. */
    void follow(CompiledService service, LiveRun run, Pid told) {
        MainSearch search = search(service, run);
        search.tell(told);
        attempt(search, told);
    }

    private MainSearch search(CompiledService service, LiveRun run) {
        return searches.computeIfAbsent(
                run.key, key -> new MainSearch(loop, run, new RunProcesses(run, service.plan()), this::attempt));
    }

    /**
     * Whether the end of the main process may not be that of the run, as another one may take its place; {@code tell} is called
     * when none does.
     */
    boolean claimsEnd(LiveRun run, Runnable tell) {
        MainSearch search = searches.get(run.key);
        if (search == null || !search.isAsking() && search.told().isEmpty()) {
            return false;
        }
        search.holdEnd(tell);
        search.told().ifPresent(told -> attempt(search, told));
        return true;
    }

    /** Whether the keeper is asked for another main process of the run; {@code then} is called when it has refused. */
    boolean isAsking(LiveRun run, Runnable then) {
        MainSearch search = searches.get(run.key);
        boolean asking = search != null && search.isAsking();
        if (asking) {
            search.holdEnd(then);
        }
        return asking;
    }

    private void attempt(MainSearch search, Pid process) {
        if (search.isAsking()) {
            return; // with the answer it is looked at again
        }
        LiveRun run = search.run();
        Candidate candidate = candidate(run, process);
        if (candidate.objection().isPresent()) {
            waits(search, candidate.objection().get());
            return;
        }
        PidFd pinned = candidate.pinned().orElseThrow();
        search.ask(process, pinned);
        keeper.send(
                new KeeperRequest.Follow(run.key, search.processes().numberInside(process)),
                List.of(pinned.fd().dup()),
                refusal -> refusal.filter(errno -> !errno.equals(Errno.EBUSY)) // asked by a supervisor that has died
                        .ifPresent(errno -> answered(search, errno)));
    }

    /** The keeper's answer; the descriptors are taken over. */
    void onFollowed(LiveRun run, KeeperEvent.Followed event, List<Fd> descriptors) {
        if (event.errno() == 0) {
            changed(run, event.pid(), PidFd.adopt(descriptors.get(0)));
        } else {
            Optional.ofNullable(searches.get(run.key)).ifPresent(search -> answered(search, new Errno(event.errno())));
        }
    }

    private void changed(LiveRun run, Pid main, PidFd process) {
        close(run.key);
        run.followed(main, process);
        logs.event(run.key, "process " + main + " is the main process now");
        events.accept(run.key.service(), new Event.MainChanged(run.key.run(), main));
    }

    private void answered(MainSearch search, Errno errno) {
        if (search.isClosed() || !search.isAsking()) {
            return;
        }
        Pid process = search.asked();
        boolean alive;
        try (PidFd pinned = search.answer().orElseThrow()) {
            alive = pinned.pid().isPresent();
        }
        if (errno.equals(Errno.ECHILD) && alive) {
            awaitOrphan(search, process);
        } else if (errno.equals(Errno.EEXIST)) {
            waits(search, "process " + process + " has another part already");
        } else {
            waits(search, "process " + process + " has ended");
        }
    }

    /** Its end will be known to Ostler once its own parent has gone. */
    private void awaitOrphan(MainSearch search, Pid process) {
        Optional<Pid> parent = search.processes().parentOf(process);
        String other = parent.map(pid -> "process " + pid).orElse("another process");
        parent.ifPresentOrElse(pid -> search.awaitEndOf(List.of(pid)), search::lookSoon);
        waits(search, "process " + process + " is a child of " + other + ", which has not ended", true);
    }

    private void waits(MainSearch search, String why) {
        waits(search, why, false);
    }

    /** @param mayCome what the service has told may still become true */
    private void waits(MainSearch search, String why, boolean mayCome) {
        LiveRun run = search.run();
        Optional<Runnable> end = search.releaseEnd();
        if (search.told().isPresent() && !(mayCome && end.isEmpty())) {
            logs.event(run.key, "MAINPID=" + search.told().get() + " is not followed: " + why);
            search.untell();
        }
        if (search.isFinding()) {
            events.accept(run.key.service(), new Event.MainAwaited(run.key.run(), why));
        } else if (search.told().isEmpty()) {
            close(run.key);
        }
        end.ifPresent(Runnable::run);
    }

    /** The run is over, or nobody waits any more. */
    void close(RunKey key) {
        MainSearch search = searches.remove(key);
        if (search != null) {
            search.close();
        }
    }
}
