package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.cgroup.Hierarchies;
import dev.ostler.linux.Accounts;
import dev.ostler.linux.Affinity;
import dev.ostler.linux.Capabilities;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Landlock;
import dev.ostler.linux.Libseccomp;
import dev.ostler.linux.NamespaceOwner;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
import dev.ostler.plan.HostFacts;
import dev.ostler.plan.KernelFeature;
import dev.ostler.spec.UlimitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host as this process sees it. Rights and CPUs are those of the moment of {@link #capture}; groups and files
 * are asked for when needed, users once, and the user database may block: not for the loop thread.
 */
public final class SystemHostFacts implements HostFacts {
    /** The first user namespace has this inode on every kernel (PROC_USER_INIT_INO). */
    private static final String INITIAL_USER_NAMESPACE = "user:[4026531837]";

    private static final int CAP_SYS_ADMIN = 21;

    private static final Pattern RELEASE = Pattern.compile("^(\\d{1,4})\\.(\\d{1,4})");

    private static final Path PROC_SELF = Path.of("/proc/self");
    private static final Path ONLINE_NODES = Path.of("/sys/devices/system/node/online");
    private static final String ALLOWED_NODES = "Mems_allowed_list:";
    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

    private static final Path SECCOMP_ACTIONS = Path.of("/proc/sys/kernel/seccomp/actions_avail");

    /** Where nice stands in proc_pid_stat(5), counted from the field after the name. */
    private static final int NICE_AFTER_NAME = 16;

    private final Map<String, Optional<Account>> found = new HashMap<>();
    private final Accounts accounts;
    private final Pid self;
    private final ProcStatus status;
    private final IdMap users;
    private final IdMap groups;
    private final List<Integer> onlineCpus;
    private final List<Integer> allowedCpus;

    private SystemHostFacts(Accounts accounts) {
        this.accounts = accounts;
        this.self = new Pid((int) ProcessHandle.current().pid());
        this.status = ProcStatus.of(self);
        this.users = IdMap.read(PROC_SELF.resolve("uid_map"));
        this.groups = IdMap.read(PROC_SELF.resolve("gid_map"));
        BitSet online = text(ONLINE).map(Affinity::parseList).orElseGet(status::cpusAllowed);
        BitSet allowed = Cpuset.effective().map(Affinity::parseList).orElse(online);
        allowed.and(online);
        this.onlineCpus = online.stream().boxed().toList();
        this.allowedCpus = allowed.stream().boxed().toList();
    }

    /** {@link KernelException} when /proc cannot be read. */
    public static SystemHostFacts capture(Accounts accounts) {
        return new SystemHostFacts(accounts);
    }

    @Override
    public long uid() {
        return status.uids().effective();
    }

    @Override
    public long gid() {
        return status.gids().effective();
    }

    @Override
    public List<Long> groups() {
        return status.groups();
    }

    @Override
    public long effective() {
        return status.capabilities().effective();
    }

    @Override
    public long permitted() {
        return status.capabilities().permitted();
    }

    @Override
    public long bounding() {
        return status.capabilities().bounding();
    }

    @Override
    public int lastCapability() {
        return Capabilities.last();
    }

    @Override
    public boolean initialUserNamespace() {
        try {
            return Files.readSymbolicLink(PROC_SELF.resolve("ns/user"))
                    .toString()
                    .equals(INITIAL_USER_NAMESPACE);
        } catch (IOException ignored) { // a kernel without user namespaces has no such file, and one namespace
            return true;
        }
    }

    /** An owner that this process may not see is one outside of its user namespace; ENOTTY: before Linux 4.9. */
    @Override
    public boolean ownsNetwork() {
        return NamespaceOwner.refusal(PROC_SELF.resolve("ns/net"))
                .filter(Errno.EPERM::equals)
                .isEmpty();
    }

    @Override
    public boolean isUserMapped(long uid) {
        return users.has(uid);
    }

    @Override
    public boolean isGroupMapped(long gid) {
        return groups.has(gid);
    }

    @Override
    public boolean setgroupsAllowed() {
        return text(PROC_SELF.resolve("setgroups")).map("allow"::equals).orElse(true);
    }

    @Override
    public BlockDevice blockDevice(Path file) {
        return BlockDevices.find(file);
    }

    @Override
    public Controller controller(String name) {
        return Controllers.find(Hierarchies.own(), name);
    }

    @Override
    public String memoryNodes() {
        return required(PROC_SELF.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("Mems_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("0");
    }

    /** user_namespaces(7), and the switches of Debian and Ubuntu. */
    @Override
    public Optional<String> userNamespaceObstacle() {
        if (!Files.exists(PROC_SELF.resolve("ns/user"))) {
            return Optional.of("this kernel has none");
        }
        if (text(Path.of("/proc/sys/user/max_user_namespaces"))
                .filter("0"::equals)
                .isPresent()) {
            return Optional.of("user.max_user_namespaces is 0");
        }
        boolean root = (effective() & 1L << CAP_SYS_ADMIN) != 0;
        if (!root
                && text(Path.of("/proc/sys/kernel/unprivileged_userns_clone"))
                        .filter("0"::equals)
                        .isPresent()) {
            return Optional.of("kernel.unprivileged_userns_clone is 0");
        }
        if (!root
                && text(Path.of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))
                        .filter("1"::equals)
                        .isPresent()) {
            return Optional.of("kernel.apparmor_restrict_unprivileged_userns is 1");
        }
        return Optional.empty();
    }

    @Override
    public boolean execveEntersTimeNamespace() {
        return isAtLeast62(System.getProperty("os.version"));
    }

    /** {@code 6.2.0-1-amd64}; a release that is no number is taken for an old one. */
    static boolean isAtLeast62(String release) {
        Matcher numbers = RELEASE.matcher(release);
        if (!numbers.find()) {
            return false;
        }
        int major = Integer.parseInt(numbers.group(1));
        return major > 6 || major == 6 && Integer.parseInt(numbers.group(2)) >= 2;
    }

    @Override
    public Optional<Account> user(String nameOrNumber) {
        return found.computeIfAbsent(
                nameOrNumber, this::lookUp); // services share users, and a look may ask the network
    }

    private Optional<Account> lookUp(String nameOrNumber) {
        return accounts.user(nameOrNumber)
                .filter(found -> found.name().isPresent() && found.gid().isPresent())
                .map(found -> new Account(
                        found.name().get(),
                        found.uid(),
                        found.gid().getAsLong(),
                        found.home().orElse("/"),
                        found.shell().filter(shell -> !shell.isEmpty()).orElse("/bin/sh")));
    }

    @Override
    public Optional<Long> group(String name) {
        OptionalLong gid = accounts.group(name);
        return gid.isPresent() ? Optional.of(gid.getAsLong()) : Optional.empty();
    }

    @Override
    public List<Long> groupsOf(Account account) {
        return accounts.groupList(account.name(), account.gid());
    }

    @Override
    public List<Integer> onlineCpus() {
        return onlineCpus;
    }

    @Override
    public List<Integer> allowedCpus() {
        return allowedCpus;
    }

    @Override
    public Limit limit(UlimitSpec.Resource resource) {
        Rlimits.Limit limit = Rlimits.of(self, resource.number());
        return new Limit(limit.soft(), limit.hard());
    }

    @Override
    public int nice() {
        String stat = required(PROC_SELF.resolve("stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return Integer.parseInt(afterName[NICE_AFTER_NAME]);
    }

    @Override
    public List<Integer> onlineNodes() {
        return text(ONLINE_NODES).map(SystemHostFacts::numbers).orElse(List.of());
    }

    /** The line {@code Mems_allowed_list} of proc_pid_status(5) holds the cpuset's nodes, those that exist or not. */
    @Override
    public List<Integer> allowedNodes() {
        List<Integer> allowed = required(PROC_SELF.resolve("status"))
                .lines()
                .filter(line -> line.startsWith(ALLOWED_NODES))
                .findFirst()
                .map(line -> numbers(line.substring(ALLOWED_NODES.length()).strip()))
                .orElseGet(this::onlineNodes);
        return onlineNodes().stream().filter(allowed::contains).toList();
    }

    private static List<Integer> numbers(String list) {
        return Affinity.parseList(list).stream().boxed().toList();
    }

    @Override
    public Optional<String> obstacle(KernelFeature feature) {
        return KernelFeatures.obstacle(feature);
    }

    @Override
    public int oomScoreAdj() {
        return Integer.parseInt(required(PROC_SELF.resolve("oom_score_adj")));
    }

    @Override
    public Executable executable(Path path) {
        if (!Files.exists(path)) {
            return Executable.MISSING;
        }
        return Files.isRegularFile(path) && Files.isExecutable(path)
                ? Executable.EXECUTABLE
                : Executable.NOT_EXECUTABLE;
    }

    @Override
    public Landlock.Support landlock() {
        return Landlock.support();
    }

    @Override
    public Set<String> seccompActions() {
        return text(SECCOMP_ACTIONS).map(actions -> Set.of(actions.split(" +"))).orElse(Set.of());
    }

    @Override
    public Optional<Libseccomp> libseccomp() {
        return Libseccomp.load();
    }

    private static String required(Path file) {
        return text(file).orElseThrow(() -> new KernelException("read", file.toString(), Errno.ENOENT));
    }

    static Optional<String> text(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException ignored) { // absent on some kernels and in some containers; callers know what that means
            return Optional.empty();
        }
    }
}
