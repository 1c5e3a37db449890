package dev.ostler.daemon;

import dev.ostler.cli.ChangeJson;
import dev.ostler.cli.ChangeText;
import dev.ostler.cli.LiveChanges;
import dev.ostler.linux.KernelException;
import dev.ostler.plan.Guard;
import dev.ostler.supervise.Change;
import dev.ostler.supervise.Changes;
import dev.ostler.supervise.CompiledProject;
import dev.ostler.supervise.Difference;
import dev.ostler.supervise.RolloutRecord;
import dev.ostler.supervise.Supervisor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the files with what is in force, and brings what is in force to what they say; one request after the other. Files
 * are read on a thread of their own. Loop thread only.
 */
final class LiveConfiguration implements LiveChanges {
    private static final Logger LOG = LoggerFactory.getLogger(LiveConfiguration.class);
    private static final int OK = 0;
    private static final int FAILED = 1;

    private final Configuration configuration;
    private final Supervisor supervisor;
    private final Guard guard;
    private final Consumer<Runnable> loop;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final List<Reporter> joined = new ArrayList<>();
    private CompiledProject inForce;
    private Optional<DiskWatch> watch = Optional.empty();
    private boolean busy;
    private boolean resuming;

    /** What is asked. */
    private enum Kind {
        DIFF,
        DIFF_FOR_PROGRAMS,
        APPLY
    }

    private record Request(Kind kind, Reporter reporter) {
        boolean apply() {
            return kind == Kind.APPLY;
        }

        void tell(List<Change> changes, List<Difference> overall) {
            reporter.out(
                    kind == Kind.DIFF_FOR_PROGRAMS ? ChangeJson.of(changes, overall) : ChangeText.of(changes, overall));
        }
    }

    /** @param loop runs what it is given on the loop thread; called by any thread */
    LiveConfiguration(
            Configuration configuration,
            Supervisor supervisor,
            CompiledProject inForce,
            Guard guard,
            Consumer<Runnable> loop) {
        this.configuration = configuration;
        this.supervisor = supervisor;
        this.inForce = inForce;
        this.guard = guard;
        this.loop = loop;
    }

    /** From now on it is known whether the files differ from what is in force. */
    void watchedBy(DiskWatch newWatch) {
        watch = Optional.of(newWatch);
        newWatch.lookSoon();
    }

    @Override
    public List<String> changedOnDisk() {
        return watch.map(DiskWatch::changed).orElse(List.of());
    }

    @Override
    public void diff(boolean json, Reporter reporter) {
        waiting.add(new Request(json ? Kind.DIFF_FOR_PROGRAMS : Kind.DIFF, reporter));
        next();
    }

    @Override
    public void apply(Reporter reporter) {
        if (resuming) { // a client that has lost the supervisor in the middle of a change, and asks again
            joined.add(reporter);
        } else {
            waiting.add(new Request(Kind.APPLY, reporter));
            next();
        }
    }

    /** Goes on with the change that an earlier supervisor was in the middle of, from what was in force before. */
    void resume(CompiledProject before, RolloutRecord record) {
        LOG.info("event=change-resumed back={}", record.back());
        busy = true;
        resuming = true;
        new LiveRollout(parts(), new Joined(joined), before, inForce).resume(record);
    }

    private LiveRollout.Parts parts() {
        return new LiveRollout.Parts(configuration, supervisor, this::cameIntoForce, loop, this::over);
    }

    /** A change is under way. */
    boolean isBusy() {
        return busy;
    }

    private void cameIntoForce(CompiledProject project) {
        inForce = project;
        watch.ifPresent(DiskWatch::otherInForce);
    }

    private void next() {
        if (busy || waiting.isEmpty()) {
            return;
        }
        busy = true;
        Request request = waiting.remove();
        Thread thread = new Thread(() -> read(request), "configuration");
        thread.setDaemon(true);
        thread.start();
    }

    private void over() {
        busy = false;
        resuming = false;
        next();
        supervisor.tellWaiters(); // who waits for this to be over
    }

    private void read(Request request) {
        Reading reading;
        try {
            reading = Reading.of(configuration, guard);
        } catch (RuntimeException e) { // of the kernel; whatever else it is concerns this request alone
            LOG.error("event=configuration-not-read", e);
            reading = new Reading.Refused(List.of("cannot read the configuration: " + e.getMessage()));
        }
        Reading came = reading;
        loop.accept(() -> came(request, came));
    }

    private void came(Request request, Reading reading) {
        Reporter reporter = request.reporter();
        if (reading instanceof Reading.Refused refused) {
            refused.problems().forEach(problem -> reporter.err(problem + "\n"));
            refuse(request, "the files have problems");
            return;
        }
        Reading.Sound sound = (Reading.Sound) reading;
        List<Change> changes = Changes.between(sound.before(), sound.after(), supervisor::status);
        sound.warnings().forEach(warning -> reporter.err("warning: " + warning + "\n"));
        request.tell(changes, sound.overall());
        if (!request.apply()) {
            reporter.exit(OK);
            over();
        } else if (supervisor.isShuttingDown()) {
            refuse(request, "the project is going down");
        } else {
            begin(request, sound, changes);
        }
    }

    private void refuse(Request request, String why) {
        if (request.apply()) {
            request.reporter().err("nothing was changed: " + why + "\n");
        }
        request.reporter().exit(FAILED);
        over();
    }

    private void begin(Request request, Reading.Sound sound, List<Change> changes) {
        try {
            new LiveRollout(parts(), request.reporter(), inForce, sound.project()).begin(sound, changes);
        } catch (KernelException e) { // no descriptors left
            refuse(request, e.getMessage());
        }
    }

    /** Tells all that have come to wait for the same change. */
    private record Joined(List<Reporter> reporters) implements Reporter {
        @Override
        public void out(String text) {
            reporters.forEach(reporter -> reporter.out(text));
        }

        @Override
        public void err(String text) {
            reporters.forEach(reporter -> reporter.err(text));
        }

        @Override
        public void exit(int code) {
            reporters.forEach(reporter -> reporter.exit(code));
            reporters.clear();
        }
    }
}
