package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.linux.Accounts;
import dev.ostler.linux.Affinity;
import dev.ostler.linux.Capabilities;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
import dev.ostler.plan.HostFacts;
import dev.ostler.spec.UlimitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The host as this process sees it. Rights and CPUs are those of the moment of {@link #capture}; users, groups and files
 * are asked for when needed, and the user database may block: not for the loop thread.
 */
public final class SystemHostFacts implements HostFacts {
    /** The first user namespace has this inode on every kernel (PROC_USER_INIT_INO). */
    private static final String INITIAL_USER_NAMESPACE = "user:[4026531837]";

    private static final Path PROC_SELF = Path.of("/proc/self");
    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

    /** Where nice stands in proc_pid_stat(5), counted from the field after the name. */
    private static final int NICE_AFTER_NAME = 16;

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
    public Optional<Account> user(String nameOrNumber) {
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
