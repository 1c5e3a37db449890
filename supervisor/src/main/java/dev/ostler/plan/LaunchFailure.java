package dev.ostler.plan;

import dev.ostler.base.ExitStatus;
import dev.ostler.linux.Errno;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The sentences for launches that did not become a service. Stateless, any thread. */
public final class LaunchFailure {
    /** Which file ENOENT is about: detail 1 of a refused EXECVE. */
    private static final long MISSING_INTERPRETER = 1;

    private static final long MISSING_LOADER = 2;

    /** The kernel's "too revealing": mount_too_revealing() in fs/namespace.c. */
    private static final Set<String> HIDDEN_BY_CONTAINERS = Set.of("proc", "sysfs");

    private LaunchFailure() {}

    /** {@code cannot start "web": <call> "<object>": <ERRNO> (<text>) at file:line:column (key)}. */
    public static String describe(String service, Plan plan, RefusalRecord refusal) {
        Optional<PlannedOp> op = op(plan, refusal.op());
        String place = op.map(planned -> " at " + origin(planned, refusal)).orElse("");
        return "cannot start \"" + service + "\": " + call(op, refusal) + hint(plan, op, refusal) + place;
    }

    private static String origin(PlannedOp planned, RefusalRecord refusal) {
        Optional<String> ofRule = planned.op() instanceof Op.Landlock landlock
                ? landlock.ruleset().origin(refusal.sub())
                : Optional.empty();
        return ofRule.orElseGet(planned.origin()::toString);
    }

    /** The kernel does not tell who denied it; paths do not either, as rules follow files and not names. */
    private static String hint(Plan plan, Optional<PlannedOp> op, RefusalRecord refusal) {
        boolean denied = op.filter(planned -> planned.op() instanceof Op.Execve).isPresent()
                && refusal.error() == Errno.EACCES.number();
        if (isHiddenProc(op, refusal)) {
            return "; the kernel gives a new one only where the /proc and /sys around it show everything, and a container"
                    + " around this supervisor hides parts: start that without such masks, \"bind\" what is there, or"
                    + " leave it out";
        }
        boolean byLandlock = plan.ops().stream()
                .map(PlannedOp::op)
                .anyMatch(each -> each instanceof Op.Landlock landlock
                        && landlock.ruleset().restrictsExecute());
        return denied && byLandlock
                ? "; landlock allows only what is below its execute paths: the program, its interpreter and its loader"
                : "";
    }

    private static boolean isHiddenProc(Optional<PlannedOp> op, RefusalRecord refusal) {
        return refusal.error() == Errno.EPERM.number()
                && refusal.call().equals("fsmount")
                && op.filter(planned -> planned.op() instanceof SandboxOp.Filesystem filesystem
                                && HIDDEN_BY_CONTAINERS.contains(filesystem.type()))
                        .isPresent();
    }

    /** A launch that ended before execve without saying why. */
    public static String died(String service, ExitStatus status) {
        return "cannot start \"" + service + "\": the launcher ended before execve: " + status;
    }

    /** A clone that the kernel refused. */
    public static String cloneRefused(String service, int error) {
        return "cannot start \"" + service + "\": clone3: " + new Errno(error);
    }

    /** A launch that took longer than its deadline and was killed. */
    public static String deadline(String service, Duration deadline) {
        return "cannot start \"" + service + "\": no execve within " + deadline.toSeconds() + " s";
    }

    private static Optional<PlannedOp> op(Plan plan, int index) {
        List<PlannedOp> ops = plan.ops();
        return index >= 0 && index < ops.size() ? Optional.of(ops.get(index)) : Optional.empty();
    }

    private static String call(Optional<PlannedOp> op, RefusalRecord refusal) {
        if (op.isPresent() && op.get().op() instanceof Op.Execve execve) {
            return execve(execve, refusal);
        }
        String subject =
                refusal.object().isEmpty() ? refusal.call() : refusal.call() + " " + PlanWords.quoted(refusal.object());
        return subject + ": " + reason(refusal);
    }

    private static String execve(Op.Execve execve, RefusalRecord refusal) {
        boolean noEntry = refusal.error() == Errno.ENOENT.number();
        if (noEntry && refusal.detail1() == MISSING_INTERPRETER) {
            return missingPart(execve, refusal, "interpreter");
        }
        if (noEntry && refusal.detail1() == MISSING_LOADER) {
            return missingPart(execve, refusal, "loader");
        }
        String program = execve.arguments().isEmpty() ? "" : execve.arguments().get(0);
        // a name that was looked up in PATH has many candidates; people know it by the name they wrote
        boolean looked = noEntry && !program.isEmpty() && !program.contains("/");
        String object = looked || refusal.object().isEmpty() ? program : refusal.object();
        return refusal.call() + " " + PlanWords.quoted(object) + ": " + reason(refusal);
    }

    private static String missingPart(Op.Execve execve, RefusalRecord refusal, String part) {
        List<String> candidates = execve.candidates();
        String file = refusal.sub() >= 0 && refusal.sub() < candidates.size()
                ? candidates.get(refusal.sub())
                : execve.arguments().get(0);
        // a file that cannot be read does not tell what runs it; the launcher then names the file itself
        String missing = refusal.object().equals(file)
                ? "its interpreter or loader"
                : part + " " + PlanWords.quoted(refusal.object());
        return refusal.call() + " " + PlanWords.quoted(file) + ": " + new Errno(refusal.error()).name() + " (" + missing
                + " does not exist)";
    }

    private static String reason(RefusalRecord refusal) {
        return refusal.callNumber() == -1
                ? new Errno(refusal.error()).name() + " (the kernel reports something else than was asked for)"
                : new Errno(refusal.error()).toString();
    }
}
