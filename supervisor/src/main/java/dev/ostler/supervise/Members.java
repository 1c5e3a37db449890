package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.cgroup.ServiceCgroups;
import dev.ostler.linux.Descendants;
import dev.ostler.linux.PidFd;
import java.util.Optional;

/** Which processes belong to a run: by its cgroup, else by descent from its guard. Loop thread only. */
final class Members {
    private final Optional<ServiceCgroups> cgroups;

    Members(Optional<ServiceCgroups> cgroups) {
        this.cgroups = cgroups;
    }

    /** Whether a process that exists belongs to a run; pin it before, as its number may change hands. */
    boolean isMember(LiveRun run, Pid process) {
        Optional<ServiceCgroup> cgroup = run.cgroup();
        return cgroup.isPresent()
                ? isIn(cgroup.get(), process)
                : descends(run, process).orElse(false);
    }

    boolean isIn(ServiceCgroup cgroup, Pid process) {
        return cgroups.orElseThrow().holds(process, cgroup);
    }

    /** Whether a process is in the cgroup of any run. */
    boolean isInAny(Pid process) {
        return cgroups.filter(own -> own.holds(process)).isPresent();
    }

    /** Empty when who its ancestors were cannot be known any more. */
    static Optional<Boolean> descends(LiveRun run, Pid process) {
        Optional<Pid> at = Optional.of(process);
        while (at.isPresent()) {
            if (at.equals(run.pid()) || at.equals(run.guard())) {
                return Optional.of(true);
            }
            Optional<Pid> parent = Descendants.parentOf(at.get());
            if (parent.isEmpty() && !PidFd.exists(at.get())) {
                return Optional.empty();
            }
            at = parent;
        }
        return Optional.of(false);
    }
}
