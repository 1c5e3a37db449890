package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.linux.Affinity;
import dev.ostler.linux.ProcStatus;
import dev.ostler.plan.Op;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the kernel keeps for each thread by itself; so it must be true of every thread of the main process. */
final class ThreadAudit {
    private final Findings findings;
    private final KernelFacts kernel;
    private final Pid main;

    ThreadAudit(Findings findings, KernelFacts kernel, Pid main) {
        this.findings = findings;
        this.kernel = kernel;
        this.main = main;
    }

    /** @param outside how the supervisor sees the id that was asked for */
    void uid(long asked, long outside, Origin origin) {
        id("uid", asked, outside, ProcStatus::uids, origin);
    }

    void gid(long asked, long outside, Origin origin) {
        id("gid", asked, outside, ProcStatus::gids, origin);
    }

    private void id(String item, long asked, long outside, Function<ProcStatus, ProcStatus.Quad> quad, Origin origin) {
        String map = outside == asked ? "" : ", " + outside + " outside";
        findings.compare(
                item,
                asked + map,
                origin,
                () -> all(
                        thread -> quad.apply(thread).isAll(outside), asked + map, thread -> text(quad.apply(thread))));
    }

    private static String text(ProcStatus.Quad ids) {
        return "real=" + ids.real() + " effective=" + ids.effective() + " saved=" + ids.saved() + " file system="
                + ids.fileSystem();
    }

    void groups(Op.Groups asked, IdMap map, Origin origin) {
        TreeSet<Long> wanted = new TreeSet<>();
        asked.gids().forEach(gid -> wanted.add(map.outside(gid)));
        findings.compare(
                "groups",
                asked.text(),
                origin,
                () -> all(
                        thread -> new TreeSet<>(thread.groups()).equals(wanted),
                        wanted.isEmpty() ? "none" : text(wanted),
                        thread -> thread.groups().isEmpty() ? "none" : text(new TreeSet<>(thread.groups()))));
    }

    private static String text(TreeSet<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    void noNewPrivs(Origin origin) {
        findings.compare("no_new_privs", "1", origin, () -> all(ProcStatus::noNewPrivs, "1", thread -> "0"));
    }

    /** A thread may keep to fewer CPUs than it was given. */
    void affinity(Op.Affinity asked, Origin origin) {
        BitSet wanted = new BitSet();
        asked.cpus().forEach(wanted::set);
        findings.compare("CPU affinity", asked.text(), origin, () -> {
            BitSet truth = kernel.affinity(main);
            if (!truth.equals(wanted)) {
                return new Truth(Verdict.DIFFERS, Affinity.formatList(truth));
            }
            return all(
                    thread -> {
                        BitSet more = thread.cpusAllowed();
                        more.andNot(wanted);
                        return more.isEmpty();
                    },
                    Affinity.formatList(truth),
                    thread -> Affinity.formatList(thread.cpusAllowed()));
        });
    }

    private Truth all(Predicate<ProcStatus> agrees, String asked, Function<ProcStatus, String> text) {
        List<ProcStatus> threads = kernel.threads(main);
        List<ProcStatus> others = threads.stream().filter(agrees.negate()).toList();
        if (others.isEmpty()) {
            return new Truth(Verdict.AGREES, asked);
        }
        String count =
                others.size() == threads.size() ? "" : " in " + others.size() + " of " + threads.size() + " threads";
        return new Truth(Verdict.DIFFERS, text.apply(others.get(0)) + count);
    }
}
