package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.cgroup.LimitEvents;
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
import dev.ostler.output.Logs;
import dev.ostler.output.StreamTag;
import dev.ostler.plan.CgroupFile;
import dev.ostler.plan.CgroupVersion;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlanEncoder;
import dev.ostler.plan.StoredDescriptors;
import dev.ostler.spec.DirectorySpec;
import dev.ostler.spec.StopSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the keeper for one launch, with everything the service is born with. Loop thread only. */
final class Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

    private final KeeperClient keeper;
    private final Logs logs;
    private final Optional<ServiceCgroups> cgroups;
    private final LimitCgroups limits;
    private final Function<ServiceName, Optional<Fd>> mains;
    private final RunChannels channels;

    /** @param mains the main process of a service, while it runs; stays owned by whoever answers */
    Launcher(
            KeeperClient keeper,
            Logs logs,
            Optional<ServiceCgroups> cgroups,
            LimitCgroups limits,
            Function<ServiceName, Optional<Fd>> mains,
            RunChannels channels) {
        this.channels = channels;
        this.mains = mains;
        this.limits = limits;
        this.keeper = keeper;
        this.logs = logs;
        this.cgroups = cgroups;
    }

    /** Under which name the keeper holds the read end of a run's pipe, so that it survives the supervisor. */
    static String storeName(RunKey key, StreamTag tag) {
        return "log/" + key.service() + "/" + key.run() + "/" + tag.text();
    }

    /**
     * Launches.
     *
     * @param plan of the service or of a hook
     * @param refused called when no process comes to be
     * @return the cgroup the run is in, where there is one
     * @throws KernelException when something that belongs to the launch cannot be made; nothing is left behind
     */
    Optional<ServiceCgroup> launch(CompiledService service, Plan plan, RunKey key, Consumer<Errno> refused) {
        return make(service, plan, key, Optional.empty(), request -> request, reply -> reply.ifPresent(refused));
    }

    /**
     * Leaves a run with the keeper, made as {@link #launch} makes one, for the time when the one before has ended.
     *
     * @param before the cgroup of that, where it has one
     * @param reply called when the keeper has taken it or not
     */
    Optional<ServiceCgroup> arm(
            CompiledService service,
            RunKey key,
            Optional<ServiceCgroup> before,
            Function<KeeperRequest.Spawn, KeeperRequest.Arm> request,
            Consumer<Optional<Errno>> reply) {
        return make(service, service.plan(), key, before.map(ServiceCgroup::events), request, reply);
    }

    private Optional<ServiceCgroup> make(
            CompiledService service,
            Plan plan,
            RunKey key,
            Optional<Fd> eventsBefore,
            Function<KeeperRequest.Spawn, ? extends KeeperRequest> request,
            Consumer<Optional<Errno>> reply) {
        Optional<ServiceCgroup> cgroup = cgroups.map(own -> own.create(key));
        keeper.together(() -> {
            List<Fd> descriptors = descriptors(service, plan, key, cgroup, eventsBefore);
            keeper.send(request.apply(spawn(service, key, cgroup.isPresent())), descriptors, reply);
        });
        return cgroup;
    }

    /** In the order of the protocol; they are the caller's. */
    private List<Fd> descriptors(
            CompiledService service, Plan plan, RunKey key, Optional<ServiceCgroup> cgroup, Optional<Fd> eventsBefore) {
        List<Fd> descriptors = new ArrayList<>();
        boolean ownCommand = plan == service.plan(); // a hook is given nothing of what its service gets
        List<Fd> stored = new ArrayList<>();
        try {
            List<String> names = ownCommand ? channels.stored(service, key, stored) : List.of();
            Plan complete = StoredDescriptors.among(plan, service.spec(), names);
            descriptors.add(Memfd.sealed("ostler-plan", ByteBuffer.wrap(PlanEncoder.encode(complete))));
            cgroup.map(ServiceCgroup::openDirectory).ifPresent(descriptors::add);
            eventsBefore.map(Fd::dup).ifPresent(descriptors::add);
            descriptors.add(pipe(key, StreamTag.STDOUT));
            descriptors.add(pipe(key, StreamTag.STDERR));
            if (ownCommand) {
                descriptors.addAll(channels.open(service, key));
            }
            descriptors.addAll(limit(service, key, cgroup));
            if (!service.spec().sandbox().join().isEmpty()) {
                service.plan().joinedServices().forEach(joined -> descriptors.add(mainOf(joined)));
            }
            descriptors.addAll(stored);
        } catch (KernelException | LaunchProblem e) {
            descriptors.forEach(Fd::close);
            stored.forEach(Fd::close);
            cgroup.ifPresent(ServiceCgroup::remove);
            removeLimits(service, key);
            throw e;
        }
        return descriptors;
    }

    private Fd mainOf(Plan.Joined joined) {
        return mains.apply(joined.service())
                .orElseThrow(() -> new LaunchProblem("cannot join namespaces of \"" + joined.service()
                        + "\": it is not running at " + joined.origin()))
                .dup();
    }

    /** Writes the limits; returns a descriptor for each v1 cgroup that the process has to join by itself. */
    private List<Fd> limit(CompiledService service, RunKey key, Optional<ServiceCgroup> cgroup) {
        if (service.plan().cgroup().isEmpty()) {
            return List.of();
        }
        Map<String, Path> directories = new LinkedHashMap<>();
        for (CgroupFile file : service.plan().cgroup()) {
            try {
                Path directory = file.version() == CgroupVersion.V1
                        ? directories.computeIfAbsent(file.controller(), name -> limits.make(name, key))
                        : second(file, cgroup);
                LimitCgroups.write(directory.resolve(file.file()), file.value());
            } catch (KernelException e) {
                throw new LaunchProblem(e.getMessage() + " at " + file.origin(), e);
            }
        }
        return service.plan().joinedControllers().stream()
                .map(name -> LimitCgroups.procs(directories.get(name)))
                .toList();
    }

    private Path second(CgroupFile file, Optional<ServiceCgroup> cgroup) {
        ServiceCgroup own =
                cgroup.orElseThrow(() -> new KernelException("mkdir", "cgroup for " + file.file(), Errno.EACCES));
        cgroups.orElseThrow().enable(file.controller());
        return own.path();
    }

    /** What the kernel counts about the limits of a run; empty where it has none, or nobody may know. */
    Optional<LimitEvents> limitEvents(CompiledService service, RunKey key, Optional<ServiceCgroup> cgroup) {
        try {
            return LimitEvents.open(limitedIn("memory", service, key, cgroup), limitedIn("pids", service, key, cgroup));
        } catch (KernelException e) {
            LOG.warn(
                    "service={} run={} event=limits-not-watched reason=\"{}\"",
                    key.service(),
                    key.run(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<LimitEvents.Place> limitedIn(
            String controller, CompiledService service, RunKey key, Optional<ServiceCgroup> cgroup) {
        Optional<CgroupFile> limit = service.plan().cgroup().stream()
                .filter(file -> file.controller().equals(controller))
                .findFirst();
        if (limit.isEmpty()) {
            return Optional.empty();
        }
        boolean first = limit.get().version() == CgroupVersion.V1;
        Optional<Path> directory = first ? limits.existing(controller, key) : cgroup.map(ServiceCgroup::path);
        return directory.map(path -> new LimitEvents.Place(path, first));
    }

    /** After the end of a run. */
    void removeLimits(CompiledService service, RunKey key) {
        if (!service.plan().cgroup().isEmpty()) {
            limits.remove(service.plan().joinedControllers(), key);
        }
    }

    private static KeeperRequest.Spawn spawn(CompiledService service, RunKey key, boolean intoCgroup) {
        StopSpec stop = service.spec().stop();
        return new KeeperRequest.Spawn(key, stopSignal(stop), stop.grace(), service.rank(), false, intoCgroup);
    }

    private static Signal stopSignal(StopSpec stop) {
        for (StopSpec.Step step : stop.steps()) {
            if (step instanceof StopSpec.Step.Send send) {
                return send.signal();
            }
        }
        return Signal.KILL;
    }

    /** Directories come before the descriptors, as making them may fail for reasons people have to see. */
    static void makeDirectories(CompiledService service) {
        for (DirectorySpec directory : service.spec().process().directories()) {
            try {
                ServiceDirectories.make(directory, service.target());
            } catch (KernelException e) {
                throw new LaunchProblem(e.getMessage() + " at " + directory.origin(), e);
            }
        }
    }

    /** The write end; the read end goes to the log thread, and a copy of it to the keeper. */
    private Fd pipe(RunKey key, StreamTag tag) {
        Pipe pipe = Descriptors.pipeToRead();
        try {
            keeper.send(
                    new KeeperRequest.Store(storeName(key, tag)),
                    List.of(pipe.readEnd().dup()));
        } catch (KernelException e) {
            pipe.readEnd().close();
            pipe.writeEnd().close();
            throw e;
        }
        logs.attach(key, tag, pipe.readEnd());
        return pipe.writeEnd();
    }

    /** Whether each run has a cgroup of its own. */
    boolean usesCgroups() {
        return cgroups.isPresent();
    }

    /** Of a run that never was, or is over. */
    void dropPipes(RunKey key) {
        keeper.send(new KeeperRequest.Drop(storeName(key, StreamTag.STDOUT)), List.of(), reply -> {});
        keeper.send(new KeeperRequest.Drop(storeName(key, StreamTag.STDERR)), List.of(), reply -> {});
    }

    Optional<ServiceCgroup> reopenCgroup(RunKey key) {
        return cgroups.flatMap(own -> own.reopen(key));
    }
}
