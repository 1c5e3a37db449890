package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The commands that run beside services now, of their probes and stop ladders. Each has a deadline of its own; what an
 * earlier supervisor has started is killed, as nobody waits for its result. Loop thread only.
 */
final class CommandRuns {
    private static final Duration KILL_INTERVAL = Duration.ofSeconds(1);
    private static final int READ_BYTES = 64 * 1024;

    private final EventLoop loop;
    private final Clock clock;
    private final CommandLauncher launcher;
    private final Runnable onOver;
    private final NativeBuffer buffer = NativeBuffer.allocate(READ_BYTES);
    private final Map<RunKey, CommandRun> runs = new HashMap<>();
    private final Map<ServiceName, Integer> numbers = new HashMap<>();

    /** @param onOver called whenever nothing is left of one */
    CommandRuns(EventLoop loop, Clock clock, CommandLauncher launcher, Runnable onOver) {
        this.loop = loop;
        this.clock = clock;
        this.launcher = launcher;
        this.onOver = onOver;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** The processes that all others of a command descend from. */
    List<Pid> roots() {
        List<Pid> roots = new ArrayList<>();
        for (CommandRun run : runs.values()) {
            run.live.pid().ifPresent(roots::add);
            run.live.guard().ifPresent(roots::add);
        }
        return roots;
    }

    boolean isRunning(RunKey key) {
        return runs.containsKey(key);
    }

    /**
     * Runs a command once.
     *
     * @param listener gets the one result: why it failed, empty when it succeeded
     */
    RunKey start(
            ServiceName service, String program, Plan plan, Duration timeout, Consumer<Optional<String>> listener) {
        ServiceName name = ServiceName.ofCommand(service);
        RunKey key = new RunKey(name, numbers.merge(name, 1, Integer::sum));
        CommandRun run =
                new CommandRun(new LiveRun(key, false), Optional.of(new CommandRun.Request(program, plan, listener)));
        runs.put(key, run);
        try {
            CommandLauncher.Launched launched = launcher.launch(plan, key, errno -> {
                run.fails("keeper: " + errno);
                over(key);
            });
            run.writesTo(new CommandOutput(launched.output(), loop, buffer, () -> {
                run.fails("wrote more than " + CommandOutput.MAX_BYTES + " bytes");
                end(key);
            }));
            launched.cgroup().ifPresent(cgroup -> track(run, cgroup));
            after(timeout, run, () -> {
                run.fails("still running after " + timeout.toMillis() + " ms");
                end(key);
            });
        } catch (RuntimeException e) { // the kernel refuses for the moment, out of descriptors or memory
            run.fails(String.valueOf(e.getMessage()));
            over(key);
        }
        return key;
    }

    /** No result comes any more. */
    void abandon(RunKey key) {
        CommandRun run = runs.get(key);
        if (run != null) {
            run.abandon();
            end(key);
        }
    }

    private void track(CommandRun run, ServiceCgroup cgroup) {
        run.live.trackedBy(new RunTree.OfCgroup(cgroup));
        run.live.watchedBy(loop.register(
                Priority.EXITS, cgroup.events(), LinuxConstants.EPOLLPRI, (ready, now) -> changed(run, cgroup)));
    }

    private void changed(CommandRun run, ServiceCgroup cgroup) {
        boolean populated = cgroup.isPopulated(); // read in any case: that alone makes epoll quiet again
        if (run.live.exitSeen() && !populated && run.live.guard().isEmpty()) {
            gone(run.live.key);
        }
    }

    private void after(Duration delay, CommandRun run, Runnable then) {
        run.waitsFor(loop.timers().schedule(clock.monotonicNanos() + delay.toNanos(), then));
    }

    /** Kills until it is over. */
    private void end(RunKey key) {
        CommandRun run = runs.get(key);
        if (run != null) {
            run.kill();
            after(KILL_INTERVAL, run, () -> end(key));
        }
    }

    /** An event of the keeper about a command; the descriptors are taken over. */
    void onKeeperEvent(KeeperEvent.OfRun event, List<Fd> descriptors) {
        RunKey key = event.key();
        CommandRun run = runs.computeIfAbsent(key, this::adopt);
        if (event instanceof KeeperEvent.Spawned spawned) {
            run.spawned(spawned, descriptors);
        } else if (event instanceof KeeperEvent.Failed failed) {
            run.refused(failed);
            if (failed.kind() == KeeperEvent.Failed.Kind.CLONE_REFUSED) {
                launcher.forget(key);
                over(key);
            }
        } else if (event instanceof KeeperEvent.Exited exited) {
            run.exited(exited.status());
            exited(run, exited.gone());
        } else if (event instanceof KeeperEvent.Gone) {
            gone(key);
        }
    }

    /** One that an earlier supervisor has started. */
    private CommandRun adopt(RunKey key) {
        numbers.merge(key.service(), key.run(), Math::max);
        CommandRun run = new CommandRun(new LiveRun(key, true), Optional.empty());
        launcher.reopen(key).ifPresent(cgroup -> track(run, cgroup));
        run.kill(); // and again as soon as its process is known
        after(KILL_INTERVAL, run, () -> end(key));
        return run;
    }

    private void exited(CommandRun run, boolean gone) {
        boolean hasGuard = run.live.guard().isPresent();
        boolean empty = run.live.cgroup().map(cgroup -> !cgroup.isPopulated()).orElse(gone);
        if (hasGuard ? gone : empty) {
            gone(run.live.key);
        } else {
            end(run.live.key); // what it leaves behind
        }
    }

    private void gone(RunKey key) {
        launcher.forget(key);
        over(key);
    }

    private void over(RunKey key) {
        CommandRun run = runs.remove(key);
        if (run != null) {
            run.close();
            onOver.run();
        }
    }
}
