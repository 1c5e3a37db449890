package dev.ostler.audit;

import dev.ostler.audit.KernelFacts.OpenFile;
import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.plan.Descriptors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a service has open. Descriptors that it opened itself are its own affair; one that shares an open file
 * description with the supervisor, the keeper or the guard, and was not asked for, is a leak. The two ends of a pipe are
 * two descriptions, so the log pipes are none. Only descriptors of the same file are compared, so that the number of
 * comparisons stays small.
 */
final class DescriptorAudit {
    private static final String NOT_SHARED = "not shared";

    /** In a root of its own without it, the mount that it was opened through is gone, and so is that part of its path. */
    private static final Set<String> NULL_DEVICE = Set.of("/dev/null", "/null");

    private final Findings findings;
    private final KernelFacts kernel;
    private final Subject subject;
    private final Map<Pid, Map<Integer, OpenFile>> open = new LinkedHashMap<>();

    DescriptorAudit(Findings findings, KernelFacts kernel, Subject subject) {
        this.findings = findings;
        this.kernel = kernel;
        this.subject = subject;
    }

    void audit(Descriptors asked, Origin origin) {
        findings.compare("descriptors", asked.toString(), origin, () -> {
            open.put(subject.main(), kernel.openFiles(subject.main()));
            return placed(asked, open.get(subject.main()));
        });
        Optional<Pid> init = NamespaceInit.of(subject, kernel);
        subject.processes().stream()
                .filter(process -> !process.equals(subject.main()) && !init.equals(Optional.of(process)))
                .forEach(process -> look(process, origin));
        compareWith("supervisor", subject.supervisor(), asked, origin);
        compareWith("keeper", subject.keeper(), asked, origin);
        subject.guard().ifPresent(guard -> compareWith("guard", guard, asked, origin));
        if (!subject.stored().isEmpty()) {
            String names = String.join(", ", subject.stored().values());
            findings.add(
                    Verdict.NOTE, "stored descriptors", "", subject.stored().size() + ": " + names, origin);
        }
    }

    /** A process besides the main one may end at any time. */
    private void look(Pid process, Origin origin) {
        try {
            open.put(process, kernel.openFiles(process));
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                findings.add(
                        Verdict.UNKNOWN, "descriptors of process " + process, NOT_SHARED, Findings.unknown(e), origin);
            }
        }
    }

    private static Truth placed(Descriptors asked, Map<Integer, OpenFile> files) {
        List<String> words = new ArrayList<>();
        boolean agrees = true;
        int own = files.size();
        for (Descriptors.Entry entry : asked.entries()) {
            OpenFile file = files.get(entry.target());
            agrees &= file != null && fits(entry, file);
            own -= file == null ? 0 : 1;
            words.add(entry.target() + "=" + (file == null ? "closed" : file.target()));
        }
        words.add("and " + own + " of its own");
        return new Truth(agrees ? Verdict.AGREES : Verdict.CHANGED, String.join(" ", words));
    }

    private static boolean fits(Descriptors.Entry asked, OpenFile file) {
        return asked.source() == Descriptors.Source.NULL
                ? NULL_DEVICE.contains(file.target()) && file.identity().type() == LinuxConstants.S_IFCHR
                : asked.fileType() == 0 || file.identity().type() == asked.fileType();
    }

    private void compareWith(String role, Pid owner, Descriptors asked, Origin origin) {
        String item = "descriptors of the " + role;
        List<String> leaks = new ArrayList<>();
        findings.compare(item, NOT_SHARED, origin, () -> {
            leaks.addAll(leaks(owner, asked));
            return leaks.isEmpty() ? new Truth(Verdict.AGREES, NOT_SHARED) : new Truth(Verdict.DIFFERS, leaks.get(0));
        });
        leaks.stream().skip(1).forEach(leak -> findings.add(Verdict.DIFFERS, item, NOT_SHARED, leak, origin));
    }

    private List<String> leaks(Pid owner, Descriptors asked) {
        Map<Integer, OpenFile> theirs = kernel.openFiles(owner);
        Set<Integer> given = given(owner, theirs, asked);
        List<String> leaks = new ArrayList<>();
        open.forEach((process, files) -> {
            for (int fd : files.keySet()) {
                for (int ownerFd : shared(process, fd, owner, theirs)) {
                    if (!given.contains(ownerFd)) {
                        leaks.add("descriptor " + fd + " of process " + process + " is " + ownerFd + " of process "
                                + owner + ": " + files.get(fd).target());
                    }
                }
            }
        });
        return leaks;
    }

    /** Numbers of the owner's descriptors that the service was meant to get, and may have passed on. */
    private Set<Integer> given(Pid owner, Map<Integer, OpenFile> theirs, Descriptors asked) {
        Set<Integer> given = new TreeSet<>();
        for (Descriptors.Entry entry : asked.entries()) {
            given.addAll(shared(subject.main(), entry.target(), owner, theirs));
        }
        handedOver(owner, theirs, given);
        return given;
    }

    /** What the service has stored came from it, and it may have it still. */
    private void handedOver(Pid owner, Map<Integer, OpenFile> theirs, Set<Integer> given) {
        if (subject.stored().isEmpty()) {
            return;
        }
        Map<Integer, OpenFile> supervisors = new LinkedHashMap<>(kernel.openFiles(subject.supervisor()));
        supervisors.keySet().retainAll(subject.stored().keySet());
        supervisors.forEach((number, file) -> theirs.forEach((theirNumber, other) -> {
            if (file.identity().isSameFile(other.identity())
                    && kernel.isShared(subject.supervisor(), number, owner, theirNumber)) {
                given.add(theirNumber);
            }
        }));
    }

    private Set<Integer> shared(Pid process, int fd, Pid owner, Map<Integer, OpenFile> theirs) {
        Set<Integer> shared = new TreeSet<>();
        OpenFile file = open.getOrDefault(process, Map.of()).get(fd);
        if (file == null) {
            return shared;
        }
        theirs.forEach((ownerFd, other) -> {
            if (file.identity().isSameFile(other.identity()) && kernel.isShared(process, fd, owner, ownerFd)) {
                shared.add(ownerFd);
            }
        });
        return shared;
    }
}
