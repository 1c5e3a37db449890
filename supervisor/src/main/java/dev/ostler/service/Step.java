package dev.ostler.service;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows from one event.
 *
 * @param status holds from now on; to be stored before the actions are carried out
 * @param actions in order
 * @param transition present when the state has changed
 */
public record Step(ServiceStatus status, List<Action> actions, Optional<Transition> transition) {
    public Step {
        Objects.requireNonNull(status, "status");
        actions = List.copyOf(actions);
    }
}
