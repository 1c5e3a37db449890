package dev.ostler.daemon;

import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Memfd;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.supervise.RolloutRecord;
import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What this supervisor supervises: read from the disk by {@code up} and by each change, from the keeper's snapshot otherwise.
 * The keeper holds the bytes of the configuration in force as {@code config}, and in the middle of a change those before it
 * as {@code config-before} and the {@code change}, all three or none. Loop thread, but for {@link #fromDisk} and
 * {@link #inForce}. A change that was rolled back leaves the list of places that were looked at without success as it was
 * read last: these only say where else to look for changes.
 */
final class Configuration {
    private static final String IN_FORCE = "config";
    private static final String BEFORE = "config-before";
    private static final String CHANGE = "change";

    /** Names of all services and some bytes each. */
    private static final int MAX_RECORD_BYTES = 16 << 20;

    private static final Path SYSTEM_PROFILES = Path.of("/etc/ostler/profiles");

    private final StartArguments arguments;
    private final KeeperClient keeper;
    private final Map<String, String> environment;
    private final boolean fresh;
    private Optional<Fd> snapshot;
    private Optional<Fd> snapshotBefore;
    private final Optional<RolloutRecord> unfinished;
    private List<Path> absent = List.of();
    private Optional<ProjectSpec> project = Optional.empty();
    private Optional<ProjectSpec> projectBefore = Optional.empty();

    Configuration(StartArguments arguments, Handover handover, KeeperClient keeper) {
        this.arguments = arguments;
        this.keeper = keeper;
        this.environment =
                handover.take("environ").map(Configuration::readAndClose).orElse(Map.of());
        this.snapshot = handover.take(IN_FORCE);
        this.snapshotBefore = handover.take(BEFORE);
        this.unfinished = handover.take(CHANGE).map(Configuration::readRecord);
        this.fresh = snapshot.isEmpty();
    }

    private static Map<String, String> readAndClose(Fd stored) {
        try (stored) {
            return CapturedEnvironment.read(stored);
        }
    }

    private static RolloutRecord readRecord(Fd stored) {
        try (stored) {
            return RolloutRecord.decode(Memfd.readAll(stored, MAX_RECORD_BYTES));
        }
    }

    Map<String, String> environment() {
        return environment;
    }

    ProjectSpec project() {
        return project.orElseThrow();
    }

    /** The change that an earlier supervisor was in the middle of. */
    Optional<RolloutRecord> unfinished() {
        return unfinished;
    }

    /** What was in force before {@link #unfinished}. */
    ProjectSpec projectBefore() {
        return projectBefore.orElseThrow();
    }

    /** False when there are problems; they are on standard error then. */
    boolean load() {
        LoadResult result = fresh ? fromDisk(false) : inForce(false);
        if (!(result instanceof LoadResult.Loaded loaded)) {
            tell(result);
            return false;
        }
        project = Optional.of(loaded.project());
        absent = loaded.absent();
        if (fresh) {
            loaded.warnings().forEach(warning -> System.err.println("warning: " + warning));
            Fd written = Snapshot.write(loaded.files());
            snapshot = Optional.of(written);
            keeper.send(new KeeperRequest.Store(IN_FORCE), List.of(written.dup()));
        }
        return unfinished.isEmpty() || loadBefore();
    }

    private boolean loadBefore() {
        LoadResult result = read(Snapshot.read(snapshotBefore.orElseThrow()), false);
        if (result instanceof LoadResult.Loaded loaded) {
            projectBefore = Optional.of(loaded.project());
        } else {
            tell(result);
        }
        return projectBefore.isPresent();
    }

    private static void tell(LoadResult result) {
        ((LoadResult.Refused) result).problems().forEach(problem -> System.err.println(problem));
    }

    /** As the files are now. Any thread. */
    LoadResult fromDisk(boolean settings) {
        return LeasedFiles.load(reader -> read(reader, settings));
    }

    /** As it was read when it came into force. Any thread, while no change begins. */
    LoadResult inForce(boolean settings) {
        return read(Snapshot.read(snapshot.orElseThrow()), settings);
    }

    private LoadResult read(FileReader reader, boolean settings) {
        return YamlProject.load(source(reader, settings));
    }

    private ProjectSource source(FileReader reader, boolean settings) {
        return new ProjectSource(
                arguments.file(),
                arguments.displayName(),
                List.of(SYSTEM_PROFILES),
                arguments.home().resolve("profiles"),
                environment,
                reader,
                settings);
    }

    /** Looks whether the files differ from what is in force now; what is returned may block. */
    Supplier<DiskWatch.OnDisk> comparison() {
        Fd held = snapshot.orElseThrow().dup();
        List<Path> looked = absent;
        return () -> {
            try (held) {
                return new DiskComparison(Snapshot.files(held), looked, source(FileReader.disk(), false)).result();
            }
        };
    }

    /**
     * Another one comes into force.
     *
     * @param next owned from now on, unless this throws
     * @param missing what was looked for and was not there
     * @param reply called when the keeper holds it, with what another supervisor must know, or has refused
     * @throws KernelException when there are no descriptors left; nothing has happened then
     */
    void replace(Fd next, List<Path> missing, RolloutRecord record, Consumer<Optional<Errno>> reply) {
        Fd last = snapshot.orElseThrow();
        store(record, last, next, refusal -> {
            if (refusal.isPresent()) { // more names than the keeper has room for
                snapshot = Optional.of(last);
                snapshotBefore = Optional.empty();
                next.close();
                keeper.send(new KeeperRequest.Store(IN_FORCE), List.of(last.dup()));
            }
            reply.accept(refusal);
        });
        snapshotBefore = Optional.of(last);
        snapshot = Optional.of(next);
        absent = missing;
    }

    /** The one before is in force again. @param then runs when the keeper knows */
    void turnBack(RolloutRecord record, Runnable then) {
        Fd failed = snapshot.orElseThrow();
        Fd last = snapshotBefore.orElseThrow();
        store(record, failed, last, refusal -> then.run()); // these names have room
        snapshotBefore = Optional.of(failed);
        snapshot = Optional.of(last);
    }

    /** In one packet: a supervisor that dies has stored all of it, or nothing. */
    private void store(RolloutRecord record, Fd before, Fd inForce, Consumer<Optional<Errno>> reply) {
        List<Fd> descriptors = new ArrayList<>();
        try {
            descriptors.add(Memfd.sealed("ostler-change", ByteBuffer.wrap(record.encode())));
            descriptors.add(before.dup());
            descriptors.add(inForce.dup());
        } catch (KernelException e) {
            descriptors.forEach(Fd::close);
            throw e;
        }
        List<Errno> refusals = new ArrayList<>();
        Consumer<Optional<Errno>> collect = refusal -> refusal.ifPresent(refusals::add);
        keeper.together(() -> {
            keeper.send(new KeeperRequest.Store(CHANGE), List.of(descriptors.get(0)), collect);
            keeper.send(new KeeperRequest.Store(BEFORE), List.of(descriptors.get(1)), collect);
            keeper.send(new KeeperRequest.Store(IN_FORCE), List.of(descriptors.get(2)), refusal -> {
                collect.accept(refusal);
                reply.accept(refusals.stream().findFirst());
            });
        });
    }

    /** The change is over. @param then runs when the keeper knows */
    void settle(Runnable then) {
        snapshotBefore.ifPresent(Fd::close);
        snapshotBefore = Optional.empty();
        keeper.together(() -> {
            keeper.send(new KeeperRequest.Drop(BEFORE), List.of());
            keeper.send(new KeeperRequest.Drop(CHANGE), List.of(), refusal -> then.run());
        });
    }
}
