package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UserNamespaceSpec;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The namespaces of a service: those it asks for by name, those that follow from what else it asks for, and a user
 * namespace in front of them where the supervisor lacks the right to make them otherwise.
 */
final class Namespaces {
    private static final String MOST_NESTED = "user.max_user_namespaces";
    private static final List<Integer> FOR_MAPPED_MOUNTS =
            List.of(PlanWords.CAP_SETGID, PlanWords.CAP_SETUID, PlanWords.CAP_SYS_ADMIN);

    private final Draft draft;
    private final SandboxSpec spec;
    private final Optional<String> mappedMountsObstacle;
    private final Map<NamespaceType, Origin> wanted = new EnumMap<>(NamespaceType.class);

    private Namespaces(Draft draft) {
        this.draft = draft;
        this.spec = draft.service().sandbox();
        this.mappedMountsObstacle = spec.mounts().isEmpty() ? Optional.empty() : mappedMountsObstacle(draft);
    }

    private static Optional<String> mappedMountsObstacle(Draft draft) {
        List<Integer> missing = FOR_MAPPED_MOUNTS.stream()
                .filter(capability -> !draft.may(capability))
                .toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of(draft.lacks(missing));
    }

    /** Decides which there are; problems go to the draft. */
    static Namespaces of(Draft draft) {
        Namespaces namespaces = new Namespaces(draft);
        if (namespaces.spec != SandboxSpec.NONE) {
            namespaces.decide();
        }
        return namespaces;
    }

    boolean isEmpty() {
        return wanted.isEmpty() && spec.join().isEmpty();
    }

    boolean has(NamespaceType type) {
        return wanted.containsKey(type);
    }

    /** Whether the service is in a user namespace of its own, where it holds every capability until execve. */
    boolean hasUser() {
        return has(NamespaceType.USER);
    }

    /** Whether one of this type is joined. */
    private boolean joins(NamespaceType type) {
        for (SandboxSpec.Join join : spec.join()) {
            if (join.type() == type) {
                return true;
            }
        }
        return false;
    }

    /** Whether its own or a joined one. */
    boolean isIn(NamespaceType type) {
        return has(type) || joins(type);
    }

    /** What made it a user namespace, when the service is not its root: such a user has no capability by itself. */
    Optional<Origin> plainUserInside(Target target) {
        if (spec == SandboxSpec.NONE || uidInside(target) == 0) {
            return Optional.empty();
        }
        Optional<Origin> joined = spec.join().stream()
                .filter(join -> join.type() == NamespaceType.USER)
                .map(SandboxSpec.Join::origin)
                .findFirst();
        return Optional.ofNullable(wanted.get(NamespaceType.USER)).or(() -> joined);
    }

    /** The user id that the service sees as its own. */
    long uidInside(Target target) {
        Optional<UserNamespaceSpec> user = spec.userNamespace();
        return user.isEmpty() ? target.uid() : user.get().uid().orElse(hasIdMap() ? 0 : target.uid());
    }

    /** Whether the ids that the service sees are others than those of the host. */
    boolean hasIdMap() {
        return spec.userNamespace()
                .map(user -> !user.uidMap().isEmpty() || !user.gidMap().isEmpty())
                .orElse(false);
    }

    /** Why this supervisor cannot map the ids of a mount: it makes them outside of any namespace of the service. */
    Optional<String> mappedMountsObstacle() {
        return mappedMountsObstacle;
    }

    private void decide() {
        spec.namespaces().forEach(type -> wanted.put(type.value(), type.origin()));
        spec.userNamespace().ifPresent(user -> wanted.putIfAbsent(NamespaceType.USER, user.origin()));
        spec.time().ifPresent(time -> wanted.putIfAbsent(NamespaceType.TIME, time.origin()));
        spec.hostname().or(spec::domainname).ifPresent(name -> wanted.putIfAbsent(NamespaceType.UTS, name.origin()));
        spec.network()
                .filter(NetworkSpec::ofItsOwn)
                .ifPresent(network -> wanted.putIfAbsent(NamespaceType.NET, network.origin()));
        if (spec.hasMounts()) {
            wanted.putIfAbsent(NamespaceType.MOUNT, mountOrigin());
        }
        if (!wanted.isEmpty() && !isIn(NamespaceType.USER) && !draft.may(PlanWords.CAP_SYS_ADMIN)) {
            Origin first = wanted.values().iterator().next();
            wanted.put(NamespaceType.USER, first);
        }
        spec.init()
                .filter(init -> init.value() && !has(NamespaceType.PID))
                .ifPresent(init -> draft.problem(init.origin(), "\"init\" needs the namespace \"pid\""));
        refuseJoinedAndMade();
        refuseUserWithMaps();
        if (hasUser()) {
            draft.slowFacts()
                    .userNamespaceObstacle()
                    .ifPresent(why -> draft.problem(
                            wanted.get(NamespaceType.USER), "cannot make a user namespace for " + name() + ": " + why));
        }
    }

