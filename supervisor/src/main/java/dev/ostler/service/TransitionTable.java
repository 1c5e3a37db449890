package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.CLEANING;
import static dev.ostler.service.ServiceState.COMPLETED;
import static dev.ostler.service.ServiceState.DEPENDENCY_FAILED;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.PREPARING;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.SKIPPED;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.ServiceState.WAITING;
import static dev.ostler.service.ServiceState.WINDING_UP;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The legal edges of the state machine, each with what takes it. Immutable; any thread. */
public final class TransitionTable {
    private static final List<Edge> EDGES = List.of(
            new Edge(DOWN, WAITING, "start requested"),
            new Edge(WAITING, PREPARING, "dependencies met, a hook comes first"),
            new Edge(WAITING, STARTING, "dependencies met"),
            new Edge(WAITING, DEPENDENCY_FAILED, "a dependency cannot be met"),
            new Edge(WAITING, SKIPPED, "a condition does not hold"),
            new Edge(WAITING, DOWN, "stop requested, or a condition does not hold until its trigger comes"),
            new Edge(PREPARING, STARTING, "the hook has done its work"),
            new Edge(PREPARING, STOPPING, "stop requested, or a dependency lost"),
            new Edge(PREPARING, WINDING_UP, "the hook failed, another one comes last"),
            new Edge(PREPARING, BACKOFF, "the hook failed, to be restarted"),
            new Edge(PREPARING, FAILED, "the hook failed, no restart"),
            new Edge(PREPARING, WAITING, "the hook failed, start requested"),
            new Edge(PREPARING, DOWN, "the hook failed while going down"),
            new Edge(STARTING, STARTED, "program executes, to be probed, to leave a daemon behind, or a one-shot"),
            new Edge(STARTING, READY, "program executes, no probe"),
            new Edge(STARTING, STOPPING, "stop requested, launch refused, or a dependency lost"),
            new Edge(STARTING, CLEANING, "main process ended, others are left"),
            new Edge(STARTING, BACKOFF, "launch refused, to be restarted"),
            new Edge(STARTING, FAILED, "launch refused, no restart"),
            new Edge(STARTING, WAITING, "launch refused, start requested"),
            new Edge(STARTING, WINDING_UP, "launch refused, a hook comes last"),
            new Edge(STARTING, DOWN, "launch refused while going down"),
            new Edge(STARTED, READY, "probe answered, or its daemon is there"),
            new Edge(STARTED, STOPPING, "stop requested, not ready or no daemon in time, or a dependency lost"),
            new Edge(STARTED, CLEANING, "main process ended, others are left"),
            new Edge(STARTED, WAITING, "ended, restart at once"),
            new Edge(STARTED, BACKOFF, "ended, restart later"),
            new Edge(STARTED, FINISHED, "ended without failure"),
            new Edge(STARTED, COMPLETED, "a one-shot that remains has done its work"),
            new Edge(STARTED, FAILED, "failed, no restart"),
            new Edge(STARTED, WINDING_UP, "ended, a hook comes last"),
            new Edge(STARTED, DOWN, "ended while going down, or until its trigger comes"),
            new Edge(READY, STOPPING, "stop requested, a dependency lost, or unhealthy"),
            new Edge(READY, CLEANING, "main process ended, others are left"),
            new Edge(READY, WAITING, "ended, restart at once"),
            new Edge(READY, BACKOFF, "ended, restart later"),
            new Edge(READY, FINISHED, "ended without failure"),
            new Edge(READY, FAILED, "failed, no restart"),
            new Edge(READY, WINDING_UP, "ended, a hook comes last"),
            new Edge(READY, DOWN, "ended while going down, or until its trigger comes"),
            new Edge(STOPPING, WINDING_UP, "nothing is left, a hook comes last"),
            new Edge(STOPPING, DOWN, "nothing is left"),
            new Edge(STOPPING, WAITING, "nothing is left, start requested, or to come back with a dependency"),
            new Edge(STOPPING, BACKOFF, "failed launch or probe, restart later"),
            new Edge(STOPPING, FAILED, "failed launch or probe, no restart"),
            new Edge(CLEANING, WINDING_UP, "nothing is left, a hook comes last"),
            new Edge(CLEANING, DOWN, "nothing is left, stop requested, or until its trigger comes"),
            new Edge(CLEANING, WAITING, "nothing is left, restart at once"),
            new Edge(CLEANING, BACKOFF, "nothing is left, restart later"),
            new Edge(CLEANING, FINISHED, "nothing is left, no failure"),
            new Edge(CLEANING, COMPLETED, "nothing is left, a one-shot that remains has done its work"),
            new Edge(CLEANING, FAILED, "nothing is left, no restart"),
            new Edge(WINDING_UP, DOWN, "the hook is over, stop requested"),
            new Edge(WINDING_UP, WAITING, "the hook is over, restart at once, or to come back with a dependency"),
            new Edge(WINDING_UP, BACKOFF, "the hook is over, restart later"),
            new Edge(WINDING_UP, FINISHED, "the hook is over, no failure"),
            new Edge(WINDING_UP, COMPLETED, "the hook is over, a one-shot that remains has done its work"),
            new Edge(WINDING_UP, FAILED, "the hook is over, no restart"),
            new Edge(BACKOFF, WAITING, "delay elapsed, or start requested"),
            new Edge(BACKOFF, DOWN, "stop requested"),
            new Edge(FINISHED, WAITING, "start requested"),
            new Edge(FINISHED, DOWN, "stop requested"),
            new Edge(COMPLETED, WAITING, "restart requested"),
            new Edge(COMPLETED, DOWN, "stop requested"),
            new Edge(FAILED, WAITING, "start requested, or cool-down elapsed"),
            new Edge(FAILED, DOWN, "stop requested"),
            new Edge(DEPENDENCY_FAILED, WAITING, "start requested, or the dependency is started again"),
            new Edge(DEPENDENCY_FAILED, DOWN, "stop requested"),
            new Edge(SKIPPED, WAITING, "start requested"),
            new Edge(SKIPPED, DOWN, "stop requested"));

    private static final Map<ServiceState, Set<ServiceState>> NEXT = next();

    private TransitionTable() {}

    /** One legal edge; {@code when} is for people and for the diagram. */
    public record Edge(ServiceState from, ServiceState to, String when) {}

    public static List<Edge> edges() {
        return EDGES;
    }

    public static boolean allows(ServiceState from, ServiceState to) {
        return NEXT.get(from).contains(to);
    }

    private static Map<ServiceState, Set<ServiceState>> next() {
        Map<ServiceState, Set<ServiceState>> next = new EnumMap<>(ServiceState.class);
        for (ServiceState state : ServiceState.values()) {
            next.put(state, EnumSet.noneOf(ServiceState.class));
        }
        EDGES.forEach(edge -> next.get(edge.from()).add(edge.to()));
        return next;
    }
}
