package dev.ostler.plan.filter;

import dev.ostler.base.Machine;
import dev.ostler.base.SyscallGroups;
import dev.ostler.base.Syscalls;
import dev.ostler.spec.SeccompAction;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which call of an architecture gets which action, all lists and groups resolved. What is not in it gets {@link #base}:
 *
 * <ul>
 *   <li>with a list of allowed calls, that is the action of the specification;
 *   <li>with denied calls alone, that is to be allowed (empty).
 * </ul>
 *
 * <p>Two decisions are made here, not in the lists. clone3(2) passes its flags in memory, where a filter cannot see them, so
 * it gets ENOSYS, upon which every libc takes clone(2), wherever clone is not allowed as a whole and nobody asked for clone3
 * by its name. The io_uring calls carry out others past the filter, so a list of denied calls alone denies them too; who wants
 * them allows {@code @known} first.
 */
public final class FilterRules {
    private static final String IO_URING = "@io-uring";

    /** What one call gets: the parts do not overlap. */
    record Call(int number, Region allowed, List<Denied> denied) {}

    /** A part of the arguments that gets an action of its own. */
    record Denied(Region region, SeccompAction action) {}

    private static final class Draft {
        private Region allowed = Region.NONE;
        private Region taken = Region.NONE;
        private final List<Denied> denied = new ArrayList<>();

        /** The first one to deny something decides what it gets. */
        void deny(Region region, SeccompAction action) {
            Region fresh = region.minus(taken);
            if (!fresh.isNone()) {
                denied.add(new Denied(fresh, action));
                taken = taken.or(fresh);
            }
        }
    }

    private final Machine machine;
    private final SeccompSpec spec;
    private final SortedMap<String, Draft> drafts = new TreeMap<>();

    private FilterRules(Machine machine, SeccompSpec spec) {
        this.machine = machine;
        this.spec = spec;
    }

    /** {@link TooManyComparisonsException} when the comparisons of one call are too many. */
    public static FilterRules of(Machine machine, SeccompSpec spec) {
        FilterRules rules = new FilterRules(machine, spec);
        rules.resolve();
        return rules;
    }

    private void resolve() {
        for (SeccompItem item : spec.allow().orElse(List.of())) {
            regions(item)
                    .forEach((call, region) ->
                            draft(call).allowed = draft(call).allowed.or(region));
        }
        for (SeccompItem item : spec.deny()) {
            SeccompAction action = item.action().orElse(spec.otherwise());
            regions(item)
                    .forEach((call, region) ->
                            draft(call).deny(region, call.equals("clone3") ? SeccompAction.ENOSYS : action));
        }
        if (spec.allow().isEmpty()) {
            for (SyscallGroups.Member member : SyscallGroups.members(IO_URING)) {
                draft(member.call()).deny(Region.ALL, spec.otherwise());
            }
        }
        boolean named = spec.allow().orElse(List.of()).stream()
                .anyMatch(item -> item.call().equals("clone3"));
        if (!isAllowed("clone3") || !named && !isAllowed("clone")) {
            draft("clone3").deny(Region.ALL, SeccompAction.ENOSYS);
        }
    }

    private static Map<String, Region> regions(SeccompItem item) {
        Map<String, Region> regions = new TreeMap<>();
        if (!item.isGroup()) {
            regions.put(item.call(), Conditions.region(item.call(), item.conditions()));
            return regions;
        }
        for (SyscallGroups.Member member : SyscallGroups.members(item.call())) {
            Region region = Region.of(Cube.of(member.index(), member.mask(), member.value()));
            regions.merge(member.call(), region, Region::or);
        }
        return regions;
    }

    private Draft draft(String call) {
        return drafts.computeIfAbsent(call, name -> new Draft());
    }

    /** Adds a call that the launcher makes after the filter is in force. */
    public void allow(String call) {
        if (spec.allow().isPresent()) {
            draft(call).allowed = Region.ALL;
        }
    }

    /** The first item that keeps a call from being made, or {@code seccomp} itself when none of them allows it. */
    public Optional<SeccompItem> denier(String call) {
        return spec.deny().stream()
                .filter(item -> regions(item).containsKey(call))
                .findFirst();
    }

    /** Whether a call is made whatever its arguments are. */
    public boolean isAllowed(String call) {
        return outcome(call).isAll();
    }

    /** Whether a call is made, or fails with an errno, whatever its arguments are: it has no signal to fear. */
    public boolean isHarmless(String call) {
        Draft draft = drafts.getOrDefault(call, new Draft());
        boolean errnos = draft.denied.stream().allMatch(denied -> survives(denied.action()));
        return errnos
                && (base().map(FilterRules::survives).orElse(true)
                        || draft.allowed.or(draft.taken).isAll());
    }

    private static boolean survives(SeccompAction action) {
        return action.kind() == SeccompAction.Kind.ERRNO || action.kind() == SeccompAction.Kind.LOG;
    }

    private Region outcome(String call) {
        Draft draft = drafts.getOrDefault(call, new Draft());
        boolean open =
                base().map(action -> action.kind() == SeccompAction.Kind.LOG).orElse(true);
        Region allowed = (open ? Region.ALL : draft.allowed);
        for (Denied denied : draft.denied) {
            if (denied.action().kind() != SeccompAction.Kind.LOG) {
                allowed = allowed.minus(denied.region());
            }
        }
        return allowed;
    }

    /** What all else gets; empty = it is allowed. */
    public Optional<SeccompAction> base() {
        return spec.allow().isPresent() ? Optional.of(spec.otherwise()) : Optional.empty();
    }

    Machine machine() {
        return machine;
    }

    /** Those that get something else than {@link #base}, by number. */
    List<Call> calls() {
        SortedMap<Integer, Call> calls = new TreeMap<>();
        drafts.forEach((name, draft) -> Syscalls.number(machine, name).ifPresent(number -> {
            Region allowed = spec.allow().isPresent() ? draft.allowed.minus(draft.taken) : Region.NONE;
            List<Denied> denied = draft.denied.stream()
                    .filter(each -> !Optional.of(each.action()).equals(base()))
                    .toList();
            if (!allowed.isNone() || !denied.isEmpty()) {
                calls.put(number, new Call(number, allowed, denied));
            }
        }));
        return List.copyOf(calls.values());
    }
}
