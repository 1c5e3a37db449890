package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.Mount;
import dev.ostler.linux.MountTable;
import dev.ostler.plan.Op;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The mounts of a service as the kernel lists them, beside those of the plan: each with its attributes, its file system and
 * what it shows of the host, and nothing that no op asked for. What a recursive op copies of the host counts as asked for as
 * long as the host has it at that place.
 */
final class MountAudit {
    private final Findings findings;
    private final SandboxFacts facts;
    private final Subject subject;
    private final Pid main;

    MountAudit(Findings findings, KernelFacts kernel, Subject subject) {
        this.findings = findings;
        this.facts = kernel.sandbox();
        this.subject = subject;
        this.main = subject.main();
    }

    /** All ops that have to do with files, when the first of them is met. */
    void audit() {
        PlannedMounts planned = new PlannedMounts(subject.plan(), this::resolve);
        Optional<MountTable> table = table(planned);
        if (table.isPresent()) {
            compare(planned, table.get(), facts.mounts(subject.supervisor()));
        }
        subject.plan().ops().forEach(op -> content(op, planned));
    }

    static boolean isConcernedWith(Op op) {
        return op instanceof SandboxOp.Root
                || op instanceof SandboxOp.Bind
                || op instanceof SandboxOp.Filesystem
                || op instanceof SandboxOp.Mask
                || op instanceof SandboxOp.ReadOnly
                || op instanceof SandboxOp.Mkdir
                || op instanceof SandboxOp.File
                || op instanceof SandboxOp.Symlink
                || op instanceof SandboxOp.Pivot
                || op instanceof SandboxOp.VerifyMounts;
    }

