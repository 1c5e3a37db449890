package dev.ostler.supervise;

import dev.ostler.base.Clock;
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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes another process of a run its main one: the daemon that its program has left behind, or whom it names by sd_notify(3).
 * It must belong to the run, is pinned by a pidfd, and the keeper must agree, which does once its end will be known. What the
 * kernel refuses for the moment, out of descriptors or memory, is tried again. Loop thread only.
 */
final class MainProcesses {
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(MainProcesses.class);

    private final EventLoop loop;
    private final Clock clock;
    private final KeeperClient keeper;
    private final Members members;
    private final PidFiles pidFiles;
    private final Logs logs;
    private final EventSink events;
    private final Map<RunKey, MainSearch> searches = new HashMap<>();

    MainProcesses(
            EventLoop loop,
            Clock clock,
            KeeperClient keeper,
            Members members,
            PidFiles pidFiles,
            Logs logs,
            EventSink events) {
        this.loop = loop;
        this.clock = clock;
        this.keeper = keeper;
        this.members = members;
        this.pidFiles = pidFiles;
        this.logs = logs;
        this.events = events;
    }

    Members members() {
        return members;
    }

    private MainSearch search(CompiledService service, LiveRun run) {
        return searches.computeIfAbsent(
                run.key,
                key -> new MainSearch(
                        loop, run, new RunProcesses(run, service.plan()), () -> lookAgain(searches.get(key))));
    }

    /** Looks for the daemon of a run whose program has ended, until it is found or the run is over. */
    void find(CompiledService service, LiveRun run) {
        MainSearch search = search(service, run);
        Optional<Path> file = pidFile(service);
        if (file.isPresent() && !search.isFinding()) {
            Set<Integer> owners = Set.copyOf(List.of(0, (int) service.target().uid()));
            PidFile.Place place = new PidFile.Place(file.get(), owners, run.startedWall());
            pidFiles.await(run.key, place, found -> fileSays(search, found));
        }
        search.find(file.isPresent() ? () -> pidFiles.look(run.key) : () -> lookForOnlyOne(search));
        lookAgain(search);
    }

    private static Optional<Path> pidFile(CompiledService service) {
        return service.spec()
                .lifecycle()
                .forking()
                .flatMap(ForkingSpec::pidFile)
                .map(file -> file.value());
    }

    /** The start is over, however it went; whom the service has named may still become the main process. */
    void stopFinding(RunKey key) {
        MainSearch search = searches.get(key);
        if (search != null && search.isFinding()) {
            search.stopFinding();
            closeUnlessNeeded(search);
        }
    }

    /** @param search null when it is over */
    private void lookAgain(MainSearch search) {
        if (search != null) {
            search.told().ifPresent(process -> attempt(search, process, ""));
            search.finding().ifPresent(look -> trying(search, look));
        }
    }

    private void trying(MainSearch search, Runnable task) {
        if (search.isClosed() || search.isAsking()) { // with the answer it is looked at again
            return;
        }
        try {
            task.run();
        } catch (KernelException | UncheckedIOException e) {
            RunKey key = search.run().key;
            LOG.warn("service={} run={} event=main-not-known reason=\"{}\"", key.service(), key.run(), e.getMessage());
            tryLater(search, task);
        }
    }

    private void tryLater(MainSearch search, Runnable task) {
        loop.timers().schedule(clock.monotonicNanos() + RETRY_INTERVAL.toNanos(), () -> trying(search, task));
    }

    private void fileSays(MainSearch search, PidFile found) {
        if (found.number().isEmpty()) {
            awaited(search, found.problem());
            return;
        }
        trying(search, () -> fileNames(search, found.number().getAsInt(), found.problem()));
    }

    /** @param doubt why the file may be of an earlier run, or empty */
    private void fileNames(MainSearch search, int number, String doubt) {
        Optional<Pid> named = search.processes().byNumber(number);
        boolean doubtful = !doubt.isEmpty();
        if (named.isEmpty()) {
            String stranger = "the pid file names process " + number + ", which does not belong to the service";
            awaited(search, doubtful ? doubt : stranger);
        } else if (doubtful && search.processes().isNamespaced()) { // whose numbers are those of the run before again
            awaited(search, doubt);
        } else {
            attempt(search, named.get(), doubtful ? doubt + ": " : "");
        }
    }

