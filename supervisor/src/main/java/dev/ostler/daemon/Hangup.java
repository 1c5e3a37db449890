package dev.ostler.daemon;

import dev.ostler.cli.LiveChanges;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Memfd;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, where it does not say that a terminal has hung up: the files are read again and applied. Loop thread only. */
final class Hangup {
    /** Storing something of this name tells the keeper that what the signal wants is done: no successor is told of it. */
    private static final String STORE_NAME = "reloaded";

    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private final LiveChanges changes;
    private final KeeperClient keeper;

    Hangup(LiveChanges changes, KeeperClient keeper) {
        this.changes = changes;
        this.keeper = keeper;
    }

    void onSignal() {
        LOG.info("event=signal signal=SIGHUP apply=true");
        changes.apply(new LiveChanges.Reporter() {
            @Override
            public void out(String text) {
                text.lines().forEach(line -> LOG.info("event=apply {}", line));
            }

            @Override
            public void err(String text) {
                text.lines().forEach(line -> LOG.warn("event=apply {}", line));
            }

            @Override
            public void exit(int code) {
                done();
            }
        });
    }

    private void done() {
        try {
            keeper.send(new KeeperRequest.Store(STORE_NAME), List.of(Memfd.create("ostler-reloaded")));
        } catch (KernelException e) { // no descriptors left: once more does no harm
            LOG.warn("event=reload-not-stored reason=\"{}\"", e.getMessage());
        }
    }
}
