package dev.ostler.spec;

import dev.ostler.base.Signal;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The stop ladder: its steps in order; at its end everything that is left gets SIGKILL.
 *
 * @param heapDumpGrace how much longer it, and whatever else ends a run for taking its time, waits while a heap dump is
 *     being written; zero = not at all
 */
public record StopSpec(List<Step> steps, Duration heapDumpGrace) {
    public static final StopSpec DEFAULT =
            new StopSpec(List.of(new Step.Send(Signal.TERM, Scope.MAIN), new Step.Wait(Duration.ofSeconds(10))));

    /** One that waits for no heap dump. */
    public StopSpec(List<Step> steps) {
        this(steps, Duration.ZERO);
    }

    public StopSpec {
        steps = List.copyOf(steps);
    }

    public sealed interface Step {
        record Send(Signal signal, Scope scope) implements Step {}

        /** Ends early when nothing of the service is left. */
        record Wait(Duration duration) implements Step {}

        /** Asks the service to end; the ladder goes on with the answer, whatever it is, or when the time is over. */
        sealed interface Ask extends Step {
            Duration timeout();
        }

        /** By a request. */
        record Http(URI uri, String method, Duration timeout) implements Ask {}

        /** By a command that talks to it. */
        record Exec(ServiceCommand command, Duration timeout) implements Ask {}
    }

    /** Who gets a signal: the main process, its process group, or every process of the service. */
    public enum Scope {
        MAIN,
        GROUP,
        ALL
    }

    /** Sum of all that steps may take. */
    public Duration grace() {
        Duration sum = Duration.ZERO;
        for (Step step : steps) {
            if (step instanceof Step.Wait wait) {
                sum = sum.plus(wait.duration());
            } else if (step instanceof Step.Ask ask) {
                sum = sum.plus(ask.timeout());
            }
        }
        return sum;
    }
}