    private void lookForOnlyOne(MainSearch search) {
        List<Pid> top = search.processes().withoutParents();
        if (top.size() == 1) {
            attempt(search, top.get(0), "");
        } else {
            awaited(search, top.size() + " processes are left, and no pid_file tells which of them is the daemon");
            if (top.isEmpty()) { // the one that there was may have ended while it was looked at
                search.lookSoon();
            }
            search.awaitEndOf(top);
        }
    }

    /**
     * As the service says; takes effect when its parent, if that is another process of the service, has ended, and not before the
     * end of a program that is to leave a daemon behind, which may fail.
     */
    void follow(CompiledService service, LiveRun run, Pid told) {
        MainSearch search = search(service, run);
        search.tell(told);
        if (!isProgram(service, run) || run.exitSeen()) {
            attempt(search, told, "");
        }
    }

    /**
     * Whether the end of the main process may not be that of the run, as another one may take its place; {@code tell} is called
     * when none does.
     */
    boolean claimsEnd(CompiledService service, LiveRun run, KeeperEvent.Exited end, Runnable tell) {
        MainSearch search = searches.get(run.key);
        boolean mayBeOther =
                search != null && (search.isAsking() || search.told().isPresent());
        if (endsStart(service, run, end)) {
            return false;
        }
        if (mayBeOther) {
            search.holdEnd(tell);
            search.told().ifPresent(told -> attempt(search, told, ""));
            return true;
        }
        boolean guessed = isEarlyGuess(service, run, end);
        if (guessed) {
            MainSearch another = search(service, run);
            another.holdEnd(tell);
            trying(another, () -> guessAgain(another));
        }
        return guessed;
    }

    /** Whether a program has failed that was to leave a daemon behind: then the daemon does not count. */
    boolean endsStart(CompiledService service, LiveRun run, KeeperEvent.Exited end) {
        return isProgram(service, run) && !end.status().isSuccess();
    }

    private static boolean isProgram(CompiledService service, LiveRun run) {
        return service.spec().lifecycle().forking().isPresent() && !run.isFollowed();
    }

    /** Who was the only process that was left may have been on its way into the background too. */
    private static boolean isEarlyGuess(CompiledService service, LiveRun run, KeeperEvent.Exited end) {
        Optional<Duration> timeout = service.spec().lifecycle().forking().map(ForkingSpec::timeout);
        boolean early = timeout.isPresent()
                && end.monotonicNanos() - run.startedNanos() < timeout.get().toNanos();
        return early
                && run.isFollowed()
                && pidFile(service).isEmpty()
                && end.status().isSuccess();
    }

