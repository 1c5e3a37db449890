package dev.ostler.plan;

import java.util.Locale;
import java.util.stream.Collectors;

/** The plan as lines, one op each, for people: dry run, review, diff. Stateless, any thread. */
public final class PlanText {
    private static final String HIDDEN = "***";

    private PlanText() {}

    /**
     * Lines like {@code 12 UID 65534  # ostler.yaml:9:5 (services.web.user) takes the capabilities …}, each ended by a
     * line feed.
     *
     * @param showValues print values of variables that came from files or from the caller's environment
     */
    public static String explain(Plan plan, boolean showValues) {
        StringBuilder text = new StringBuilder();
        for (CgroupFile file : plan.cgroup()) {
            text.append(String.format(
                    " - CGROUP %s %s=%s  # %s before there is a process%n",
                    file.version().name().toLowerCase(Locale.ROOT),
                    file.file(),
                    PlanWords.quoted(file.value()),
                    file.origin()));
        }
        for (PlannedOp planned : plan.ops()) {
            Op op = planned.op();
            text.append(String.format("%2d %s", op.code(), op.name()));
            String arguments = op instanceof Op.Execve execve ? program(execve, plan, showValues) : op.text();
            if (!arguments.isEmpty()) {
                text.append(' ').append(arguments);
            }
            text.append("  # ")
                    .append(planned.origin())
                    .append(' ')
                    .append(planned.reason())
                    .append('\n');
        }
        return text.toString();
    }

    private static String program(Op.Execve execve, Plan plan, boolean showValues) {
        String environment = execve.environment().stream()
                .map(variable -> shown(variable, plan, showValues))
                .collect(Collectors.joining(", ", "[", "]"));
        return execve.text() + " env=" + environment;
    }

    private static String shown(String variable, Plan plan, boolean showValues) {
        String name = variable.substring(0, variable.indexOf('='));
        boolean hidden = plan.hiddenVariables().contains(name) && !showValues;
        return PlanWords.quoted(hidden ? name + "=" + HIDDEN : variable);
    }
}
