package dev.ostler.plan;

import java.util.List;

/** What the compiler made of one service. */
public sealed interface CompileResult {
    /**
     * A plan that can be launched.
     *
     * @param target who the service runs as
     * @param degraded what was asked for and is left out, in the order of the plan
     */
    record Compiled(Plan plan, Target target, List<Degraded> degraded) implements CompileResult {
        public Compiled {
            degraded = List.copyOf(degraded);
        }
    }

    /** What was asked for cannot be given; all reasons at once. */
    record Refused(List<Problem> problems) implements CompileResult {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
