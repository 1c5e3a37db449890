package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Wanted;
import dev.ostler.spec.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Decides what another configuration means for each service. Pure. */
public final class Changes {
    /** Keys of the supervisor's own: what runs does not know of them. Of any other key only another run can have the change. */
    private static final Set<String> TAKE_EFFECT_AT_ONCE = Set.of(
            "activation",
            "conditions",
            "depends_on",
            "disabled",
            "groups",
            "health",
            "heap_dump_grace_period",
            "logs",
            "ready",
            "reload",
            "restart",
            "stop",
            "stop_grace_period",
            "stop_signal");

    private Changes() {}

    /**
     * Compares.
     *
     * @param before settings of the services that are known to {@code statuses}
     * @return in the order of {@code after}, then what is gone
     */
    public static List<Change> between(
            Map<ServiceName, List<Setting>> before,
            Map<ServiceName, List<Setting>> after,
            Function<ServiceName, ServiceStatus> statuses) {
        List<Change> changes = new ArrayList<>();
        after.forEach((name, settings) -> {
            if (before.containsKey(name)) {
                List<Difference> differences = Difference.between(before.get(name), settings);
                changes.add(new Change(name, kind(differences, settings, statuses.apply(name)), differences));
            } else {
                changes.add(
                        new Change(name, isDisabled(settings) ? Change.Kind.STAY_DOWN : Change.Kind.START, List.of()));
            }
        });
        for (ServiceName name : before.keySet()) {
            if (!after.containsKey(name)) {
                changes.add(new Change(name, Change.Kind.STOP, List.of()));
            }
        }
        return changes;
    }

    private static Change.Kind kind(List<Difference> differences, List<Setting> after, ServiceStatus status) {
        if (differences.isEmpty()) {
            return Change.Kind.STAY;
        }
        if (status.wanted() == Wanted.DOWN) {
            return Change.Kind.STAY_DOWN;
        }
        boolean otherTrigger =
                differences.stream().anyMatch(change -> topLevel(change.key()).equals("activation"));
        if (status.isArmed()) { // what is new is started by its trigger, where it still has one
            return otherTrigger && !isOnDemand(after) ? Change.Kind.RESTART : Change.Kind.STAY_DOWN;
        }
        if (otherTrigger && status.isIdle()) {
            return Change.Kind.RESTART;
        }
        boolean atOnce = differences.stream().allMatch(change -> TAKE_EFFECT_AT_ONCE.contains(topLevel(change.key())));
        return atOnce && !helpsAStart(differences, status) ? Change.Kind.RELOAD : Change.Kind.RESTART;
    }

    /** Whether another attempt may end in another way than that which is under way, or has failed. */
    private static boolean helpsAStart(List<Difference> differences, ServiceStatus status) {
        ServiceState state = status.state();
        boolean starting = state == ServiceState.STARTING || state == ServiceState.STARTED;
        return state == ServiceState.BACKOFF
                || state == ServiceState.FAILED
                || state == ServiceState.DEPENDENCY_FAILED
                || state == ServiceState.SKIPPED
                || starting
                        && differences.stream()
                                .anyMatch(change -> topLevel(change.key()).equals("ready"));
    }

    private static boolean isOnDemand(List<Setting> settings) {
        return settings.stream()
                .anyMatch(setting -> topLevel(setting.key()).equals("activation")
                        && !setting.value().equals("boot"));
    }

    private static boolean isDisabled(List<Setting> settings) {
        return settings.stream()
                .anyMatch(setting ->
                        setting.key().equals("disabled") && setting.value().equals("true"));
    }

    private static String topLevel(String key) {
        int end = 0;
        while (end < key.length() && key.charAt(end) != '.' && key.charAt(end) != '[') {
            end++;
        }
        return key.substring(0, end);
    }
}
