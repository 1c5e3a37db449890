package dev.ostler.cli;

import dev.ostler.linux.Capabilities;
import dev.ostler.linux.Errno;
import dev.ostler.plan.CgroupVersion;
import dev.ostler.plan.HostFacts;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.plan.KernelFeature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What this kernel and these rights can give, item by item, and what each missing thing takes away. Pure. */
final class Diagnosis {
    private static final int NEWEST_LANDLOCK = 7;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYS_RESOURCE = 24;

    /** What stands behind the keys of a service, for the capabilities whose lack is felt. */
    private static final Map<String, String> NEEDED_FOR = new LinkedHashMap<>();

    static {
        NEEDED_FOR.put("SETUID", "user");
        NEEDED_FOR.put("SETGID", "user, group_add");
        NEEDED_FOR.put("SETPCAP", "dropping the bounding set, securebits");
        NEEDED_FOR.put("SYS_ADMIN", "namespaces and mounts without a user namespace");
        NEEDED_FOR.put("SYS_NICE", "lower nice values, real-time scheduling");
        NEEDED_FOR.put("SYS_RESOURCE", "raised hard limits, lower oom_score_adj");
        NEEDED_FOR.put("SYS_PTRACE", "audit of other users' descriptors");
        NEEDED_FOR.put("NET_ADMIN", "network interfaces of sandboxes without a user namespace");
    }

    private final HostFacts facts;
    private final KernelAnswers answers;
    private final Function<Path, Optional<String>> files;
    private final List<Item> items = new ArrayList<>();

    /**
     * One thing.
     *
     * @param value what there is
     * @param missing what cannot be had because of it; empty = nothing is
     */
    record Item(String name, String value, Optional<String> missing) {
        boolean ok() {
            return missing.isEmpty();
        }
    }

    private Diagnosis(HostFacts facts, KernelAnswers answers, Function<Path, Optional<String>> files) {
        this.facts = facts;
        this.answers = answers;
        this.files = files;
    }

    /** @param files text of a file of /proc or /sys, stripped; empty when it is not there */
    static List<Item> of(HostFacts facts, KernelAnswers answers, Function<Path, Optional<String>> files) {
        Diagnosis diagnosis = new Diagnosis(facts, answers, files);
        diagnosis.kernel();
        diagnosis.rights();
        diagnosis.namespaces();
        diagnosis.filters();
        diagnosis.cgroups();
        diagnosis.resources();
        diagnosis.calls();
        return List.copyOf(diagnosis.items);
    }

    private void has(String name, String value) {
        items.add(new Item(name, value, Optional.empty()));
    }

    private void lacks(String name, String value, String what) {
        items.add(new Item(name, value, Optional.of(what)));
    }

    private Optional<String> file(String path) {
        return files.apply(Path.of(path));
    }

    private void kernel() {
        has("kernel", file("/proc/sys/kernel/osrelease").orElse("unknown"));
        file("/sys/kernel/security/lsm").ifPresent(list -> has("security modules", list));
        file("/sys/kernel/security/lockdown").ifPresent(mode -> has("lockdown", mode));
        file("/proc/sys/kernel/yama/ptrace_scope").ifPresent(scope -> has("yama ptrace_scope", scope));
        Optional<String> cores = file("/proc/sys/kernel/core_pattern");
        cores.ifPresent(pattern -> {
            if (pattern.startsWith("|")) {
                lacks("core files", pattern, "they go to a program of the host, which decides where they are kept");
            } else {
                has("core files", pattern);
            }
        });
    }