    private String resolve(String path) {
        try {
            return facts.resolve(main, path);
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                throw e;
            }
            return path; // the table of mounts may be readable all the same
        }
    }

    /** Empty when the kernel does not tell; then every op has its line with the reason. */
    private Optional<MountTable> table(PlannedMounts planned) {
        try {
            return Optional.of(facts.mounts(main));
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                throw e;
            }
            planned.entries()
                    .forEach(entry ->
                            findings.add(Verdict.UNKNOWN, entry.item, entry.asked, Findings.unknown(e), entry.origin));
            return Optional.empty();
        }
    }

    private void compare(PlannedMounts planned, MountTable table, MountTable host) {
        Set<Mount> explained = new HashSet<>();
        for (PlannedMounts.Entry entry : planned.entries()) {
            Truth truth = truth(entry, planned, table, host, explained);
            findings.add(truth.verdict(), entry.item, entry.asked, truth.text(), entry.origin);
        }
        for (Mount mount : table.mounts()) {
            if (table.isVisible(mount) && !explained.contains(mount)) {
                unexplained(mount, planned, host);
            }
        }
    }

    private Truth truth(
            PlannedMounts.Entry entry, PlannedMounts planned, MountTable table, MountTable host, Set<Mount> explained) {
        if (entry.hiddenBy().isPresent()) {
            return new Truth(Verdict.AGREES, "hidden by " + entry.hiddenBy().get());
        }
        Optional<Mount> found =
                table.at(entry.path).filter(mount -> mount.point().equals(entry.path));
        if (found.isEmpty()) {
            boolean gone = !entry.optional || facts.look(main, entry.path).isPresent();
            return new Truth(gone ? Verdict.DIFFERS : Verdict.AGREES, gone ? "not mounted" : "nothing is there");
        }
        Mount mount = found.get();
        explained.add(mount);
        List<String> faults = new ArrayList<>();
        if (!mount.has(entry.attributes())) {
            faults.add("not " + missing(entry.attributes() & ~mount.attributes()));
        }
        if (entry.type.isPresent() && !entry.type.get().equals(mount.type())) {
            faults.add("not " + entry.type.get());
        }
        entry.source.flatMap(source -> otherThan(source, mount, host)).ifPresent(faults::add);
        lyingOver(mount, entry, planned, table, host).ifPresent(faults::add);
        if (entry.recursive && entry.attributes() != 0) {
            below(entry, planned, table).ifPresent(faults::add);
        }
        return faults.isEmpty()
                ? new Truth(Verdict.AGREES, mount.text())
                : new Truth(Verdict.DIFFERS, mount.text() + ": " + String.join(", ", faults));
    }

    private static String missing(long attributes) {
        String words = Mount.words(attributes);
        return words.startsWith("rw,") ? words.substring("rw,".length()) : words;
    }

    /** What is at a place of the host must be what shows here. */
    private Optional<String> otherThan(String source, Mount mount, MountTable host) {
        String path = resolveHere(source);
        Optional<Mount> from = host.at(path);
        boolean same = from.filter(below -> below.device() == mount.device()
                        && mount.root().equals(join(below.root(), path.substring(prefix(below.point())))))
                .isPresent();
        return same ? Optional.empty() : Optional.of("it is not \"" + source + "\" of the host");
    }

    private String resolveHere(String path) {
        try {
            return facts.resolve(subject.supervisor(), path);
        } catch (KernelException ignored) { // then its links stay
            return path;
        }
    }

    private static int prefix(String point) {
        return point.equals("/") ? 0 : point.length();
    }

    private static String join(String root, String rest) {
        String joined = (root.equals("/") ? "" : root) + (rest.equals("/") ? "" : rest);
        return joined.isEmpty() ? "/" : joined;
    }

    /** Somebody has mounted the same once more, over it. */
    private static Optional<String> lyingOver(
            Mount mount, PlannedMounts.Entry entry, PlannedMounts planned, MountTable table, MountTable host) {
        long asked = planned.entries().stream()
                .filter(other -> other.path.equals(entry.path))
                .count();
        return table.beneath(mount)
                .filter(beneath -> asked == 1 && !entry.path.equals("/") && !isOfHost(beneath, host))
                .map(beneath -> "it lies over " + beneath.text());
    }

    private static boolean isOfHost(Mount mount, MountTable host) {
        return host.mounts().stream().anyMatch(other -> other.device() == mount.device());
    }

    /** The attributes of a recursive op hold for what came with it. */
    private static Optional<String> below(PlannedMounts.Entry entry, PlannedMounts planned, MountTable table) {
        List<String> without = table.mounts().stream()
                .filter(mount -> !mount.point().equals(entry.path)
                        && mount.point().startsWith(entry.path.equals("/") ? "/" : entry.path + "/"))
                .filter(mount -> planned.covering(mount.point()).equals(Optional.of(entry)))
                .filter(mount -> table.isVisible(mount) && !mount.has(entry.attributes()))
                .map(Mount::point)
                .toList();
        return without.isEmpty()
                ? Optional.empty()
                : Optional.of(without.size() + " below without that: " + without.get(0));
    }

    private void unexplained(Mount mount, PlannedMounts planned, MountTable host) {
        Optional<PlannedMounts.Entry> above = planned.covering(mount.point());
        boolean copied = above.filter(entry -> entry.recursive && entry.source.isPresent())
                .map(entry ->
                        join(resolveHere(entry.source.get()), mount.point().substring(prefix(entry.path))))
                .flatMap(host::at)
                .filter(original ->
                        original.device() == mount.device() && original.root().equals(mount.root()))
                .isPresent();
        if (!copied) {
            findings.add(Verdict.DIFFERS, "mount " + mount.point(), "none", mount.text(), Origin.BUILT_IN);
        }
    }

    private void content(PlannedOp planned, PlannedMounts mounts) {
        Op op = planned.op();
        Origin origin = planned.origin();
        if (op instanceof SandboxOp.Mkdir asked) {
            seen("directory", asked.path(), "there", planned, mounts, seen -> {
                boolean directory = seen.identity().type() == LinuxConstants.S_IFDIR;
                return Truth.compareOwn(true, directory, directory ? "there" : "something else");
            });
        } else if (op instanceof SandboxOp.File asked) {
            long bytes = asked.content().getBytes(StandardCharsets.UTF_8).length;
            seen("file", asked.path(), bytes + " bytes", planned, mounts, seen -> {
                boolean regular = seen.identity().type() == LinuxConstants.S_IFREG;
                String text = regular ? seen.identity().size() + " bytes" : "something else";
                return Truth.compareOwn(bytes + " bytes", text, text);
            });
        } else if (op instanceof SandboxOp.Symlink asked) {
            seen("link", asked.path(), asked.to(), planned, mounts, seen -> {
                String text = seen.link().isEmpty() ? "something else" : seen.link();
                return Truth.compareOwn(asked.to(), text, text);
            });
        } else if (op instanceof SandboxOp.Pivot) {
            findings.compare("pivot", "its root is that of its namespace", origin, this::pivot);
        } else if (op instanceof SandboxOp.VerifyMounts) {
            List<String> made = mounts.entries().stream()
                    .filter(entry -> entry.hiddenBy().isEmpty() && !entry.optional)
                    .map(entry -> entry.path)
                    .toList();
            findings.compare("mounts", made.size() + " that the launch has read back", origin, () -> readAgain(made));
        }
    }

    /** What was made in the tree; the service may change it as far as it may write. */
    private void seen(
            String what,
            String path,
            String asked,
            PlannedOp op,
            PlannedMounts planned,
            Function<SandboxFacts.Seen, Truth> question) {
        findings.compare(what + " " + path, asked, op.origin(), () -> {
            int slash = path.lastIndexOf('/');
            String directory = facts.resolve(main, path.substring(0, slash + 1));
            String resolved = (directory.equals("/") ? "" : directory) + path.substring(slash);
            Optional<SandboxFacts.Seen> seen = facts.look(main, resolved);
            if (planned.isHidden(resolved, op)) {
                return new Truth(Verdict.AGREES, "hidden by a later mount");
            }
            return seen.map(question).orElse(new Truth(Verdict.CHANGED, "gone"));
        });
    }

    /** A process that was only put into a directory sees a part of the mounts of its namespace. */
    private Truth pivot() {
        int all = facts.mounts(main).mounts().size();
        int seen = facts.seenMounts(main).mounts().size();
        return Truth.compare(true, seen >= all, "it sees " + seen + " of " + all + " mounts");
    }

    private Truth readAgain(List<String> made) {
        MountTable table = facts.mounts(main);
        List<String> missing = made.stream()
                .filter(path -> table.at(path)
                        .filter(mount -> mount.point().equals(path))
                        .isEmpty())
                .toList();
        return missing.isEmpty()
                ? new Truth(
                        Verdict.AGREES, made.size() + " of " + table.mounts().size())
                : new Truth(Verdict.DIFFERS, "missing: " + String.join(", ", missing));
    }
}
