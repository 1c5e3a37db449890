package dev.ostler.service;

import dev.ostler.base.Signal;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be done for one run on each part of a stop ladder. Immutable. */
final class StopLadder {
    private static final StopSpec.Step KILL_ALL = new StopSpec.Step.Send(Signal.KILL, StopSpec.Scope.ALL);

    private final List<StopSpec.Step> steps;
    private final Run run;

    StopLadder(StopSpec stop, Run run) {
        this.steps = stop.steps();
        this.run = run;
    }

    /**
     * The steps up to the next one that takes time.
     *
     * @param ladder after them
     * @param time how long to wait before the next ones; empty = the end is reached: SIGKILL to all
     */
    record Climb(Ladder ladder, List<Action> actions, Optional<Duration> time) {}

    Climb climb(Ladder from) {
        List<Action> actions = new ArrayList<>();
        Ladder at = from;
        for (int i = from.nextStep(); i < steps.size(); i++) {
            at = from.at(i + 1);
            if (steps.get(i) instanceof StopSpec.Step.Wait wait) {
                return new Climb(at, actions, Optional.of(at.shortened(wait.duration())));
            }
            if (steps.get(i) instanceof StopSpec.Step.Ask ask) {
                Duration time = at.shortened(ask.timeout());
                actions.add(new Action.TakeStopStep(run.number(), i, ask, time));
                return new Climb(at, actions, Optional.of(time));
            }
            StopSpec.Step.Send send = (StopSpec.Step.Send) steps.get(i);
            if (send.equals(KILL_ALL)) { // the ladder's end, written out
                break;
            }
            actions.add(signal(send));
        }
        return new Climb(at, actions, Optional.empty());
    }

    /** The latest signal once more, and the step that was under way, as whoever did that may not have come to it. */
    List<Action> repeat(Ladder at) {
        List<Action> actions = new ArrayList<>();
        latestSend(at).ifPresent(send -> actions.add(signal(send)));
        int step = at.nextStep() - 1;
        if (step >= 0 && step < steps.size() && steps.get(step) instanceof StopSpec.Step.Ask ask) {
            actions.add(new Action.TakeStopStep(run.number(), step, ask, at.shortened(ask.timeout())));
        }
        return actions;
    }

    /** What the main process has left behind never got a signal that was for the main process alone. */
    Optional<Action> forLeftovers(Ladder at) {
        return latestSend(at)
                .filter(send -> send.scope() == StopSpec.Scope.MAIN && !at.killing())
                .map(this::signal);
    }

    /** Whoever is the main process from now on never got a signal that was for the one before, or for its group. */
    Optional<Action> forSuccessor(Ladder at) {
        return latestSend(at)
                .filter(send -> send.scope() != StopSpec.Scope.ALL && !at.killing())
                .map(this::signal);
    }

    private Optional<StopSpec.Step.Send> latestSend(Ladder at) {
        for (int i = Math.min(at.nextStep(), steps.size()) - 1; i >= 0; i--) {
            if (steps.get(i) instanceof StopSpec.Step.Send send) {
                return Optional.of(send);
            }
        }
        return Optional.empty();
    }

    /** The main process cannot be meant any more once it has ended: then all that is left is. */
    private Action signal(StopSpec.Step.Send step) {
        boolean widen = step.scope() == StopSpec.Scope.MAIN && run.mainExit().isPresent();
        return new Action.SendSignal(run.number(), step.signal(), widen ? StopSpec.Scope.ALL : step.scope());
    }
}
