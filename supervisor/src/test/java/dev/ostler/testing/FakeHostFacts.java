package dev.ostler.testing;

import dev.ostler.linux.Errno;
import dev.ostler.linux.Landlock;
import dev.ostler.linux.Libseccomp;
import dev.ostler.plan.CgroupVersion;
import dev.ostler.plan.HostFacts;
import dev.ostler.plan.KernelFeature;
import dev.ostler.spec.UlimitSpec;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A host that a test invents: two CPUs, users root (0), app (1001, groups 1001 and 44), plain (1000), nobody. */
public final class FakeHostFacts implements HostFacts {
    /** All 41 capabilities of a current kernel. */
    public static final long ALL = (1L << 41) - 1;

    private final Map<UlimitSpec.Resource, Limit> limits = new EnumMap<>(UlimitSpec.Resource.class);
    private final Map<Path, Executable> files = new HashMap<>();
    private long uid;
    private long gid;
    private List<Long> groups;
    private long effective;
    private long bounding = ALL;
    private boolean initialUserNamespace = true;
    private boolean ownsNetwork = true;
    private boolean onlySelfMapped;
    private List<Integer> allowedCpus = List.of(0, 1);
    private List<Integer> allowedNodes = List.of(0, 1);
    private final Map<KernelFeature, String> obstacles = new EnumMap<>(KernelFeature.class);
    private int nice;
    private final Map<String, CgroupVersion> controllers = new HashMap<>();
    private boolean execveEntersTimeNamespace = true;
    private Optional<String> userNamespaceObstacle = Optional.empty();
    private Landlock.Support landlock = Landlock.Support.of(7, 7);
    private boolean libseccomp = true;
    private Set<String> seccompActions =
            Set.of("kill_process", "kill_thread", "trap", "errno", "user_notif", "trace", "log", "allow");

    private FakeHostFacts(long id, long capabilities) {
        this.uid = id;
        this.gid = id;
        this.groups = List.of(id);
        this.effective = capabilities;
    }

    public static FakeHostFacts root() {
        return new FakeHostFacts(0, ALL);
    }

    /** Uid 1000 without any capability. */
    public static FakeHostFacts plainUser() {
        return new FakeHostFacts(1000, 0);
    }

    /** Root of a user namespace that maps nobody else, as {@code unshare -Ur} makes it. */
    public static FakeHostFacts rootOfUserNamespace() {
        FakeHostFacts facts = root();
        facts.initialUserNamespace = false;
        facts.onlySelfMapped = true;
        return facts;
    }

    /** As {@code unshare -Ur} leaves it, and {@code unshare -Urn} does not. */
    public FakeHostFacts whoseNetworkIsOfOthers() {
        ownsNetwork = false;
        return this;
    }

    public FakeHostFacts withoutCapability(int capability) {
        effective &= ~(1L << capability);
        return this;
    }

    public FakeHostFacts withoutBounding(int capability) {
        bounding &= ~(1L << capability);
        return this;
    }

    public FakeHostFacts limit(UlimitSpec.Resource resource, long soft, long hard) {
        limits.put(resource, new Limit(soft, hard));
        return this;
    }

    public FakeHostFacts allowedCpus(Integer... cpus) {
        allowedCpus = List.of(cpus);
        return this;
    }

    public FakeHostFacts file(String path, Executable what) {
        files.put(Path.of(path), what);
        return this;
    }

    /** Where Landlock has this version, and nothing repaired. */
    public FakeHostFacts landlock(int abi) {
        landlock = Landlock.Support.of(abi, 0);
        return this;
    }

    public FakeHostFacts withoutLandlock(Errno refusal) {
        landlock = Landlock.Support.none(refusal);
        return this;
    }

    @Override
    public long uid() {
        return uid;
    }

    @Override
    public long gid() {
        return gid;
    }

    @Override
    public List<Long> groups() {
        return groups;
    }

    @Override
    public long effective() {
        return effective;
    }

    @Override
    public long permitted() {
        return effective;
    }

    @Override
    public long bounding() {
        return bounding;
    }

    @Override
    public int lastCapability() {
        return 40;
    }

    @Override
    public boolean initialUserNamespace() {
        return initialUserNamespace;
    }

    @Override
    public boolean ownsNetwork() {
        return ownsNetwork;
    }

    @Override
    public boolean isUserMapped(long id) {
        return !onlySelfMapped || id == uid;
    }

    @Override
    public boolean isGroupMapped(long id) {
        return !onlySelfMapped || id == gid;
    }

