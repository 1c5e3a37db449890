package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.cgroup.ServiceCgroup;
import java.util.List;
import java.util.Optional;

/**
 * The processes of one run, as they were a moment ago.
 *
 * @param main its main process
 * @param all what the means of stop sees; without a guard
 * @param means the means of stop: {@code cgroup}, {@code guard}, {@code none}
 * @param cgroup the cgroup of the run, where it has one
 * @param guard the guard, where there is one
 */
public record RunningProcesses(
        Pid main, List<Pid> all, String means, Optional<ServiceCgroup> cgroup, Optional<Pid> guard) {
    public RunningProcesses {
        all = List.copyOf(all);
    }
}
