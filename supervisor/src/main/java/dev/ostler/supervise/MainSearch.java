package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What is known while another main process of one run is looked for. Owns what it watches. Loop thread only. */
final class MainSearch implements AutoCloseable {
    /** Beyond that the first ones must do: each end leads to another look. */
    private static final int MAX_WATCHED = 16;

    /** Of looks that came in the moment in which a process changed its parent. */
    private static final int MAX_RETRIES = 3;

    private final EventLoop loop;
    private final LiveRun run;
    private final RunProcesses processes;
    private final BiConsumer<MainSearch, Pid> attempt;
    private final List<Watched> watched = new ArrayList<>();
    private Optional<Runnable> finding = Optional.empty();
    private Optional<PidFileWatch> file = Optional.empty();
    private Optional<Pid> told = Optional.empty();
    private Optional<Runnable> heldEnd = Optional.empty();
    private Optional<Pid> asked = Optional.empty();
    private Optional<PidFd> pinned = Optional.empty();
    private boolean closed;
    private int retries;

    private record Watched(PidFd process, Registration registration) {
        void close() {
            registration.close();
            process.close();
        }
    }

    /** @param attempt tries to make that process the main one */
    MainSearch(EventLoop loop, LiveRun run, RunProcesses processes, BiConsumer<MainSearch, Pid> attempt) {
        this.attempt = attempt;
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
    }

    boolean isFinding() {
        return finding.isPresent();
    }

    void watch(PidFileWatch newFile) {
        file = Optional.of(newFile);
    }

    void lookAtFile() {
        file.ifPresent(PidFileWatch::look);
    }

    void lookAgain() {
        if (!closed && !isAsking()) {
            told.ifPresent(process -> attempt.accept(this, process));
        }
        if (!closed && !isAsking()) {
            finding.ifPresent(Runnable::run);
        }
    }

    /** Looks again in the next turn; not for ever. */
    void lookSoon() {
        if (++retries <= MAX_RETRIES) {
            loop.inbox().post(this::lookAgain);
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

    /** The end of the main process, to be told if no other one takes its place. */
    void holdEnd(Runnable tell) {
        heldEnd = Optional.of(tell);
    }

    Optional<Runnable> releaseEnd() {
        Optional<Runnable> end = heldEnd;
        heldEnd = Optional.empty();
        return end;
    }

    /** The keeper is asked about this one. */
    void ask(Pid process, PidFd pin) {
        unwatch();
        asked = Optional.of(process);
        pinned = Optional.of(pin);
    }

    boolean isAsking() {
        return pinned.isPresent();
    }

    Pid asked() {
        return asked.orElseThrow();
    }

    /** The keeper has answered; the pidfd of whom it was asked about is the caller's. */
    Optional<PidFd> answer() {
        Optional<PidFd> pin = pinned;
        pinned = Optional.empty();
        return pin;
    }

    /** Looks again as soon as one of these has ended. */
    void awaitEndOf(List<Pid> others) {
        unwatch();
        others.stream().limit(MAX_WATCHED).forEach(this::awaitEndOf);
    }

    private void awaitEndOf(Pid process) {
        try {
            PidFd end = PidFd.open(process);
            watched.add(new Watched(
                    end, loop.register(Priority.EXITS, end.fd(), LinuxConstants.EPOLLIN, (ready, now) -> ended())));
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
            loop.inbox().post(this::ended);
        }
    }

    private void ended() {
        unwatch();
        lookAgain();
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
        file.ifPresent(PidFileWatch::close);
        pinned.ifPresent(PidFd::close);
        pinned = Optional.empty();
    }
}
