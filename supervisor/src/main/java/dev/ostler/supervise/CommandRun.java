package dev.ostler.supervise;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.Timer;
import dev.ostler.plan.LaunchFailure;
import dev.ostler.plan.Plan;
import dev.ostler.plan.RefusalRecord;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a command beside a service. It has one result: of its main process, of its deadline, or of what kept it from running.
 * Then all that is left of it is killed. Loop thread only.
 */
final class CommandRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRun.class);

    final LiveRun live;
    private Optional<CommandOutput> output = Optional.empty();
    private Optional<Request> request;
    private Optional<Timer> timer = Optional.empty();
    private boolean killing;

    /**
     * What is run, and for whom.
     *
     * @param listener gets the result, empty for a success
     */
    record Request(String program, Plan plan, Consumer<Optional<String>> listener) {}

    /** @param request without one nobody is interested */
    CommandRun(LiveRun live, Optional<Request> request) {
        this.live = live;
        this.request = request;
    }

    void writesTo(CommandOutput to) {
        output = Optional.of(to);
    }

    /** In place of the one there was. */
    void waitsFor(Timer next) {
        timer.ifPresent(Timer::cancel);
        timer = Optional.of(next);
    }

    /** The descriptors are taken over. */
    void spawned(KeeperEvent.Spawned event, List<Fd> descriptors) {
        live.spawned(event, PidFd.adopt(descriptors.get(0)));
        if (event.guarded()) {
            live.guardedBy(new RunTree.OfGuard(new Pid(event.guardPid()), PidFd.adopt(descriptors.get(1))));
        }
        if (killing) { // its deadline came first
            kill();
        }
    }

    /** It ended by itself, or because it was killed. */
    void exited(ExitStatus status) {
        live.seeExit();
        if (status.isExited() && status.code() == 0) {
            result(Optional.empty());
            return;
        }
        output.ifPresent(CommandOutput::read);
        String said = output.map(CommandOutput::lastLine).orElse("");
        result(Optional.of(status + (said.isEmpty() ? "" : ": " + said)));
    }

    /** It has not been executed. */
    void refused(KeeperEvent.Failed failed) {
        request.ifPresent(asked -> fails(text(asked, failed)));
    }

    private static String text(Request asked, KeeperEvent.Failed failed) {
        return switch (failed.kind()) {
            case REFUSED -> LaunchFailure.describe(asked.program(), asked.plan(), RefusalRecord.of(failed.refusal()));
            case DIED -> LaunchFailure.died(asked.program(), new ExitStatus(failed.value()));
            case CLONE_REFUSED -> LaunchFailure.cloneRefused(asked.program(), failed.value());
            case DEADLINE ->
                LaunchFailure.deadline(asked.program(), asked.plan().deadline());
        };
    }

    void fails(String why) {
        result(Optional.of(why));
    }

    private void result(Optional<String> failure) {
        Optional<Request> told = request;
        request = Optional.empty();
        told.ifPresent(asked -> asked.listener().accept(failure));
    }

    /** Nobody is interested any more. */
    void abandon() {
        request = Optional.empty();
    }

    /** Repeated until it is over, as something may have forked between look and kill. */
    void kill() {
        killing = true;
        try {
            live.tree().ifPresent(RunTree::killAll);
        } catch (KernelException | UncheckedIOException e) { // tried again
            LOG.warn(
                    "service={} run={} event=kill-failed reason=\"{}\"",
                    live.key.service(),
                    live.key.run(),
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        timer.ifPresent(Timer::cancel);
        output.ifPresent(CommandOutput::close);
        live.close();
    }
}