    private void guessAgain(MainSearch search) {
        List<Pid> top = search.processes().withoutParents();
        if (top.size() == 1) {
            ask(search, top.get(0), "");
        } else {
            closeUnlessNeeded(search);
            search.releaseEnd().ifPresent(Runnable::run);
        }
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

    /** @param doubt begins what is said of one that cannot be it */
    private void attempt(MainSearch search, Pid process, String doubt) {
        trying(search, () -> ask(search, process, doubt));
    }

    private void ask(MainSearch search, Pid process, String doubt) {
        LiveRun run = search.run();
        MainCandidate candidate = MainCandidate.of(members, run, process);
        if (candidate.objection().isPresent()) {
            refused(search, process, doubt + candidate.objection().get(), false);
            return;
        }
        PidFd pinned = candidate.pinned().orElseThrow();
        int number;
        Fd given;
        try {
            number = search.processes().numberInside(process);
            given = pinned.fd().dup();
        } catch (KernelException e) {
            pinned.close();
            throw e;
        }
        search.ask(process, pinned);
        keeper.send(
                new KeeperRequest.Follow(run.key, number),
                List.of(given),
                refusal -> refusal.ifPresent(errno -> notAsked(search, errno)));
    }

    private void notAsked(MainSearch search, Errno errno) {
        if (errno.equals(Errno.EBUSY) && search.isAsking()) { // asked by a supervisor that has died
            search.answersEarlier();
        } else {
            answered(search, errno);
        }
    }

    /** The keeper's answer; the descriptors are taken over. */
    void onFollowed(LiveRun run, KeeperEvent.Followed event, List<Fd> descriptors) {
        if (event.errno() == 0) {
            changed(run, event.pid(), PidFd.adopt(descriptors.get(0)));
        } else {
            Optional.ofNullable(searches.get(run.key)).ifPresent(search -> answered(search, new Errno(event.errno())));
        }
    }

    /** This one is the main process; whom the service has named beside it may still become that. */
    void known(RunKey key, Pid main) {
        MainSearch search = searches.get(key);
        if (search != null) {
            search.followed(main);
            closeUnlessNeeded(search);
        }
    }

    private void changed(LiveRun run, Pid main, PidFd process) {
        run.followed(main, process);
        known(run.key, main);
        logs.event(run.key, "process " + main + " is the main process now");
        events.accept(run.key.service(), new Event.MainChanged(run.key.run(), main));
        lookAgain(searches.get(run.key)); // another one may have been told meanwhile
    }

    private void answered(MainSearch search, Errno errno) {
        if (search.isClosed() || !search.isAsking()) {
            return;
        }
        boolean earlier = search.isEarlierAnswer();
        Pid process = search.asked();
        boolean alive = isAlive(search.answer());
        if (earlier) {
            attempt(search, process, "");
        } else if (errno.equals(Errno.EAGAIN)) {
            tryLater(search, () -> ask(search, process, ""));
        } else if (errno.equals(Errno.ECHILD) && alive) {
            trying(search, () -> awaitOrphan(search, process));
        } else {
            refused(search, process, "process " + process + " " + why(errno), false);
        }
    }

    /** Not reaped yet, as far as that can be known now. */
    private static boolean isAlive(PidFd process) {
        try (process) {
            return process.pid().isPresent();
        } catch (KernelException ignored) { // out of descriptors
            return true;
        }
    }

    private static String why(Errno errno) {
        if (errno.equals(Errno.EEXIST)) {
            return "has another part already";
        }
        boolean ended = errno.equals(Errno.ESRCH) || errno.equals(Errno.ECHILD);
        return ended ? "has ended" : "cannot be followed: " + errno;
    }

    /** Its end will be known to Ostler once its own parent has gone. */
    private void awaitOrphan(MainSearch search, Pid process) {
        Optional<Pid> parent = search.processes().parentOf(process);
        String other = parent.map(pid -> "process " + pid).orElse("another process");
        parent.ifPresentOrElse(pid -> search.awaitEndOf(List.of(pid)), search::lookSoon);
        refused(search, process, "process " + process + " is a child of " + other + ", which has not ended", true);
    }

    /** @param mayCome it may become true what the service has told */
    private void refused(MainSearch search, Pid process, String why, boolean mayCome) {
        boolean told = search.isTold(process);
        if (told && !(mayCome && !search.holdsEnd())) {
            logs.event(search.run().key, "MAINPID=" + process + " is not followed: " + why);
            search.untell();
        }
        awaited(search, why);
        if (!told && search.told().isPresent()) { // meanwhile
            attempt(search, search.told().get(), "");
            return;
        }
        closeUnlessNeeded(search);
        search.releaseEnd().ifPresent(Runnable::run);
        if (told && search.told().isEmpty()) { // what was found meanwhile has not been asked for
            search.finding().ifPresent(look -> trying(search, look));
        }
    }

    /** Told once, unless something else was told meanwhile. */
    private void awaited(MainSearch search, String why) {
        RunKey key = search.run().key;
        if (search.isFinding() && search.setReason(why)) {
            events.accept(key.service(), new Event.MainAwaited(key.run(), why));
        }
    }

    private void closeUnlessNeeded(MainSearch search) {
        RunKey key = search.run().key;
        if (!search.isFinding()) {
            pidFiles.close(key);
        }
        boolean needed =
                search.isFinding() || search.isAsking() || search.told().isPresent();
        if (!needed && searches.get(key) == search) {
            searches.remove(key);
            search.close();
        }
    }

    /** The run is over. */
    void close(RunKey key) {
        MainSearch search = searches.remove(key);
        if (search != null) {
            search.close();
        }
        pidFiles.close(key);
    }
}
