package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.linux.Datagram;
import dev.ostler.linux.PeerCredentials;
import dev.ostler.linux.PidFd;
import dev.ostler.spec.NotifySpec;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a message comes from a process of the service: by the cgroup of the run, which the kernel tells of those too that
 * have ended meanwhile (PIDFD_GET_INFO); else by descent from the guard. Of one that has ended, and that the kernel tells nothing
 * about, only its user is known: it must be the service's. Loop thread only.
 */
final class Senders {
    private final Members members;

    Senders(Members members) {
        this.members = members;
    }

    /** Why the message does not count; empty when it does. */
    Optional<String> objection(CompiledService service, LiveRun run, Datagram message) {
        Optional<PeerCredentials> sender = message.sender();
        Optional<Pid> pid = sender.flatMap(PeerCredentials::pid);
        if (pid.isEmpty()) {
            return Optional.of("its sender is not known");
        }
        boolean mainOnly =
                service.spec().notifications().map(NotifySpec::access).orElse(NotifySpec.Access.ALL)
                        == NotifySpec.Access.MAIN;
        if (mainOnly && !run.pid().equals(pid)) {
            return Optional.of("process " + pid.get() + " is not the main process");
        }
        return isMember(
                        run,
                        pid.get(),
                        message.process(),
                        sender.get().uid() == service.target().uid())
                ? Optional.empty()
                : Optional.of("process " + pid.get() + " does not belong to the service");
    }

    private boolean isMember(LiveRun run, Pid pid, Optional<PidFd> process, boolean sameUser) {
        Optional<ServiceCgroup> cgroup = run.cgroup();
        if (cgroup.isPresent()) {
            OptionalLong id = process.map(PidFd::cgroupId).orElse(OptionalLong.empty());
            if (id.isPresent() && id.getAsLong() == cgroup.get().id()) {
                return true;
            }
            if (isAlive(pid, process)) {
                return members.isIn(cgroup.get(), pid);
            }
            return id.isEmpty() && sameUser;
        }
        return Members.descends(run, pid).orElse(sameUser);
    }

    private static boolean isAlive(Pid pid, Optional<PidFd> process) {
        return process.map(PidFd::pid).map(Optional::isPresent).orElseGet(() -> PidFd.exists(pid));
    }
}
