package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known while another main process of one run is looked for. Owns what it watches. Loop thread only. */
final class MainSearch implements AutoCloseable {
    /** Beyond that the first ones must do: each end leads to another look. */
    private static final int MAX_WATCHED = 16;

    /** Of looks that came in the moment in which a process changed its parent. */
    private static final int MAX_RETRIES = 3;

    private final EventLoop loop;
    private final LiveRun run;
    private final RunProcesses processes;
    private final Runnable lookAgain;
    private final List<Watched> watched = new ArrayList<>();
    private Optional<Runnable> finding = Optional.empty();
    private Optional<String> reason = Optional.empty();
    private Optional<Pid> told = Optional.empty();
    private Optional<Runnable> heldEnd = Optional.empty();
    private Optional<Question> asked = Optional.empty();
    private boolean closed;
    private int retries;

    /**
     * What the keeper is asked.
     *
     * @param earlier it has been asked another one by a supervisor that has died, and answers that first
     */
    private record Question(Pid process, PidFd pinned, boolean earlier) {}

    private record Watched(PidFd process, Registration registration) {
        void close() {
            registration.close();
            process.close();
        }
    }

    /** @param lookAgain looks again, unless nobody looks any more */
    MainSearch(EventLoop loop, LiveRun run, RunProcesses processes, Runnable lookAgain) {
        this.lookAgain = lookAgain;
        this.loop = loop;
        this.run = run;
        this.processes = processes;
    }

    LiveRun run() {
        return run;
    }

    RunProcesses processes() {
        return processes;
    }

    /** From now on a daemon is looked for in this way. */
    void find(Runnable look) {
        finding = Optional.of(look);
        reason = Optional.empty();
    }

    /** How the daemon is looked for, if it is. */
    Optional<Runnable> finding() {
        return finding;
    }

    boolean isFinding() {
        return finding.isPresent();
    }

    void stopFinding() {
        finding = Optional.empty();
        unwatch();
    }

    /** True unless it was this already. */
    boolean setReason(String why) {
        boolean other = !reason.equals(Optional.of(why));
        reason = Optional.of(why);
        return other;
    }

    /** Looks again in the next turn; not for ever. */
    void lookSoon() {
        if (++retries <= MAX_RETRIES) {
            loop.inbox().post(lookAgain);
        }
    }

    /** The service has named this one. */
    void tell(Pid process) {
        told = Optional.of(process);
    }

    void untell() {
        told = Optional.empty();
    }

    Optional<Pid> told() {
        return told;
    }

    boolean isTold(Pid process) {
        return told.equals(Optional.of(process));
    }

    /** The end of the main process, to be told if no other one takes its place. */
    void holdEnd(Runnable tell) {
        heldEnd = Optional.of(tell);
    }

    boolean holdsEnd() {
        return heldEnd.isPresent();
    }

    Optional<Runnable> releaseEnd() {
        Optional<Runnable> end = heldEnd;
        heldEnd = Optional.empty();
        return end;
    }

    /** The keeper is asked about this one; the pidfd is taken over. */
    void ask(Pid process, PidFd pinned) {
        unwatch();
        asked = Optional.of(new Question(process, pinned, false));
    }

    boolean isAsking() {
        return asked.isPresent();
    }

    Pid asked() {
        return asked.orElseThrow().process();
    }

    /** The answer that comes next is not to this question. */
    void answersEarlier() {
        asked = asked.map(own -> new Question(own.process(), own.pinned(), true));
    }

    boolean isEarlierAnswer() {
        return asked.filter(Question::earlier).isPresent();
    }

    /** The keeper has answered; the pidfd of whom it was asked about is the caller's. */
    PidFd answer() {
        PidFd pinned = asked.orElseThrow().pinned();
        asked = Optional.empty();
        return pinned;
    }

    /** This one is the main process now. */
    void followed(Pid main) {
        stopFinding();
        if (asked.filter(own -> own.earlier() || own.process().equals(main)).isPresent()) {
            answer().close();
        }
        heldEnd = Optional.empty();
        told = told.filter(process -> !process.equals(main));
    }

    /** Looks again as soon as one of these has ended. */
    void awaitEndOf(List<Pid> others) {
        unwatch();
        others.stream().limit(MAX_WATCHED).forEach(this::awaitEndOf);
    }

    private void awaitEndOf(Pid process) {
        try {
            PidFd end = PidFd.open(process);
            watched.add(new Watched(end, loop.registerOrClose(end.fd(), end::close, (ready, now) -> ended())));
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
            loop.inbox().post(this::ended);
        }
    }

    private void ended() {
        unwatch();
        lookAgain.run();
    }

    private void unwatch() {
        watched.forEach(Watched::close);
        watched.clear();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        unwatch();
        asked.ifPresent(own -> own.pinned().close());
        asked = Optional.empty();
    }
}
