package dev.ostler.plan;

import dev.ostler.base.Machine;
import dev.ostler.base.Origin;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Libseccomp;
import dev.ostler.plan.filter.FilterProgram;
import dev.ostler.plan.filter.FilterRules;
import dev.ostler.plan.filter.TooManyComparisonsException;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.SeccompAction;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The filter of system calls of a service. What the launcher itself does after loading it must pass: execve, the write that
 * tells the start, and exit_group when the start failed. The last two are allowed without being named.
 */
final class SeccompFilter {
    private static final List<String> OF_THE_LAUNCHER = List.of("write", "exit_group");

    /** By which the launcher gives up CAP_SYS_ADMIN, and looks whether it is gone. */
    private static final List<String> OF_GIVING_UP = List.of("capset", "capget");

    /** By which the launcher finds out what is missing when the program cannot be executed, and waits. */
    private static final List<String> OF_LOOKING_INTO_IT =
            List.of("openat", "pread64", "close", "faccessat", "nanosleep");

    private final Draft draft;
    private final SeccompSpec spec;

    private SeccompFilter(Draft draft, SeccompSpec spec) {
        this.draft = draft;
        this.spec = spec;
    }

    /** After the capabilities. */
    static void compile(Draft draft, SeccompSpec spec) {
        new SeccompFilter(draft, spec).compile();
    }

    private void compile() {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            refuse(obstacle.get());
            return;
        }
        Optional<Libseccomp> library = draft.facts().libseccomp();
        if (library.isEmpty()) {
            refuse("libseccomp.so.2 is not installed (package libseccomp2 or libseccomp)");
            return;
        }
        try {
            FilterRules rules = FilterRules.of(Machine.current(), spec);
            if (passesLauncher(rules)) {
                boolean quiet = !OF_LOOKING_INTO_IT.stream().allMatch(rules::isHarmless);
                draft.op(
                        LaunchOrder.SECCOMP,
                        new Op.Seccomp(quiet, FilterProgram.of(rules, library.get())),
                        spec.origin());
            }
        } catch (TooManyComparisonsException | KernelException e) {
            draft.problem(spec.origin(), subject() + e.getMessage());
        }
    }

    private Optional<String> obstacle() {
        Set<String> there = draft.facts().seccompActions();
        if (there.isEmpty()) {
            return Optional.of("this kernel has no seccomp filters");
        }
        Set<String> missing = new TreeSet<>(wanted());
        missing.removeAll(there);
        if (!missing.isEmpty()) {
            return Optional.of("this kernel does not know the action " + String.join(", ", missing));
        }
        if (!Sandbox.noNewPrivs(draft) && !draft.may(PlanWords.CAP_SYS_ADMIN)) {
            return Optional.of("without no_new_privs it " + draft.lacks(List.of(PlanWords.CAP_SYS_ADMIN)));
        }
        return Optional.empty();
    }

    /** The actions as /proc/sys/kernel/seccomp names them. */
    private List<String> wanted() {
        Stream<SeccompAction> own = spec.deny().stream().flatMap(item -> item.action().stream());
        List<String> names = new ArrayList<>(List.of("allow", "errno", "kill_process"));
        Stream.concat(own, Stream.of(spec.otherwise()))
                .map(action -> action.kind() == SeccompAction.Kind.KILL
                        ? "kill_process"
                        : action.kind().name().toLowerCase(Locale.ROOT))
                .forEach(names::add);
        return names;
    }

    private void refuse(String why) {
        if (spec.ifUnsupported() == IfUnsupported.WARN) {
            draft.degraded(spec.origin(), subject() + why);
        } else {
            draft.problem(spec.origin(), subject() + why);
        }
    }

    private String subject() {
        return "cannot filter the system calls of \"" + draft.service().name() + "\": ";
    }

    /** Lets through what the launcher needs; a problem when the lists say that it must not. */
    private boolean passesLauncher(FilterRules rules) {
        List<String> needed = new ArrayList<>(OF_THE_LAUNCHER);
        if (draft.has(LaunchOrder.CAPSET_AFTER_SECCOMP)) {
            needed.addAll(OF_GIVING_UP);
        }
        needed.forEach(rules::allow);
        needed.add("execve");
        boolean passes = true;
        for (String call : needed) {
            if (!rules.isAllowed(call)) {
                Origin origin = rules.denier(call).map(SeccompItem::origin).orElse(spec.origin());
                draft.problem(
                        origin,
                        subject() + call + " must be allowed, whatever its arguments are: "
                                + (call.equals("execve") ? "it starts the program" : "the launcher needs it"));
                passes = false;
            }
        }
        return passes;
    }
}
