package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Descriptors that an earlier run of a service has handed over (FDSTORE=1, sd_notify(3)). A run gets those that there are behind
 * its sockets, as sd_listen_fds_with_names(3) has it; so how many they are is known only when it is launched. Pure.
 */
public final class StoredDescriptors {
    private StoredDescriptors() {}

    /** The number behind the last one that they can have. */
    static int end(ServiceSpec service) {
        return first(service) + max(service);
    }

    private static int first(ServiceSpec service) {
        long sockets = service.activation().sockets().stream()
                .filter(socket -> !socket.standardInput())
                .count();
        return PassedDescriptor.FIRST + (int) sockets;
    }

    /** How many a service may hand over. */
    public static int max(ServiceSpec service) {
        return service.notifications()
                .flatMap(NotifySpec::storeMax)
                .map(Located::value)
                .orElse(0);
    }

    /** @param passed what every run gets */
    static void refuseTooMany(Draft draft, int passed) {
        if (draft.service().notifications().isEmpty()) {
            return;
        }
        draft.service().notifications().flatMap(NotifySpec::storeMax).ifPresent(max -> {
            int left = Descriptors.MAX_PASSED - passed;
            if (max.value() > left) {
                draft.problem(
                        max.origin(),
                        "a launch passes " + Descriptors.MAX_PASSED + " descriptors at most, of which " + left
                                + " are left for those that the service stores");
            }
        });
    }

    /** Whether one of them can have this number. */
    static boolean mayTake(ServiceSpec service, int descriptor) {
        return descriptor >= first(service) && descriptor < end(service);
    }

    /**
     * The plan of a run that gets some.
     *
     * @param plan made of the service
     * @param names one for each, in their order; they are passed behind all that is passed otherwise
     */
    public static Plan among(Plan plan, ServiceSpec service, List<String> names) {
        if (names.isEmpty()) {
            return plan;
        }
        List<PlannedOp> ops = new ArrayList<>();
        for (PlannedOp planned : plan.ops()) {
            boolean places = planned.op() instanceof Op.Fds;
            ops.add(places ? placed(planned, first(service), plan.passedDescriptors(), names.size()) : planned);
        }
        Plan placed = new Plan(
                plan.copy(),
                plan.guard(),
                plan.passedDescriptors() + names.size(),
                plan.deadline(),
                plan.deathSignal(),
                ops,
                plan.hiddenVariables(),
                plan.cgroup());
        return placed.with(variables(plan, first(service) - PassedDescriptor.FIRST + names.size(), names));
    }

    private static PlannedOp placed(PlannedOp planned, int target, int passed, int count) {
        List<Descriptors.Entry> entries =
                new ArrayList<>(((Op.Fds) planned.op()).descriptors().entries());
        for (int i = 0; i < count; i++) {
            entries.add(new Descriptors.Entry(target + i, Descriptors.Source.PASSED, passed + i, 0));
        }
        return new PlannedOp(new Op.Fds(new Descriptors(entries)), planned.origin(), planned.reason());
    }

    private static Map<String, String> variables(Plan plan, int count, List<String> names) {
        List<String> all = new ArrayList<>();
        plan.execve().environment().stream()
                .filter(variable -> variable.startsWith("LISTEN_FDNAMES="))
                .forEach(variable -> all.add(variable.substring(variable.indexOf('=') + 1)));
        all.addAll(names);
        Map<String, String> variables = new HashMap<>();
        variables.put("LISTEN_FDS", Integer.toString(count));
        variables.put("LISTEN_FDNAMES", String.join(":", all));
        variables.put("LISTEN_PID", ""); // filled in by the launch
        return variables;
    }
}
