package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.CLEANING;
import static dev.ostler.service.ServiceState.COMPLETED;
import static dev.ostler.service.ServiceState.DEPENDENCY_FAILED;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.ServiceState.WAITING;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The legal edges of the state machine, each with what takes it. Immutable; any thread. */
public final class TransitionTable {
    private static final List<Edge> EDGES = List.of(
            new Edge(DOWN, WAITING, "start requested"),
            new Edge(WAITING, STARTING, "dependencies met"),
            new Edge(WAITING, DEPENDENCY_FAILED, "a dependency cannot be met"),
            new Edge(WAITING, DOWN, "stop requested"),
            new Edge(STARTING, STARTED, "program executes, to be probed, or a one-shot"),
            new Edge(STARTING, READY, "program executes, no probe"),
            new Edge(STARTING, STOPPING, "stop requested, launch refused, or a dependency lost"),
            new Edge(STARTING, CLEANING, "main process ended, others are left"),
            new Edge(STARTING, BACKOFF, "launch refused, to be restarted"),
            new Edge(STARTING, FAILED, "launch refused, no restart"),
            new Edge(STARTING, WAITING, "launch refused, start requested"),
            new Edge(STARTING, DOWN, "launch refused while going down"),
            new Edge(STARTED, READY, "probe answered"),
            new Edge(STARTED, STOPPING, "stop requested, not ready in time, or a dependency lost"),
            new Edge(STARTED, CLEANING, "main process ended, others are left"),
            new Edge(STARTED, WAITING, "ended, restart at once"),
            new Edge(STARTED, BACKOFF, "ended, restart later"),
            new Edge(STARTED, FINISHED, "ended without failure"),
            new Edge(STARTED, COMPLETED, "a one-shot that remains has done its work"),
            new Edge(STARTED, FAILED, "failed, no restart"),
            new Edge(STARTED, DOWN, "ended while going down"),
            new Edge(READY, STOPPING, "stop requested, or a dependency lost"),
            new Edge(READY, CLEANING, "main process ended, others are left"),
            new Edge(READY, WAITING, "ended, restart at once"),
            new Edge(READY, BACKOFF, "ended, restart later"),
            new Edge(READY, FINISHED, "ended without failure"),
            new Edge(READY, FAILED, "failed, no restart"),
            new Edge(READY, DOWN, "ended while going down"),
            new Edge(STOPPING, DOWN, "nothing is left"),
            new Edge(STOPPING, WAITING, "nothing is left, start requested, or to come back with a dependency"),
            new Edge(STOPPING, BACKOFF, "failed launch or probe, restart later"),
            new Edge(STOPPING, FAILED, "failed launch or probe, no restart"),
            new Edge(CLEANING, DOWN, "nothing is left, stop requested"),
            new Edge(CLEANING, WAITING, "nothing is left, restart at once"),
            new Edge(CLEANING, BACKOFF, "nothing is left, restart later"),
            new Edge(CLEANING, FINISHED, "nothing is left, no failure"),
            new Edge(CLEANING, COMPLETED, "nothing is left, a one-shot that remains has done its work"),
            new Edge(CLEANING, FAILED, "nothing is left, no restart"),
            new Edge(BACKOFF, WAITING, "delay elapsed, or start requested"),
            new Edge(BACKOFF, DOWN, "stop requested"),
            new Edge(FINISHED, WAITING, "start requested"),
            new Edge(FINISHED, DOWN, "stop requested"),
            new Edge(COMPLETED, WAITING, "restart requested"),
            new Edge(COMPLETED, DOWN, "stop requested"),
            new Edge(FAILED, WAITING, "start requested, or cool-down elapsed"),
            new Edge(FAILED, DOWN, "stop requested"),
            new Edge(DEPENDENCY_FAILED, WAITING, "start requested, or the dependency is started again"),
            new Edge(DEPENDENCY_FAILED, DOWN, "stop requested"));

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
