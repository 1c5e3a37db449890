package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.Hierarchies;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperCodec;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Packet;
import dev.ostler.linux.PidFd;
import dev.ostler.linux.SeqPacket;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.plan.Guard;
import dev.ostler.probe.ProbeRunner;
import dev.ostler.service.Event;
import dev.ostler.service.Health;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.RestartGovernor;
import dev.ostler.service.RestartRecord;
import dev.ostler.service.Run;
import dev.ostler.service.ServiceMachine;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.StartOutcome;
import dev.ostler.service.Step;
import dev.ostler.service.Wanted;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.state.StateFile;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The supervisor's side of restarts by the keeper, which is played here, at the moments that are hard to meet. */
class ArmedRunsIT {
    private static final ServiceName WEB = new ServiceName("web");
    private static final int SPAWN = 1;
    private static final int ACK = 6;
    private static final int ARM = 10;
    private static final int DISARM = 11;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final List<Fd> pair = SeqPacket.socketPair();
    private final SeqPacket keeper = SeqPacket.adopt(pair.get(1), KeeperCodec.MAX_PACKET_BYTES);
    private final Logs logs = new Logs(Optional.empty(), Optional.empty(), clock, loop.inbox()::post);
    private final StateFile state = StateFile.create();
    private final List<Process> processes = new ArrayList<>();
    private final List<Request> asked = new ArrayList<>();
    private final Moment begin = Moment.now(clock);

    private record Request(int type, int seq, int run) {}

    @AfterEach
    void close() throws Exception {
        logs.close();
        state.close();
        pair.forEach(Fd::close);
        loop.close();
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process sleeper() {
        try {
            Process process = new ProcessBuilder("sleep", "1000").start();
            processes.add(process);
            return process;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Supervisor supervisor() {
        ProjectSpec project = new ProjectSpec(
                Path.of("/srv"), List.of(ServiceSpecBuilder.service("web").build()));
        ProjectCompiler.Result compiled = ProjectCompiler.compile(project, FakeHostFacts.root(), Guard.NONE);
        KeeperClient client = new KeeperClient(
                SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES), loop, delivery -> {}, () -> {});
        return new Supervisor(
                new Supervisor.Parts(
                        loop,
                        clock,
                        client,
                        logs,
                        new ProbeRunner(loop.inbox()::post),
                        state,
                        Optional.empty(),
                        new LimitCgroups(Hierarchies.own(), "test")),
                new Project(project, new ServiceMachine(new RestartGovernor(() -> 0)), begin),
                compiled.services());
    }

    private Project project() {
        ProjectSpec spec = new ProjectSpec(
                Path.of("/srv"), List.of(ServiceSpecBuilder.service("web").build()));
        return new Project(spec, new ServiceMachine(new RestartGovernor(() -> 0)), begin);
    }

    /** Run 1 is up for two seconds. */
    private ServiceStatus ready(Pid pid) {
        Moment started =
                new Moment(begin.monotonicNanos() - Duration.ofSeconds(2).toNanos(), begin.wall());
        return new ServiceStatus(
                WEB,
                ServiceState.READY,
                Wanted.UP,
                "running",
                started,
                new Run(1, Optional.of(pid), "guard", started, Optional.empty(), false),
                1,
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                RestartRecord.NONE,
                new StartOutcome(StartOutcome.Kind.UP, "running"),
                Health.unknown(started),
                Optional.empty());
    }

    private KeeperClient.Delivery spawned(int run, Process main, Process guard) {
        Pid pid = new Pid((int) main.pid());
        Pid guardPid = new Pid((int) guard.pid());
        long startNanos =
                run == 1 ? begin.monotonicNanos() - Duration.ofSeconds(2).toNanos() : clock.monotonicNanos();
        KeeperEvent.Spawned event = new KeeperEvent.Spawned(
                new RunKey(WEB, run), pid, true, startNanos, begin.wall(), guardPid.value(), false);
        return new KeeperClient.Delivery(
                event, List.of(PidFd.open(pid).fd(), PidFd.open(guardPid).fd()));
    }

    private static KeeperClient.Delivery running(int run) {
        return delivery(new KeeperEvent.Running(new RunKey(WEB, run), -1, -1));
    }

    private KeeperClient.Delivery killed(int run) {
        return delivery(new KeeperEvent.Exited(
                new RunKey(WEB, run),
                ExitStatus.killedBy(Signal.KILL),
                false,
                Duration.ZERO,
                Duration.ZERO,
                0,
                clock.monotonicNanos(),
                0));
    }

    /** No GONE comes after this. */
    private KeeperClient.Delivery lost(int run) {
        return delivery(new KeeperEvent.Exited(
                new RunKey(WEB, run),
                ExitStatus.killedBy(Signal.KILL),
                true,
                Duration.ZERO,
                Duration.ZERO,
                0,
                clock.monotonicNanos(),
                0));
    }

    private static KeeperClient.Delivery gone(int run, int next) {
        return delivery(new KeeperEvent.Gone(new RunKey(WEB, run), next));
    }

    private static KeeperClient.Delivery delivery(KeeperEvent event) {
        return new KeeperClient.Delivery(event, List.of());
    }

    private static void tell(Supervisor supervisor, KeeperClient.Delivery... deliveries) {
        for (KeeperClient.Delivery one : deliveries) {
            supervisor.onKeeperEvent((KeeperEvent.OfRun) one.event(), one.descriptors());
        }
    }

    private void until(BooleanSupplier condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(end);
            loop.runOnce(Duration.ofMillis(20));
            hear();
        }
    }

    private void hear() {
        ByteBuffer bytes = ByteBuffer.allocate(KeeperCodec.MAX_PACKET_BYTES);
        for (Optional<Packet> packet = keeper.receive(bytes); packet.isPresent(); packet = keeper.receive(bytes)) {
            packet.get().closeDescriptors();
            ByteBuffer in = bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < in.limit(); at += in.getInt(at)) {
                int run = in.getInt(at) > 16 ? in.getInt(at + 16) : 0;
                asked.add(new Request(in.getShort(at + 4), in.getInt(at + 8), run));
            }
            bytes.clear();
        }
    }

