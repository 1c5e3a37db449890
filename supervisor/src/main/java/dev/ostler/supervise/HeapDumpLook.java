package dev.ostler.supervise;

import dev.ostler.jvm.HeapDumpFiles;
import dev.ostler.linux.KernelException;
import dev.ostler.service.Event;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Looks, beside the loop, whether a run writes a heap dump. Loop thread only. */
final class HeapDumpLook {
    private final OffLoop offLoop;
    private final EventSink events;

    HeapDumpLook(OffLoop offLoop, EventSink events) {
        this.offLoop = offLoop;
        this.events = events;
    }

    void look(LiveRun run) {
        Optional<RunTree> tree = run.tree();
        offLoop.ask(
                run.key.service(),
                () -> find(tree),
                dump -> events.accept(run.key.service(), new Event.HeapDumpLooked(run.key.run(), dump)));
    }

    private static Optional<Event.HeapDump> find(Optional<RunTree> tree) {
        try {
            return tree.flatMap(own -> HeapDumpFiles.of(own.processes()))
                    .map(dump -> new Event.HeapDump(dump.name(), dump.bytes()));
        } catch (KernelException | UncheckedIOException ignored) { // the run is gone
            return Optional.empty();
        }
    }
}
