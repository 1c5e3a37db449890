package dev.ostler.plan;

import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What will be executed: the ops of one launch in order, and the header that goes with them. Immutable.
 *
 * @param copy copy-on-write clone instead of one that shares the keeper's memory
 * @param guard a guard stays as the parent; needs {@code copy}
 * @param passedDescriptors how many descriptors come with the plan
 * @param deadline from clone to execve
 * @param deathSignal what the main process gets when its parent dies
 * @param hiddenVariables names of environment variables whose values are printed as {@code ***}
 * @param cgroup limits that are written before the launch, in this order
 */
public record Plan(
        boolean copy,
        boolean guard,
        int passedDescriptors,
        Duration deadline,
        Optional<Signal> deathSignal,
        List<PlannedOp> ops,
        Set<String> hiddenVariables,
        List<CgroupFile> cgroup) {
    /** Long enough for a loaded machine; a launch that takes longer hangs. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    public Plan {
        ops = List.copyOf(ops);
        hiddenVariables = Set.copyOf(hiddenVariables);
        cgroup = List.copyOf(cgroup);
        if (guard && !copy) {
            throw new IllegalArgumentException("a guard needs a copy-on-write clone");
        }
        if (ops.isEmpty() || !(ops.get(ops.size() - 1).op() instanceof Op.Execve)) {
            throw new IllegalArgumentException("the last op of a plan is EXECVE");
        }
    }

    /** Controllers whose v1 cgroup the launch joins; a descriptor of each cgroup.procs is passed, in this order. */
    public List<String> joinedControllers() {
        return CgroupLimits.joined(cgroup);
    }

    /** A service whose namespaces the launch joins. */
    public record Joined(ServiceName service, Origin origin) {}

    /** A pidfd of the main process of each is passed, in this order. */
    public List<Joined> joinedServices() {
        return JoinedServices.of(ops);
    }

    /** The same, its program with more variables; they win over those of the same name. */
    public Plan with(Map<String, String> variables) {
        List<String> environment = new ArrayList<>();
        for (String variable : execve().environment()) {
            if (!variables.containsKey(variable.substring(0, variable.indexOf('=')))) {
                environment.add(variable);
            }
        }
        new TreeMap<>(variables).forEach((name, value) -> environment.add(name + "=" + value));
        PlannedOp last = ops.get(ops.size() - 1);
        List<PlannedOp> changed = new ArrayList<>(ops.subList(0, ops.size() - 1));
        Op.Execve program = new Op.Execve(execve().candidates(), execve().arguments(), environment);
        changed.add(new PlannedOp(program, last.origin(), last.reason()));
        return new Plan(copy, guard, passedDescriptors, deadline, deathSignal, changed, hiddenVariables, cgroup);
    }

    /** What the program starts with: without the channel that the launch has closed again. */
    public Descriptors descriptors() {
        Set<Integer> closed = ops.stream()
                .map(PlannedOp::op)
                .filter(NotifyOp.Socket.class::isInstance)
                .map(op -> ((NotifyOp.Socket) op).channel())
                .collect(Collectors.toSet());
        return ops.stream()
                .map(PlannedOp::op)
                .filter(Op.Fds.class::isInstance)
                .map(op -> ((Op.Fds) op).descriptors().without(closed))
                .findFirst()
                .orElseThrow();
    }

    /** The program, which every plan ends with. */
    public Op.Execve execve() {
        return (Op.Execve) ops.get(ops.size() - 1).op();
    }
}