    private Optional<Request> asked(int type, int run) {
        return asked.stream()
                .filter(request -> request.type() == type && request.run() == run)
                .findFirst();
    }

    private void answer(int seq, Optional<Errno> refusal) {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(refusal.isPresent() ? 20 : 16)
                .putShort((short) (refusal.isPresent() ? 65 : 64))
                .putShort((short) 0)
                .putInt(seq)
                .putInt(0);
        refusal.ifPresent(errno -> bytes.putInt(errno.number()));
        keeper.send(bytes.flip(), List.of());
    }

    /** Its first run is up, and the next one was left with the keeper. */
    private Supervisor armed(Process main, Process guard) {
        state.write(0, StatusCodec.encode(ready(new Pid((int) main.pid()))));
        Supervisor supervisor = supervisor();
        supervisor.adoption().run(Map.of(), List.of(spawned(1, main, guard), running(1)));
        until(() -> asked(ARM, 2).isPresent());
        answer(asked(ARM, 2).orElseThrow().seq(), Optional.empty());
        return supervisor;
    }

    private static ServiceStatus status(Supervisor supervisor) {
        return supervisor.status(WEB);
    }

    @Test
    void aRunThatTheKeeperHasLaunchedIsNotAskedFor() {
        Supervisor supervisor = armed(sleeper(), sleeper());
        Process second = sleeper();

        tell(supervisor, killed(1), gone(1, 2), spawned(2, second, sleeper()), running(2));

        until(() -> status(supervisor).run().number() == 2 && asked(ACK, 1).isPresent());
        assertThat(status(supervisor).state()).isEqualTo(ServiceState.READY);
        assertThat(status(supervisor).run().pid()).contains(new Pid((int) second.pid()));
        assertThat(status(supervisor).restarts().automatic()).isEqualTo(1);
        assertThat(status(supervisor).lastExit().orElseThrow().describe()).contains("killed by SIGKILL");
        assertThat(asked(SPAWN, 2)).isEmpty();
        assertThat(second.isAlive()).isTrue();
    }

    @Test
    void whatTheKeeperHasNotLaunchedIsAskedForAsEver() {
        Supervisor supervisor = armed(sleeper(), sleeper());

        tell(supervisor, killed(1), gone(1, 0));

        until(() -> asked(SPAWN, 2).isPresent());
        assertThat(status(supervisor).state()).isEqualTo(ServiceState.STARTING);
    }

    /** The stop comes while the keeper has just launched the next run, and nobody has heard of it. */
    @Test
    void s10_aStopIsOverOnlyWhenTheRunThatCameMeanwhileIsToo() {
        Supervisor supervisor = armed(sleeper(), sleeper());
        Process guard = sleeper();

        supervisor.stop(List.of(WEB));
        until(() -> asked(DISARM, 1).isPresent());
        answer(asked(DISARM, 1).orElseThrow().seq(), Optional.of(Errno.ENOENT));
        tell(supervisor, killed(1), gone(1, 2), spawned(2, sleeper(), guard), running(2));

        until(() -> !guard.isAlive());
        assertThat(status(supervisor).state().isAlive()).isTrue();
        tell(supervisor, killed(2), gone(2, 0));
        until(() ->
                status(supervisor).state() == ServiceState.DOWN && asked(ACK, 1).isPresent());
        assertThat(asked(ACK, 2)).isPresent();
        assertThat(supervisor.isAllDown()).isTrue();
    }

