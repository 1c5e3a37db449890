package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.cgroup.ServiceCgroups;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Memfd;
import dev.ostler.linux.Pipe;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlanEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks the keeper to run a command beside a service, which lives no longer than this supervisor. Loop thread only. */
final class CommandLauncher {
    private final KeeperClient keeper;
    private final Optional<ServiceCgroups> cgroups;
    private final Function<ServiceName, Optional<Fd>> mains;

    /** @param mains the main process of a service, while it runs; stays owned by whoever answers */
    CommandLauncher(KeeperClient keeper, Optional<ServiceCgroups> cgroups, Function<ServiceName, Optional<Fd>> mains) {
        this.keeper = keeper;
        this.cgroups = cgroups;
        this.mains = mains;
    }

    /**
     * What a launch leaves with the caller, who owns both.
     *
     * @param output what the command writes, both streams together; non-blocking
     */
    record Launched(Optional<ServiceCgroup> cgroup, Fd output) {}

    /**
     * Launches.
     *
     * @param refused called when no process comes to be
     * @throws KernelException when something that belongs to the launch cannot be made; nothing is left behind
     */
    Launched launch(Plan plan, RunKey key, Consumer<Errno> refused) {
        Pipe pipe = Descriptors.pipeToRead();
        Optional<ServiceCgroup> cgroup = Optional.empty();
        List<Fd> descriptors = new ArrayList<>();
        try {
            cgroup = cgroups.map(own -> own.create(key));
            descriptors.add(Memfd.sealed("ostler-plan", ByteBuffer.wrap(PlanEncoder.encode(plan))));
            cgroup.map(ServiceCgroup::openDirectory).ifPresent(descriptors::add);
            descriptors.add(pipe.writeEnd().dup());
            descriptors.add(pipe.writeEnd().dup());
            plan.joinedServices().forEach(joined -> descriptors.add(mainOf(joined)));
        } catch (RuntimeException e) { // of the kernel, or a plan that is too large
            descriptors.forEach(Fd::close);
            cgroup.ifPresent(ServiceCgroup::remove);
            pipe.readEnd().close();
            throw e;
        } finally {
            pipe.writeEnd().close();
        }
        keeper.send(
                new KeeperRequest.Spawn(key, Signal.KILL, Duration.ZERO, 0, false, cgroup.isPresent()),
                descriptors,
                reply -> reply.ifPresent(refused));
        return new Launched(cgroup, pipe.readEnd());
    }

    private Fd mainOf(Plan.Joined joined) {
        return mains.apply(joined.service())
                .orElseThrow(() -> new LaunchProblem("\"" + joined.service() + "\" is not running"))
                .dup();
    }

    /** That of a command which an earlier supervisor has started. */
    Optional<ServiceCgroup> reopen(RunKey key) {
        return cgroups.flatMap(own -> own.reopen(key));
    }

    /** Nothing of it is left, and all is told. */
    void forget(RunKey key) {
        keeper.send(new KeeperRequest.Ack(key), List.of());
    }
}
