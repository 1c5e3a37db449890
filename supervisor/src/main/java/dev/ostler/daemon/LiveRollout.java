package dev.ostler.daemon;

import dev.ostler.base.ServiceName;
import dev.ostler.cli.LiveChanges.Reporter;
import dev.ostler.cli.StartFailure;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.supervise.Change;
import dev.ostler.supervise.CompiledProject;
import dev.ostler.supervise.Rollout;
import dev.ostler.supervise.RolloutRecord;
import dev.ostler.supervise.Supervisor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One change under way: keeps what another supervisor would need, and tells whoever has asked. Loop thread only. */
final class LiveRollout implements Rollout.Journal, Rollout.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRollout.class);
    private static final int OK = 0;
    private static final int FAILED = 1;

    private final Parts parts;
    private final Reporter reporter;
    private final CompiledProject from;
    private final CompiledProject to;
    private Optional<Fd> next = Optional.empty();
    private List<Path> absent = List.of();

    /**
     * @param inForce told of each configuration that comes into force
     * @param post runs something on the loop thread a little later
     * @param over called once, when the change is over
     */
    record Parts(
            Configuration configuration,
            Supervisor supervisor,
            Consumer<CompiledProject> inForce,
            Consumer<Runnable> post,
            Runnable over) {}

    LiveRollout(Parts parts, Reporter reporter, CompiledProject from, CompiledProject to) {
        this.parts = parts;
        this.reporter = reporter;
        this.from = from;
        this.to = to;
    }

    /** @throws KernelException when what must be stored cannot be; nothing has happened then */
    void begin(Reading.Sound read, List<Change> changes) {
        next = Optional.of(Snapshot.write(read.files()));
        absent = read.absent();
        try {
            Rollout.begin(parts.supervisor(), from, to, changes, new Rollout.Parts(this, this, parts.post()));
        } catch (KernelException e) {
            parts.supervisor().releaseLaunches();
            next.ifPresent(Fd::close);
            throw e;
        }
    }

    void resume(RolloutRecord record) {
        Rollout.resume(parts.supervisor(), from, to, record, new Rollout.Parts(this, this, parts.post()));
    }

    @Override
    public void begin(RolloutRecord record, Runnable then) {
        parts.configuration().replace(next.orElseThrow(), absent, record, refusal -> {
            if (refusal.isPresent()) {
                parts.supervisor().releaseLaunches();
                end(FAILED, "nothing was changed: keeper: " + refusal.get());
            } else {
                parts.inForce().accept(to);
                parts.post().accept(then);
            }
        });
    }

    @Override
    public void turnBack(RolloutRecord record, Runnable then) {
        LOG.warn("event=change-failed");
        parts.configuration().turnBack(record, () -> {
            parts.inForce().accept(from);
            parts.post().accept(then);
        });
    }

    @Override
    public void end(Runnable then) {
        parts.configuration().settle(() -> parts.post().accept(then));
    }

    @Override
    public void failed(List<ServiceName> services, Runnable goOn) {
        StartFailure.report(parts.supervisor(), services, reporter::err, goOn);
    }

    @Override
    public void ended(Rollout.Outcome outcome) {
        LOG.info("event=change-over outcome={}", outcome);
        switch (outcome) {
            case DONE -> end(OK, "");
            case ROLLED_BACK -> end(FAILED, "rolled back: the configuration is what it was before");
            case ROLLED_BACK_WITH_FAILURES ->
                end(FAILED, "rolled back: the configuration is what it was before, but not all is up again");
            case INTERRUPTED -> end(FAILED, "not finished: the project is going down");
        }
    }

    private void end(int code, String text) {
        if (!text.isEmpty()) {
            reporter.err(text + "\n");
        }
        reporter.exit(code);
        parts.over().run();
    }
}
