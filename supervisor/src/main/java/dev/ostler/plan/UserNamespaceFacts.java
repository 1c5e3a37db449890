package dev.ostler.plan;

import dev.ostler.linux.Landlock;
import dev.ostler.linux.Libseccomp;
import dev.ostler.spec.UlimitSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A host seen by the first process of a new user namespace: every capability, but none that counts outside of it. */
record UserNamespaceFacts(HostFacts host) implements HostFacts {
    private long all() {
        return (1L << host.lastCapability() + 1) - 1;
    }

    @Override
    public long effective() {
        return all();
    }

    @Override
    public long permitted() {
        return all();
    }

    @Override
    public long bounding() {
        return all();
    }

    @Override
    public boolean initialUserNamespace() {
        return false;
    }

    @Override
    public boolean ownsNetwork() {
        return host.ownsNetwork();
    }

    @Override
    public long uid() {
        return host.uid();
    }

    @Override
    public long gid() {
        return host.gid();
    }

    @Override
    public List<Long> groups() {
        return host.groups();
    }

    @Override
    public int lastCapability() {
        return host.lastCapability();
    }

    @Override
    public boolean isUserMapped(long uid) {
        return host.isUserMapped(uid);
    }

    @Override
    public boolean isGroupMapped(long gid) {
        return host.isGroupMapped(gid);
    }

    @Override
    public boolean setgroupsAllowed() {
        return host.setgroupsAllowed();
    }

    @Override
    public Optional<Account> user(String nameOrNumber) {
        return host.user(nameOrNumber);
    }

    @Override
    public Optional<Long> group(String name) {
        return host.group(name);
    }

    @Override
    public List<Long> groupsOf(Account account) {
        return host.groupsOf(account);
    }

    @Override
    public List<Integer> onlineCpus() {
        return host.onlineCpus();
    }

    @Override
    public List<Integer> allowedCpus() {
        return host.allowedCpus();
    }

    @Override
    public Limit limit(UlimitSpec.Resource resource) {
        return host.limit(resource);
    }

    @Override
    public int nice() {
        return host.nice();
    }

    @Override
    public List<Integer> onlineNodes() {
        return host.onlineNodes();
    }

    @Override
    public List<Integer> allowedNodes() {
        return host.allowedNodes();
    }

    @Override
    public Optional<String> obstacle(KernelFeature feature) {
        return host.obstacle(feature);
    }

    @Override
    public int oomScoreAdj() {
        return host.oomScoreAdj();
    }

    @Override
    public Executable executable(Path path) {
        return host.executable(path);
    }

    @Override
    public BlockDevice blockDevice(Path file) {
        return host.blockDevice(file);
    }

    @Override
    public Controller controller(String name) {
        return host.controller(name);
    }

    @Override
    public String memoryNodes() {
        return host.memoryNodes();
    }

    @Override
    public boolean execveEntersTimeNamespace() {
        return host.execveEntersTimeNamespace();
    }

    @Override
    public Optional<String> userNamespaceObstacle() {
        return host.userNamespaceObstacle();
    }

    @Override
    public Landlock.Support landlock() {
        return host.landlock();
    }

    @Override
    public Set<String> seccompActions() {
        return host.seccompActions();
    }

    @Override
    public Optional<Libseccomp> libseccomp() {
        return host.libseccomp();
    }
}