    private void rights() {
        has("user", "uid " + facts.uid() + (facts.initialUserNamespace() ? "" : " in a user namespace"));
        long all = (1L << facts.lastCapability() + 1) - 1;
        List<String> unbounded = Capabilities.names(all & ~facts.bounding());
        if (unbounded.isEmpty()) {
            has("bounding set", "all capabilities");
        } else {
            lacks("bounding set", "without " + String.join(", ", unbounded), neededFor(unbounded));
        }
        List<String> absent = NEEDED_FOR.keySet().stream()
                .filter(name -> !unbounded.contains(name))
                .filter(name ->
                        (facts.effective() & 1L << Capabilities.number(name).orElseThrow()) == 0)
                .toList();
        if (absent.isEmpty()) {
            has("capabilities", facts.effective() == 0 ? "none" : "those that services need");
        } else {
            lacks("capabilities", "without " + String.join(", ", absent), neededFor(absent));
        }
        if (!facts.initialUserNamespace() && (facts.effective() & 1L << CAP_SYS_RESOURCE) != 0) {
            lacks("limits", "those of the user namespace", "raised hard limits, lower oom_score_adj");
        }
    }

    private static String neededFor(List<String> capabilities) {
        return capabilities.stream()
                .map(name -> NEEDED_FOR.getOrDefault(name, "capabilities: { keep: [" + name + "] }"))
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private void namespaces() {
        Optional<String> obstacle = facts.userNamespaceObstacle();
        if (obstacle.isPresent()) {
            boolean privileged = (facts.effective() & 1L << CAP_SYS_ADMIN) != 0;
            lacks(
                    "user namespaces",
                    obstacle.get(),
                    privileged ? "sandbox.user_namespace" : "namespaces, mounts and networks of sandboxes");
        } else {
            has(
                    "user namespaces",
                    file("/proc/sys/user/max_user_namespaces")
                            .map(n -> "up to " + n)
                            .orElse("yes"));
        }
        for (String name : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup", "time")) {
            if (file("/proc/self/ns/" + name).isEmpty()) {
                lacks(name + " namespaces", "not in this kernel", "sandbox.namespaces: [" + name + "]");
            }
        }
        for (String helper : List.of("newuidmap", "newgidmap")) {
            boolean there = facts.executable(Path.of("/usr/bin/" + helper)) == Executable.EXECUTABLE;
            if (there) {
                has(helper, "/usr/bin/" + helper);
            } else {
                lacks(helper, "not installed (package uidmap)", "id maps of several ids without root");
            }
        }
        subordinateIds();
    }

    /** Lines of subuid(5): {@code app:100000:65536}, by name or number. */
    private void subordinateIds() {
        String uid = Long.toString(facts.uid());
        String name = facts.user(uid).map(HostFacts.Account::name).orElse(uid);
        for (String file : List.of("/etc/subuid", "/etc/subgid")) {
            Optional<String> range = file(file)
                    .orElse("")
                    .lines()
                    .filter(line -> line.startsWith(name + ":") || line.startsWith(uid + ":"))
                    .findFirst();
            if (range.isPresent()) {
                has(file, range.get());
            } else if (facts.uid() != 0) {
                lacks(file, "nothing for \"" + name + "\"", "id maps of several ids without root");
            }
        }
    }

    private void filters() {
        int abi = facts.landlock().abi();
        if (abi == 0) {
            String why = facts.landlock().refusal().map(Object::toString).orElse("");
            lacks("landlock", why, "sandbox.landlock");
        } else if (abi < NEWEST_LANDLOCK) {
            lacks("landlock", "ABI " + abi, "what later versions can: see sandbox.landlock");
        } else {
            has(
                    "landlock",
                    "ABI " + abi + ", errata 0x"
                            + Long.toHexString(facts.landlock().errata()));
        }
        String actions = facts.seccompActions().stream().sorted().collect(Collectors.joining(" "));
        if (actions.isEmpty()) {
            lacks("seccomp", "not in this kernel", "sandbox.seccomp");
        } else {
            has("seccomp", actions);
        }
        if (facts.libseccomp().isPresent()) {
            has("libseccomp", "libseccomp.so.2");
        } else {
            lacks("libseccomp", "not installed", "sandbox.seccomp");
        }
    }

    /** A line {@code 0::} is of version 2, any other of version 1 (cgroups(7)). */
    private void layout() {
        List<String> own = file("/proc/self/cgroup").orElse("").lines().toList();
        boolean second = own.stream().anyMatch(line -> line.startsWith("0::"));
        boolean first = own.stream().anyMatch(line -> line.matches("[1-9]\\d*:[a-z,_]+:.*"));
        if (first) {
            has("cgroup layout", second ? "hybrid: versions 1 and 2" : "version 1");
        } else if (second) {
            has("cgroup layout", "version 2");
        } else {
            lacks("cgroup layout", "none", "limits of a service as a whole");
        }
        if (file("/proc/pressure/cpu").isEmpty()) {
            lacks("pressure", "not counted by this kernel", "pressure in status --json");
        } else {
            has("pressure", "counted");
        }
        List<String> known = file("/proc/cgroups")
                .orElse("")
                .lines()
                .map(line -> line.split("\\s", 2)[0])
                .toList();
        List<String> gone = List.of("memory", "cpuset", "cpu").stream()
                .filter(controller -> !known.contains(controller))
                .toList();
        if (gone.isEmpty()) {
            has("/proc/cgroups", "as JVMs expect it");
        } else {
            lacks(
                    "/proc/cgroups",
                    "without " + String.join(", ", gone),
                    "limits seen by a JVM that looks there (before JDK-8349988): give it -Xmx and"
                            + " -XX:ActiveProcessorCount");
        }
    }

    private void cgroups() {
        layout();
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("memory", "mem_limit, mem_reservation, memswap_limit");
        keys.put("pids", "pids_limit");
        keys.put("cpu", "cpus, cpu_weight");
        keys.put("cpuset", "cpuset");
        keys.put("hugetlb", "hugetlb");
        boolean second = facts.controller("io").version().isPresent();
        keys.put(second ? "io" : "blkio", "blkio_config");
        keys.forEach((controller, key) -> {
            HostFacts.Controller found = facts.controller(controller);
            if (found.version().isPresent()) {
                has("cgroup " + controller, found.version().get() == CgroupVersion.V1 ? "version 1" : "version 2");
            } else {
                lacks("cgroup " + controller, found.why(), key);
            }
        });
    }

    private void resources() {
        has(
                "CPUs",
                facts.onlineCpus().size() + " online, " + facts.allowedCpus().size() + " allowed");
        has("NUMA nodes", Integer.toString(Math.max(1, facts.onlineNodes().size())));
        file("/sys/kernel/mm/transparent_hugepage/enabled").ifPresent(mode -> has("transparent huge pages", mode));
        file("/proc/sys/vm/nr_hugepages").ifPresent(number -> {
            if (number.equals("0")) {
                lacks("huge pages", "none reserved", "hugetlbfs, huge pages of a JVM (-XX:+UseLargePages)");
            } else {
                has("huge pages", number);
            }
        });
        for (KernelFeature feature : KernelFeature.values()) {
            String key = feature.name().toLowerCase(Locale.ROOT);
            Optional<String> obstacle = facts.obstacle(feature);
            if (obstacle.isPresent()) {
                lacks(key, obstacle.get(), key);
            } else {
                has(key, "yes");
            }
        }
    }

    private void calls() {
        has("threads", answers.threads().orElse("not of the GNU C library"));
        call("statmount", answers.statmount(), "mounts by id in audit, which reads /proc/PID/mountinfo instead");
        if (answers.ioUring().isEmpty()) {
            has("io_uring", "yes: what is queued there passes no filter, so filters of system calls deny it");
        } else {
            has("io_uring", "no: " + answers.ioUring().get());
        }
        has(
                "faults on CPUID",
                (answers.cpuidFault().isEmpty()
                                ? "yes"
                                : "no: " + answers.cpuidFault().get())
                        + "; there is no key, execve(2) takes them back");
    }

    private void call(String name, Optional<Errno> refusal, String missing) {
        if (refusal.isEmpty()) {
            has(name, "yes");
        } else {
            lacks(name, refusal.get().toString(), missing);
        }
    }
}
