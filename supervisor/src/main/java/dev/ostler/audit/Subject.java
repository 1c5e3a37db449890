package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.plan.Degraded;
import dev.ostler.plan.Plan;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of a service, and those who must share nothing with it.
 *
 * @param plan what was asked for
 * @param uid the user it runs as, asked for or not
 * @param main its main process
 * @param processes all of it, as the means of stop sees it
 * @param degraded what the plan leaves out, as the configuration allows
 * @param joined main processes of the services whose namespaces it is in
 * @param run names the run: its cgroups are called so
 * @param cgroup id of the version 2 cgroup that was made for it, if there is one
 * @param means the means of stop: {@code cgroup}, {@code guard}, {@code none}
 * @param guard its guard, if there is one
 * @param keeper parent of the supervisor, and of the run where there is no guard
 * @param supervisor this process
 * @param stored what the service has handed over for its next run: the supervisor's numbers, and the service's names
 */
public record Subject(
        Plan plan,
        long uid,
        Pid main,
        List<Pid> processes,
        List<Degraded> degraded,
        Map<ServiceName, Pid> joined,
        String run,
        Optional<Long> cgroup,
        String means,
        Optional<Pid> guard,
        Pid keeper,
        Pid supervisor,
        Map<Integer, String> stored) {
    public Subject {
        processes = List.copyOf(processes);
        degraded = List.copyOf(degraded);
        joined = Map.copyOf(joined);
        stored = Collections.unmodifiableMap(new LinkedHashMap<>(stored));
    }
}