    @Override
    public boolean setgroupsAllowed() {
        return !onlySelfMapped;
    }

    /** {@code /dev/sda} is a disk, {@code /dev/sda1} a partition of it, anything else is not there. */
    @Override
    public BlockDevice blockDevice(Path file) {
        return switch (file.toString()) {
            case "/dev/sda" -> new BlockDevice(8, 0, "");
            case "/dev/sda1" -> new BlockDevice(8, 1, "\"/dev/sda1\" is a partition");
            default -> new BlockDevice(0, 0, "\"" + file + "\" is not there");
        };
    }

    /** No controller is there until a test says so. */
    @Override
    public Controller controller(String name) {
        return new Controller(Optional.ofNullable(controllers.get(name)), "this host has none");
    }

    public FakeHostFacts withControllers(CgroupVersion version, String... names) {
        for (String name : names) {
            controllers.put(name, version);
        }
        return this;
    }

    @Override
    public String memoryNodes() {
        return "0";
    }

    @Override
    public Optional<String> userNamespaceObstacle() {
        return userNamespaceObstacle;
    }

    @Override
    public boolean execveEntersTimeNamespace() {
        return execveEntersTimeNamespace;
    }

    /** As before Linux 6.2. */
    public FakeHostFacts whereExecveKeepsTheTimeNamespace() {
        execveEntersTimeNamespace = false;
        return this;
    }

    public FakeHostFacts withoutUserNamespaces(String why) {
        userNamespaceObstacle = Optional.of(why);
        return this;
    }

    @Override
    public Optional<Account> user(String nameOrNumber) {
        return switch (nameOrNumber) {
            case "root", "0" -> Optional.of(new Account("root", 0, 0, "/root", "/bin/bash"));
            case "plain", "1000" -> Optional.of(new Account("plain", 1000, 1000, "/home/plain", "/bin/sh"));
            case "app", "1001" -> Optional.of(new Account("app", 1001, 1001, "/srv/app", "/usr/sbin/nologin"));
            case "nobody", "65534" ->
                Optional.of(new Account("nobody", 65534, 65534, "/nonexistent", "/usr/sbin/nologin"));
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<Long> group(String name) {
        return switch (name) {
            case "root" -> Optional.of(0L);
            case "video" -> Optional.of(44L);
            case "plain" -> Optional.of(1000L);
            case "app" -> Optional.of(1001L);
            case "shared" -> Optional.of(2000L);
            case "nogroup" -> Optional.of(65534L);
            default -> Optional.empty();
        };
    }

    @Override
    public List<Long> groupsOf(Account account) {
        return account.name().equals("app") ? List.of(account.gid(), 44L) : List.of(account.gid());
    }

    @Override
    public List<Integer> onlineCpus() {
        return List.of(0, 1);
    }

    @Override
    public List<Integer> allowedCpus() {
        return allowedCpus;
    }

    @Override
    public Limit limit(UlimitSpec.Resource resource) {
        boolean none = resource == UlimitSpec.Resource.NICE || resource == UlimitSpec.Resource.RTPRIO;
        return limits.getOrDefault(resource, none ? new Limit(0, 0) : new Limit(1024, 4096));
    }

    @Override
    public int nice() {
        return nice;
    }

    @Override
    public List<Integer> onlineNodes() {
        return List.of(0, 1);
    }

    @Override
    public List<Integer> allowedNodes() {
        return allowedNodes;
    }

    public FakeHostFacts allowedNodes(Integer... nodes) {
        allowedNodes = List.of(nodes);
        return this;
    }

    @Override
    public Optional<String> obstacle(KernelFeature feature) {
        return Optional.ofNullable(obstacles.get(feature));
    }

    public FakeHostFacts without(KernelFeature feature, String why) {
        obstacles.put(feature, why);
        return this;
    }

    @Override
    public int oomScoreAdj() {
        return 0;
    }

    /** As on a machine where the package is not installed. */
    public FakeHostFacts withoutLibseccomp() {
        libseccomp = false;
        return this;
    }

    public FakeHostFacts withSeccompActions(String... actions) {
        seccompActions = Set.of(actions);
        return this;
    }

    @Override
    public Set<String> seccompActions() {
        return seccompActions;
    }

    @Override
    public Optional<Libseccomp> libseccomp() {
        return libseccomp ? Libseccomp.load() : Optional.empty();
    }

    @Override
    public Executable executable(Path path) {
        return files.getOrDefault(path, Executable.MISSING);
    }

    @Override
    public Landlock.Support landlock() {
        return landlock;
    }
}
