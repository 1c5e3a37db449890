package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.plan.Op;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is executed and with which environment. A program may execute another one with whatever environment it likes, as
 * shells do; variables that nobody asked for are a difference only as long as the program is the one that was asked for.
 */
final class ProgramAudit {
    /** What a shell adds to the environment of its children, and of itself when it executes itself. */
    private static final Set<String> OF_SHELLS = Set.of("PWD", "OLDPWD", "SHLVL", "_");

    private final Findings findings;
    private final KernelFacts kernel;
    private final Pid main;

    ProgramAudit(Findings findings, KernelFacts kernel, Pid main) {
        this.findings = findings;
        this.kernel = kernel;
        this.main = main;
    }

    void audit(Op.Execve asked, Origin origin) {
        findings.compare("executable", asked.arguments().get(0), origin, () -> {
            String executed = kernel.executable(main).toString();
            return new Truth(executesAsked(asked) ? Verdict.AGREES : Verdict.CHANGED, executed);
        });
        Set<String> names = new LinkedHashSet<>();
        asked.environment().forEach(variable -> names.add(variable.substring(0, variable.indexOf('='))));
        findings.compare(
                "environment", names.size() + " variables", origin, () -> environment(names, executesAsked(asked)));
    }

    private boolean executesAsked(Op.Execve asked) {
        return asked.candidates().stream().map(Path::of).anyMatch(this::executes);
    }

    private boolean executes(Path candidate) {
        return kernel.executes(main, candidate)
                || kernel.interpreter(candidate)
                        .map(interpreter -> kernel.executes(main, interpreter))
                        .orElse(false);
    }

    private Truth environment(Set<String> asked, boolean sameProgram) {
        Set<String> there = new LinkedHashSet<>(kernel.environmentNames(main));
        Set<String> added = new LinkedHashSet<>(there);
        added.removeAll(asked);
        Set<String> missing = new LinkedHashSet<>(asked);
        missing.removeAll(there);
        List<String> words = new ArrayList<>();
        words.add(there.size() + " variables");
        added.forEach(name -> words.add("+" + name));
        missing.forEach(name -> words.add("-" + name));
        Verdict verdict = Verdict.AGREES;
        if (sameProgram && !OF_SHELLS.containsAll(added)) {
            verdict = Verdict.DIFFERS;
        } else if (!added.isEmpty() || !missing.isEmpty()) {
            verdict = Verdict.CHANGED;
        }
        return new Truth(verdict, String.join(" ", words));
    }
}