    /** The mounts of a sandbox in a namespace of others would be theirs as well, and so would anything else. */
    private void refuseJoinedAndMade() {
        for (SandboxSpec.Join join : spec.join()) {
            if (wanted.containsKey(join.type())) {
                draft.problem(
                        join.origin(),
                        "namespace \"" + join.type() + "\" cannot be joined: the service gets one of its own, by "
                                + wanted.get(join.type()));
            }
        }
    }

    /** With maps the ids of the service are those of the namespace alone. */
    private void refuseUserWithMaps() {
        if (!hasIdMap()) {
            return;
        }
        draft.service()
                .process()
                .user()
                .ifPresent(user -> draft.problem(
                        user.origin(),
                        "\"user\" does not go with id maps; \"sandbox.user_namespace.uid\" is the id inside"));
        draft.service().process().groupAdd().stream()
                .findFirst()
                .ifPresent(group -> draft.problem(group.origin(), "\"group_add\" does not go with id maps"));
    }

    private Origin mountOrigin() {
        return spec.root()
                .map(root -> root.origin())
                .or(() -> spec.readOnly().map(Located::origin))
                .or(() -> spec.mounts().stream().findFirst().map(mount -> mount.origin()))
                .or(() -> spec.masked().stream().findFirst().map(Located::origin))
                .orElseGet(() -> spec.readOnlyPaths().get(0).origin());
    }

    private String name() {
        return "\"" + draft.service().name() + "\"";
    }

    /** The ops, for a service that runs as {@code target}. */
    void emit(Target target) {
        if (spec == SandboxSpec.NONE) {
            return;
        }
        spec.sysctls().forEach(this::sysctl);
        spec.userNamespace()
                .flatMap(UserNamespaceSpec::nested)
                .filter(nested -> !nested.value())
                .ifPresent(nested ->
                        draft.op(LaunchOrder.SYSCTL, new SandboxOp.Sysctl(path(MOST_NESTED), "0"), nested.origin()));
        if (isEmpty()) {
            return;
        }
        Origin origin = wanted.isEmpty()
                ? spec.join().get(0).origin()
                : wanted.values().iterator().next();
        draft.op(LaunchOrder.NAMESPACES, namespaces(target), origin);
        for (SandboxSpec.Join join : joinedByPath()) {
            draft.op(LaunchOrder.JOIN, new SandboxOp.Join(join.path(), join.type()), join.origin());
        }
        timeByExecve();
        spec.time()
                .ifPresent(time -> draft.op(
                        LaunchOrder.TIME_OFFSETS,
                        new SandboxOp.TimeOffsets(
                                time.monotonic().toSeconds(), time.boottime().toSeconds()),
                        time.origin()));
        if (has(NamespaceType.TIME) && spec.time().isEmpty()) {
            draft.op(LaunchOrder.TIME_OFFSETS, new SandboxOp.TimeOffsets(0, 0), wanted.get(NamespaceType.TIME));
        }
        if (has(NamespaceType.CGROUP)) {
            draft.op(LaunchOrder.CGROUP_NAMESPACE, new SandboxOp.CgroupNamespace(), wanted.get(NamespaceType.CGROUP));
        }
        hostname();
        if (hasInit()) {
            Origin pid = spec.init().map(Located::origin).orElse(wanted.get(NamespaceType.PID));
            draft.op(LaunchOrder.INIT, new SandboxOp.Init(), pid);
        }
    }

    /** The user namespace first: the rights to join and make the others may come with it. */
    private List<SandboxSpec.Join> joinedByPath() {
        return spec.join().stream()
                .filter(join -> join.service().isEmpty())
                .sorted(Comparator.comparing(SandboxSpec.Join::type))
                .toList();
    }

    private boolean hasInit() {
        return has(NamespaceType.PID) && spec.init().map(Located::value).orElse(true);
    }

    /** Whether the program is to be process 1 of its pid namespace. */
    static boolean isFirstProcess(ServiceSpec service) {
        SandboxSpec spec = service.sandbox();
        return spec.namespaces().stream().anyMatch(type -> type.value() == NamespaceType.PID)
                && !spec.init().map(Located::value).orElse(true);
    }

    private void timeByExecve() {
        if (has(NamespaceType.TIME) && !hasInit() && !draft.facts().execveEntersTimeNamespace()) {
            draft.problem(
                    wanted.get(NamespaceType.TIME),
                    "a time namespace needs Linux 6.2, or the namespace \"pid\" with its init");
        }
    }

    private void hostname() {
        spec.hostname()
                .or(spec::domainname)
                .ifPresent(first -> draft.op(
                        LaunchOrder.HOSTNAME,
                        new SandboxOp.Hostname(
                                spec.hostname().map(Located::value).orElse(""),
                                spec.domainname().map(Located::value).orElse("")),
                        first.origin()));
    }