    @Test
    void s10_aStopIsOverAlsoWhenTheGuardOfThatRunIsLost() {
        Supervisor supervisor = armed(sleeper(), sleeper());
        Process main = sleeper();

        supervisor.stop(List.of(WEB));
        until(() -> asked(DISARM, 1).isPresent());
        answer(asked(DISARM, 1).orElseThrow().seq(), Optional.of(Errno.ENOENT));
        tell(supervisor, killed(1), gone(1, 2), spawned(2, main, sleeper()), lost(2));

        until(() ->
                status(supervisor).state() == ServiceState.DOWN && asked(ACK, 1).isPresent());
        assertThat(asked(ACK, 2)).isPresent();
        assertThat(supervisor.isAllDown()).isTrue();
        until(() -> !main.isAlive());
    }

    @Test
    void s10_aStopTellsTheKeeperBeforeAnythingIsSignalled() throws Exception {
        Process main = sleeper();
        Supervisor supervisor = armed(main, sleeper());

        supervisor.stop(List.of(WEB));

        assertThat(main.waitFor()).isEqualTo(128 + 15);
        hear(); // without a turn of the loop
        assertThat(asked(DISARM, 1)).isPresent();
        answer(asked(DISARM, 1).orElseThrow().seq(), Optional.empty());
        tell(supervisor, killed(1), gone(1, 0));
        until(() -> status(supervisor).state() == ServiceState.DOWN);
        assertThat(asked(SPAWN, 2)).isEmpty();
    }

    @Test
    void aRunThatNobodyHasAskedForIsEnded() {
        Supervisor supervisor = armed(sleeper(), sleeper());
        Process guard = sleeper();

        tell(supervisor, spawned(7, sleeper(), guard), running(7));

        until(() -> !guard.isAlive());
        assertThat(supervisor.isAllDown()).isFalse();
        tell(supervisor, killed(7), gone(7, 0));
        until(() -> asked(ACK, 7).isPresent());
        assertThat(status(supervisor).run().number()).isEqualTo(1);
        assertThat(status(supervisor).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void s27_aRestartThatNoSupervisorHasSeenIsCounted() {
        Process main = sleeper();
        Process second = sleeper();
        state.write(0, StatusCodec.encode(ready(new Pid((int) main.pid()))));
        Supervisor supervisor = supervisor();

        // a slot that was used before comes first
        supervisor
                .adoption()
                .run(
                        Map.of(),
                        List.of(
                                spawned(2, second, sleeper()),
                                running(2),
                                spawned(1, main, sleeper()),
                                running(1),
                                killed(1),
                                gone(1, 2)));

        until(() -> status(supervisor).run().number() == 2 && asked(ACK, 1).isPresent());
        assertThat(status(supervisor).state()).isEqualTo(ServiceState.READY);
        assertThat(status(supervisor).run().pid()).contains(new Pid((int) second.pid()));
        assertThat(status(supervisor).restarts().automatic()).isEqualTo(1);
        assertThat(status(supervisor).lastExit().orElseThrow().run()).isEqualTo(1);
        assertThat(asked(SPAWN, 2)).isEmpty();
    }

    @Test
    void s27_aSupervisorThatDiedBetweenTheEndAndTheNextStartGoesOnWithTheRunThatIsThere() {
        Process main = sleeper();
        Process second = sleeper();
        Project project = project();
        project.restore(ready(new Pid((int) main.pid())));
        ServiceStatus waiting = project
                .accept(
                        WEB,
                        new Event.MainExited(
                                1, ExitStatus.killedBy(Signal.KILL), begin.monotonicNanos(), true, 0, Optional.empty()),
                        begin)
                .stream()
                .map(Step::status)
                .filter(status -> status.state() == ServiceState.WAITING)
                .findFirst()
                .orElseThrow();
        state.write(0, StatusCodec.encode(waiting));
        Supervisor supervisor = supervisor();

        supervisor
                .adoption()
                .run(
                        Map.of(),
                        List.of(
                                spawned(1, main, sleeper()),
                                running(1),
                                killed(1),
                                gone(1, 2),
                                spawned(2, second, sleeper()),
                                running(2)));

        until(() -> asked(ACK, 1).isPresent() && status(supervisor).state() == ServiceState.READY);
        assertThat(status(supervisor).run().pid()).contains(new Pid((int) second.pid()));
        assertThat(asked(SPAWN, 2)).isEmpty();
        assertThat(second.isAlive()).isTrue();
    }

    @Test
    void s27_aRestartThatCameAfterAStopWasStoredIsEnded() {
        Process main = sleeper();
        Process guard = sleeper();
        Project project = project();
        project.restore(ready(new Pid((int) main.pid())));
        project.stop(List.of(WEB), begin);
        state.write(0, StatusCodec.encode(project.status(WEB)));
        Supervisor supervisor = supervisor();

        supervisor
                .adoption()
                .run(
                        Map.of(),
                        List.of(
                                spawned(1, main, sleeper()),
                                running(1),
                                killed(1),
                                gone(1, 2),
                                spawned(2, sleeper(), guard),
                                running(2)));

        until(() -> !guard.isAlive());
        tell(supervisor, killed(2), gone(2, 0));
        until(() ->
                status(supervisor).state() == ServiceState.DOWN && asked(ACK, 1).isPresent());
        assertThat(asked(ACK, 2)).isPresent();
    }
}
