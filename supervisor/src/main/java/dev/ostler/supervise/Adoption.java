package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Fd;
import dev.ostler.linux.PidFd;
import dev.ostler.output.Logs;
import dev.ostler.output.StreamTag;
import dev.ostler.service.ServiceStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A new supervisor takes over from one that has died: statuses from the state records, processes and pipes from the keeper.
 * What the old one had decided but not yet asked for is asked for again. Loop thread only, once.
 */
public final class Adoption {
    private final Supervisor supervisor;
    private final Records records;
    private final KeeperClient keeper;
    private final Logs logs;
    private final Launcher launcher;
    private final RunChannels channels;

    Adoption(
            Supervisor supervisor,
            Records records,
            KeeperClient keeper,
            Logs logs,
            Launcher launcher,
            RunChannels channels) {
        this.channels = channels;
        this.supervisor = supervisor;
        this.records = records;
        this.keeper = keeper;
        this.logs = logs;
        this.launcher = launcher;
    }

    /**
     * Takes over.
     *
     * @param stored pipes and sockets of runs by the names they are stored under; owned by this call
     * @param events of the keeper's list, in order; their descriptors are owned by this call
     */
    public void run(Map<String, Fd> stored, List<KeeperClient.Delivery> events) {
        Set<RunKey> known = new HashSet<>();
        for (KeeperClient.Delivery delivery : events) {
            known.add(((KeeperEvent.OfRun) delivery.event()).key());
        }
        Set<RunKey> ahead = new HashSet<>();
        List<ServiceName> neverAsked = restore(known, events, ahead);
        // Before anything is resumed, which may run a command again.
        events.stream().filter(Adoption::isOfCommand).forEach(this::deliver);
        Map<String, Fd> pipes = new HashMap<>(stored);
        known.stream()
                .filter(key -> supervisor.service(key.service()).isPresent())
                .forEach(key -> takeOver(key, pipes, ahead.contains(key)));
        supervisor.services().forEach(service -> removeUnused(service.name(), known));
        supervisor.listeners().adopt(supervisor.services(), pipes);
        supervisor.activations().adopt(pipes);
        supervisor.listeners().openAll(supervisor.services());
        supervisor.stored().adopt(supervisor.services(), pipes);
        pipes.forEach(this::discard);
        for (KeeperClient.Delivery delivery : events) {
            if (delivery.event() instanceof KeeperEvent.Spawned spawned
                    && !ahead.contains(spawned.key())
                    && supervisor.service(spawned.key().service()).isPresent()) {
                takeOverProcesses(spawned, delivery.descriptors());
            }
        }
        for (CompiledService service : supervisor.services()) {
            ServiceStatus status = supervisor.status(service.name());
            int run = status.run().number();
            boolean hookKnown = status.hook()
                    .filter(hook -> known.contains(new RunKey(service.name(), hook.run())))
                    .isPresent();
            supervisor.resume(service.name(), run > 0 && known.contains(new RunKey(service.name(), run)), hookKnown);
        }
        events.stream().filter(delivery -> !isOfCommand(delivery)).forEach(this::deliver);
        supervisor.lookAgain();
        supervisor.armed().resume(); // a status that has not changed was not looked at
        // The old supervisor had not come to these before it died.
        neverAsked.forEach(supervisor::startFirst);
    }

    private static boolean isOfCommand(KeeperClient.Delivery delivery) {
        return ((KeeperEvent.OfRun) delivery.event()).key().service().isOfCommand();
    }

    private void deliver(KeeperClient.Delivery delivery) {
        supervisor.onKeeperEvent((KeeperEvent.OfRun) delivery.event(), delivery.descriptors());
    }

    /** @param ahead gets the runs that the old supervisor had left with the keeper, which has launched them since */
    private List<ServiceName> restore(Set<RunKey> known, List<KeeperClient.Delivery> events, Set<RunKey> ahead) {
        records.retain(supervisor.services().stream().map(CompiledService::name).toList());
        List<ServiceName> neverAsked = new ArrayList<>();
        for (CompiledService service : supervisor.services()) {
            Optional<ServiceStatus> status = records.read(service.name());
            int latest = known.stream()
                    .filter(key -> key.service().equals(service.name()))
                    .mapToInt(RunKey::run)
                    .max()
                    .orElse(0);
            if (status.isPresent() && isAhead(status.get(), latest, events)) {
                ahead.add(new RunKey(service.name(), latest));
                supervisor.restore(status.get());
            } else if (latest > status.map(ServiceStatus::lastRun).orElse(0)) {
                supervisor.restore(ServiceStatus.found(service.name(), latest, supervisor.now()));
            } else if (status.isPresent()) {
                supervisor.restore(status.get());
            } else if (!service.spec().lifecycle().disabled()) {
                neverAsked.add(service.name());
            }
        }
        return neverAsked;
    }

    private static boolean isAhead(ServiceStatus status, int latest, List<KeeperClient.Delivery> events) {
        return latest > 1
                && latest == status.lastRun() + 1
                && events.stream()
                        .map(delivery -> (KeeperEvent.OfRun) delivery.event())
                        .filter(event -> event.key().equals(new RunKey(status.name(), latest - 1)))
                        .anyMatch(event -> ArmedRuns.next(event).orElse(0) == latest);
    }

    /** The old supervisor has died before it left it with the keeper, or it was never launched. */
    private void removeUnused(ServiceName name, Set<RunKey> known) {
        RunKey next = new RunKey(name, supervisor.status(name).lastRun() + 1);
        if (!known.contains(next)) {
            launcher.reopenCgroup(next).ifPresent(ServiceCgroup::remove);
        }
    }

    private void takeOver(RunKey key, Map<String, Fd> pipes, boolean ahead) {
        if (ahead) {
            attach(key, pipes);
            supervisor.armed().adopt(key, new RunKey(key.service(), key.run() - 1));
            return;
        }
        LiveRun run = supervisor.runs().adopt(key);
        attach(key, pipes);
        channels.adopt(key, pipes);
        Optional<ServiceCgroup> cgroup = launcher.reopenCgroup(key);
        cgroup.ifPresent(own -> supervisor.runs().track(run, own));
        supervisor.runs().watchLimits(run, cgroup);
    }

    private void attach(RunKey key, Map<String, Fd> pipes) {
        for (StreamTag tag : List.of(StreamTag.STDOUT, StreamTag.STDERR)) {
            Fd pipe = pipes.remove(Launcher.storeName(key, tag));
            if (pipe != null) {
                logs.attach(key, tag, pipe);
            }
        }
    }

    /** What is resumed may signal the processes at once; the events that bring them for good are told after that. */
    private void takeOverProcesses(KeeperEvent.Spawned spawned, List<Fd> descriptors) {
        LiveRun run = supervisor.runs().adopt(spawned.key());
        run.spawned(spawned, PidFd.adopt(descriptors.get(0).dup()));
        if (spawned.guarded()) {
            PidFd guard = PidFd.adopt(descriptors.get(1).dup());
            run.guardedBy(new RunTree.OfGuard(new Pid(spawned.guardPid()), guard));
        }
    }

    private void discard(String name, Fd pipe) {
        pipe.close();
        keeper.send(new KeeperRequest.Drop(name), List.of(), reply -> {});
    }
}