    /** Only what belongs to a namespace of the service; anything else would change the host. */
    private void sysctl(SandboxSpec.Sysctl sysctl) {
        String name = sysctl.name();
        Optional<NamespaceType> owner = Optional.empty();
        if (name.startsWith("net.")) {
            owner = Optional.of(NamespaceType.NET);
        } else if (name.matches(
                "kernel\\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\\.mqueue\\..+")) {
            owner = Optional.of(NamespaceType.IPC);
        } else if (name.startsWith("user.max_")) {
            owner = Optional.of(NamespaceType.USER);
        }
        if (owner.isEmpty()) {
            draft.problem(sysctl.origin(), "kernel parameter \"" + name + "\" belongs to the host, not to a namespace");
        } else if (!has(owner.get())) {
            draft.problem(
                    sysctl.origin(),
                    "kernel parameter \"" + name + "\" needs the namespace \"" + owner.get()
                            + "\", else it would change the host");
        }
        draft.op(LaunchOrder.SYSCTL, new SandboxOp.Sysctl(path(name), sysctl.value()), sysctl.origin());
    }

    /** As sysctl(8): dots and slashes change places, so that an interface's name may hold a dot. */
    private static String path(String name) {
        return name.chars()
                .mapToObj(c -> c == '.' ? "/" : c == '/' ? "." : String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    private SandboxOp.Namespaces namespaces(Target target) {
        long flags = wanted.keySet().stream()
                .filter(type -> type != NamespaceType.TIME && type != NamespaceType.CGROUP)
                .mapToLong(NamespaceType::flag)
                .reduce(0, (a, b) -> a | b);
        if (!hasUser()) {
            return new SandboxOp.Namespaces(
                    flags, false, SandboxOp.NO_ID, SandboxOp.NO_ID, "", "", List.of(), List.of());
        }
        return hasIdMap() ? mapped(flags, spec.userNamespace().orElseThrow()) : single(flags, target);
    }

    /** Just the user and the groups of the service exist inside. */
    private SandboxOp.Namespaces single(long flags, Target target) {
        OptionalLong askedUid = spec.userNamespace().map(UserNamespaceSpec::uid).orElse(OptionalLong.empty());
        OptionalLong askedGid = spec.userNamespace().map(UserNamespaceSpec::gid).orElse(OptionalLong.empty());
        long uid = askedUid.orElse(target.uid());
        long gid = askedGid.orElse(target.gid());
        boolean privileged = draft.may(PlanWords.CAP_SETUID) && draft.may(PlanWords.CAP_SETGID);
        StringBuilder gidMap = new StringBuilder(gid + " " + target.gid() + " 1");
        if (privileged) {
            for (long group : new TreeSet<>(target.groups())) {
                if (group != target.gid() && group != gid) {
                    gidMap.append('\n').append(group).append(' ').append(group).append(" 1");
                }
            }
            if (target.groups().size() > 0 && draft.facts().setgroupsAllowed()) {
                List<Long> groups = target.groups().stream()
                        .map(group -> group == target.gid() ? gid : group)
                        .toList();
                draft.op(LaunchOrder.GROUPS, new Op.Groups(groups), wanted.get(NamespaceType.USER));
            }
        }
        return new SandboxOp.Namespaces(
                flags,
                !privileged || !draft.facts().setgroupsAllowed(),
                privileged ? uid : SandboxOp.NO_ID,
                privileged ? gid : SandboxOp.NO_ID,
                uid + " " + target.uid() + " 1",
                gidMap.toString(),
                List.of(),
                List.of());
    }

    private SandboxOp.Namespaces mapped(long flags, UserNamespaceSpec user) {
        boolean privileged = draft.may(PlanWords.CAP_SETUID) && draft.may(PlanWords.CAP_SETGID);
        IdMapCheck.check(draft, user, !privileged);
        List<String> uidHelper = privileged ? List.of() : helper("newuidmap", user.uidMap());
        List<String> gidHelper = privileged ? List.of() : helper("newgidmap", user.gidMap());
        return new SandboxOp.Namespaces(
                flags,
                !draft.facts().setgroupsAllowed(),
                user.uid().orElse(0),
                user.gid().orElse(0),
                IdMapCheck.text(user.uidMap()),
                IdMapCheck.text(user.gidMap()),
                uidHelper,
                gidHelper);
    }

    /** The set-id helpers of shadow know which ids a user has been given (subuid(5)). */
    private List<String> helper(String program, List<IdRange> map) {
        Optional<String> path = List.of("/usr/bin/", "/bin/", "/usr/local/bin/").stream()
                .map(directory -> directory + program)
                .filter(file -> draft.facts().executable(Path.of(file)) == Executable.EXECUTABLE)
                .findFirst();
        if (path.isEmpty()) {
            draft.problem(
                    map.isEmpty() ? wanted.get(NamespaceType.USER) : map.get(0).origin(),
                    "cannot map other ids than its own for " + name() + ": needs CAP_SETUID and CAP_SETGID, or "
                            + program + " (package uidmap)");
            return List.of();
        }
        List<String> arguments = new ArrayList<>(List.of(path.get()));
        for (IdRange range : map) {
            Collections.addAll(
                    arguments,
                    Long.toString(range.inside()),
                    Long.toString(range.outside()),
                    Long.toString(range.count()));
        }
        return arguments;
    }
}
