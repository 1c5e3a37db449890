package dev.ostler.service;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.util.Map;

/** What is to be done for one run of a service. None of them may block; all report back by an {@link Event}. */
public sealed interface Action {
    int run();

    /** What is done, for people: {@code signal}. */
    String verb();

    /**
     * Look at the conditions of a start, and go on looking at those that are waited for as long as it waits. Answered by
     * {@link Event.ConditionsChecked}.
     *
     * @param run the number that comes next
     */
    record CheckConditions(int run) implements Action {
        @Override
        public String verb() {
            return "look at conditions";
        }
    }

    /**
     * Launch. Answered by {@link Event.Spawned}, then {@link Event.LaunchSucceeded} or {@link Event.LaunchFailed};
     * only by the latter when no process came to be.
     */
    record Spawn(int run) implements Action {
        @Override
        public String verb() {
            return "start";
        }
    }

    /** Launch a hook. Answered as {@link Spawn} is. */
    record SpawnHook(int run, HookSpec.Kind kind, Map<String, String> variables) implements Action {
        public SpawnHook {
            variables = Map.copyOf(variables);
        }

        @Override
        public String verb() {
            return kind.toString();
        }
    }

    /** Say in the service's log what has no other consequence. */
    record Report(int run, String text) implements Action {
        @Override
        public String verb() {
            return "report";
        }
    }

    /**
     * Find the process that the program, which has ended, has left behind. Answered by {@link Event.MainChanged}; what it is
     * not yet is told by {@link Event.MainAwaited}. Asked again while it is under way it changes nothing.
     */
    record FindMain(int run) implements Action {
        @Override
        public String verb() {
            return "look for the daemon";
        }
    }

    /** Make this process of the run the main one, as the service says. Answered by {@link Event.MainChanged}, or not. */
    record FollowMain(int run, Pid pid) implements Action {
        @Override
        public String verb() {
            return "change of the main process";
        }
    }

    /** Probe until cancelled, in place of the probe that is under way. Each attempt is answered by {@link Event.Probed}. */
    record StartProbe(int run, ProbePurpose purpose, ProbeSpec probe) implements Action {
        @Override
        public String verb() {
            return purpose + " probe";
        }
    }

    record CancelProbe(int run) implements Action {
        @Override
        public String verb() {
            return "end of the probe";
        }
    }

    /** Nobody left to get it is no error. */
    record SendSignal(int run, Signal signal, StopSpec.Scope scope) implements Action {
        @Override
        public String verb() {
            return signal.toString();
        }
    }

    /** Look whether a process of the run is writing a heap dump. Answered by {@link Event.HeapDumpLooked}, or not. */
    record LookForHeapDump(int run) implements Action {
        @Override
        public String verb() {
            return "look for a heap dump";
        }
    }

    /**
     * A step of the stop ladder that takes time. Answered by {@link Event.StopStepEnded}, at the latest when the time of the
     * step is over; nobody waits longer.
     *
     * @param step its index in the ladder
     * @param time how much of its own time there is
     */
    record TakeStopStep(int run, int step, StopSpec.Step.Ask ask, Duration time) implements Action {
        @Override
        public String verb() {
            return "step of the stop ladder";
        }
    }

    /** SIGKILL to every process of the service. Answered by {@link Event.Killed}; repeated until nothing is left. */
    record KillAll(int run) implements Action {
        @Override
        public String verb() {
            return "SIGKILL to all";
        }
    }
}
