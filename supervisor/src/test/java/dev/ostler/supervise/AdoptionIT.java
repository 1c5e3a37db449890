package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.Hierarchies;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperCodec;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Fd;
import dev.ostler.linux.PidFd;
import dev.ostler.linux.SeqPacket;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.plan.Guard;
import dev.ostler.probe.ProbeRunner;
import dev.ostler.service.ExitCause;
import dev.ostler.service.Health;
import dev.ostler.service.Ladder;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.Requester;
import dev.ostler.service.RestartGovernor;
import dev.ostler.service.RestartRecord;
import dev.ostler.service.Run;
import dev.ostler.service.ServiceMachine;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.StartOutcome;
import dev.ostler.service.Wanted;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.state.StateFile;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The old supervisor died between storing what it was about to do and doing it. */
class AdoptionIT {
    private static final ServiceName WEB = new ServiceName("web");

    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final List<Fd> pair = SeqPacket.socketPair();
    private final Logs logs = new Logs(Optional.empty(), Optional.empty(), clock, loop.inbox()::post);
    private final StateFile state = StateFile.create();

    @AfterEach
    void close() {
        logs.close();
        state.close();
        pair.forEach(Fd::close);
        loop.close();
    }

    @Test
    void aStopSignalThatWasNotSentIsSentByTheNextSupervisor() throws Exception {
        Process child = new ProcessBuilder("sleep", "1000").start();
        try {
            Moment now = Moment.now(clock);
            Pid pid = new Pid((int) child.pid());
            state.write(0, StatusCodec.encode(stopping(pid, now)));

            KeeperEvent.Spawned spawned =
                    new KeeperEvent.Spawned(new RunKey(WEB, 1), pid, false, now.monotonicNanos(), now.wall(), 0, false);
            supervisor(now).adoption().run(Map.of(), List.of(new KeeperClient.Delivery(spawned, List.of(pidFd(pid)))));

            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).isEqualTo(128 + 15);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private static Fd pidFd(Pid pid) {
        return PidFd.open(pid).fd();
    }

    private Supervisor supervisor(Moment now) {
        ProjectSpec project = new ProjectSpec(
                Path.of("/srv"), List.of(ServiceSpecBuilder.service("web").build()));
        ProjectCompiler.Result compiled = ProjectCompiler.compile(project, FakeHostFacts.root(), Guard.NONE);
        KeeperClient keeper = new KeeperClient(
                SeqPacket.adopt(pair.get(0), KeeperCodec.MAX_PACKET_BYTES), loop, delivery -> {}, () -> {});
        return new Supervisor(
                new Supervisor.Parts(
                        loop,
                        clock,
                        keeper,
                        logs,
                        new ProbeRunner(loop.inbox()::post),
                        state,
                        Optional.empty(),
                        new LimitCgroups(Hierarchies.own(), "test")),
                new Project(project, new ServiceMachine(new RestartGovernor(() -> 0)), now),
                compiled.services());
    }

    /** TERM is the first step of the ladder, and ten seconds' grace the second. */
    private static ServiceStatus stopping(Pid pid, Moment now) {
        return new ServiceStatus(
                WEB,
                ServiceState.STOPPING,
                Wanted.DOWN,
                "stop requested by a person",
                now,
                new Run(1, Optional.of(pid), "none", now, Optional.empty(), false),
                1,
                Optional.empty(),
                OptionalLong.of(now.monotonicNanos() + Duration.ofHours(1).toNanos()),
                Optional.of(new Ladder(new ExitCause.RequestedStop(Requester.PERSON, false), 2, false, 0)),
                false,
                RestartRecord.NONE,
                new StartOutcome(StartOutcome.Kind.UP, "running"),
                Health.unknown(now),
                Optional.empty());
    }
}
