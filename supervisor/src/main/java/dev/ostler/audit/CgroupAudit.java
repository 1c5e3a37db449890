package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.linux.Affinity;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.plan.CgroupFile;
import dev.ostler.plan.CgroupVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cgroups of a run: whether all its processes are in them, and what their files say of the limits. A service may make
 * cgroups below its own. The kernel rounds bytes down to whole pages.
 */
final class CgroupAudit {
    private static final long PAGE = 4096;
    private static final Pattern HUGE_PAGE = Pattern.compile("hugetlb\\.(\\d+)([KMG])B\\..*");

    private final Findings findings;
    private final SandboxFacts facts;
    private final Subject subject;

    CgroupAudit(Findings findings, KernelFacts kernel, Subject subject) {
        this.findings = findings;
        this.facts = kernel.sandbox();
        this.subject = subject;
    }

    /** Those of version 1, which the launch itself enters. */
    void joined() {
        for (String controller : subject.plan().joinedControllers()) {
            Origin origin = subject.plan().cgroup().stream()
                    .filter(file -> file.controller().equals(controller))
                    .findFirst()
                    .orElseThrow()
                    .origin();
            findings.compare("cgroup " + controller, subject.run(), origin, () -> members(controller));
        }
    }

    /** The cgroup of version 2, and every limit. */
    void limits() {
        if (subject.means().equals("cgroup")) {
            findings.compare("cgroup", subject.run(), Origin.BUILT_IN, this::second);
        }
        for (CgroupFile file : subject.plan().cgroup()) {
            String controller = file.version() == CgroupVersion.V1 ? file.controller() : "";
            findings.compare(file.file(), file.value(), file.origin(), "CAP_DAC_READ_SEARCH", () -> {
                Path directory = own(controller).orElseThrow(() -> notThere(file.controller()));
                String truth = facts.cgroupFile(directory.resolve(file.file()));
                return Truth.compare(true, agrees(file, truth), truth.replace('\n', ' '));
            });
        }
    }

    private static KernelException notThere(String controller) {
        return new KernelException("cgroup", controller, Errno.ENOENT);
    }

    /** Also the number of it: another directory of the same name has another. */
    private Truth second() {
        Truth members = members("");
        Optional<Path> own = own("");
        if (members.verdict() != Verdict.AGREES
                || own.isEmpty()
                || subject.cgroup().isEmpty()) {
            return members;
        }
        long id = facts.cgroupId(own.get());
        boolean same = id == subject.cgroup().get();
        return new Truth(
                same ? Verdict.AGREES : Verdict.DIFFERS,
                members.text() + ", id " + id
                        + (same ? "" : " and not " + subject.cgroup().get()));
    }

    private Truth members(String controller) {
        Optional<Path> own = own(controller);
        if (own.isEmpty()) {
            return new Truth(
                    Verdict.DIFFERS,
                    "in "
                            + facts.cgroup(subject.main(), controller)
                                    .map(Path::toString)
                                    .orElse("none that is mounted here"));
        }
        List<Pid> outside = new ArrayList<>();
        int inside = 0;
        for (Pid process : subject.processes()) {
            Optional<Boolean> member = isBelow(process, controller, own.get());
            if (member.equals(Optional.of(false))) {
                outside.add(process);
            } else if (member.isPresent()) {
                inside++;
            }
        }
        String text = own.get().getFileName() + ", " + inside + (inside == 1 ? " process" : " processes");
        return outside.isEmpty()
                ? new Truth(Verdict.AGREES, text)
                : new Truth(Verdict.DIFFERS, text + ", but not process " + outside.get(0));
    }

    /** Empty when the process has ended meanwhile. */
    private Optional<Boolean> isBelow(Pid process, String controller, Path directory) {
        try {
            return Optional.of(facts.cgroup(process, controller)
                    .filter(path -> path.startsWith(directory))
                    .isPresent());
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH) && !process.equals(subject.main())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The directory that was made for the run; the main process is in it, or below it. */
    private Optional<Path> own(String controller) {
        Optional<Path> path = facts.cgroup(subject.main(), controller);
        while (path.isPresent() && !path.get().endsWith(subject.run())) {
            path = path.map(Path::getParent);
        }
        return path;
    }

    private static boolean agrees(CgroupFile file, String truth) {
        String asked = file.value();
        if (file.file().startsWith("cpuset.")) {
            return Affinity.parseList(asked).equals(Affinity.parseList(truth));
        }
        if (asked.matches("\\d+") && truth.matches("\\d+")) {
            long rounded = Long.parseLong(asked) - Long.parseLong(truth);
            return rounded == 0 || rounded > 0 && rounded < unit(file.file());
        }
        List<String> wanted = Arrays.asList(asked.split(" "));
        return truth.lines().anyMatch(line -> {
            List<String> words = Arrays.asList(line.split(" "));
            return words.containsAll(wanted)
                    && (words.get(0).equals(wanted.get(0)) || words.get(0).equals("default"));
        });
    }

    /** What the kernel rounds down to. */
    private static long unit(String file) {
        Matcher huge = HUGE_PAGE.matcher(file);
        if (huge.matches()) {
            return Long.parseLong(huge.group(1)) << 10 * (1 + "KMG".indexOf(huge.group(2)));
        }
        return file.startsWith("memory.") ? PAGE : 1;
    }
}
