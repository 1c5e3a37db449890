package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.HostFacts.Account;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.UserSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who the service runs as, and the ops that make it so.
 *
 * @param changesUser the launch sets another user id than the supervisor's
 */
record Identity(Target target, boolean changesUser) {
    private static final String NO_HOME = "/";
    private static final String NO_SHELL = "/bin/sh";

    /**
     * @param self what {@link #self} says
     * @param ownUserNamespace the ids are taken with the namespace ({@link Namespaces}), not by ops of their own
     */
    static Identity compile(Draft draft, Target self, boolean ownUserNamespace) {
        ProcessSpec process = draft.service().process();
        if (process.user().isEmpty() && process.groupAdd().isEmpty()) {
            return new Identity(self, false);
        }
        return new Resolution(draft, self, ownUserNamespace).resolve();
    }

    /** One resolution of user, group and supplementary groups. */
    private static final class Resolution {
        private final Draft draft;
        private final HostFacts facts;
        private final Target self;
        private final boolean ownUserNamespace;

        Resolution(Draft draft, Target self, boolean ownUserNamespace) {
            this.draft = draft;
            this.ownUserNamespace = ownUserNamespace;
            this.facts = draft.facts();
            this.self = self;
        }

        Identity resolve() {
            Optional<UserSpec> user = draft.service().process().user();
            List<Long> added = addedGroups();
            Optional<Target> wanted = user.isPresent() ? target(user.get(), added) : Optional.of(with(self, added));
            if (wanted.isEmpty()) {
                return new Identity(self, false);
            }
            Target target = wanted.get();
            boolean changesUser = target.uid() != self.uid();
            boolean changesGroups = target.gid() != self.gid() || !all(target).equals(all(self));
            if (!changesUser && !changesGroups) {
                return new Identity(target, false);
            }
            List<String> obstacles = obstacles(target, changesUser);
            if (!obstacles.isEmpty()) {
                refuse(user, String.join("; ", obstacles));
                return new Identity(self, false);
            }
            if (ownUserNamespace) {
                return new Identity(target, false);
            }
            emit(target, changesUser, user);
            return new Identity(target, changesUser);
        }

        private void emit(Target target, boolean changesUser, Optional<UserSpec> user) {
            Origin origin = user.map(UserSpec::origin).orElseGet(this::groupAddOrigin);
            draft.op(LaunchOrder.GROUPS, new Op.Groups(target.groups()), origin);
            draft.op(LaunchOrder.GID, new Op.Gid(target.gid()), origin);
            if (changesUser) {
                draft.op(LaunchOrder.UID, new Op.Uid(target.uid()), origin);
            }
        }

        private List<String> obstacles(Target target, boolean changesUser) {
            List<Integer> missing = new ArrayList<>();
            if (changesUser && !draft.may(PlanWords.CAP_SETUID)) {
                missing.add(PlanWords.CAP_SETUID);
            }
            if (!draft.may(PlanWords.CAP_SETGID)) {
                missing.add(PlanWords.CAP_SETGID);
            }
            if (!missing.isEmpty()) {
                return List.of(draft.lacks(missing));
            }
            List<String> obstacles = new ArrayList<>();
            if (changesUser && self.uid() != 0 && target.uid() != 0) {
                // capabilities(7): only the step from user id 0 to others empties the sets; root stays within reach
                obstacles.add("this supervisor runs as uid " + self.uid()
                        + ", and only a change from uid 0 gives up the right to change again");
            }
            if (!facts.isUserMapped(target.uid())) {
                obstacles.add("user id " + target.uid() + " does not exist in this user namespace");
            }
            for (long gid : all(target)) {
                if (!facts.isGroupMapped(gid)) {
                    obstacles.add("group id " + gid + " does not exist in this user namespace");
                }
            }
            if (!facts.setgroupsAllowed()) {
                obstacles.add("setgroups is denied in this user namespace");
            }
            return obstacles;
        }

        private void refuse(Optional<UserSpec> user, String why) {
            String name = "\"" + draft.service().name() + "\"";
            if (user.isEmpty()) {
                draft.problem(groupAddOrigin(), "cannot add groups to " + name + ": " + why);
                return;
            }
            String text = "cannot run " + name + " as user \"" + user.get().user() + "\": " + why;
            if (user.get().ifUnsupported() == IfUnsupported.WARN) {
                draft.degraded(user.get().origin(), text);
            } else {
                draft.problem(user.get().origin(), text);
            }
        }

        private Optional<Target> target(UserSpec user, List<Long> added) {
            Optional<Account> account = facts.user(user.user());
            Optional<Long> group = user.group().flatMap(this::group);
            if (user.group().isPresent() && group.isEmpty()) {
                draft.problem(user.origin(), "unknown group \"" + user.group().get() + "\"");
                return Optional.empty();
            }
            if (account.isEmpty()) {
                account = anonymous(user, group);
            }
            if (account.isEmpty()) {
                return Optional.empty();
            }
            Account known = account.get();
            long gid = group.orElse(known.gid());
            if (known.uid() == self.uid() && gid == self.gid()) {
                return Optional.of(with(self, added));
            }
            Account chosen = new Account(known.name(), known.uid(), gid, known.home(), known.shell());
            Set<Long> groups = new TreeSet<>(facts.groupsOf(chosen));
            groups.addAll(added);
            return Optional.of(
                    new Target(known.name(), known.uid(), gid, List.copyOf(groups), known.home(), known.shell()));
        }

        /** A number that the user database does not know is a user all the same, when the group is given. */
        private Optional<Account> anonymous(UserSpec user, Optional<Long> group) {
            Optional<Long> uid = PlanWords.id(user.user());
            if (uid.isPresent() && group.isPresent()) {
                return Optional.of(new Account(user.user(), uid.get(), group.get(), NO_HOME, NO_SHELL));
            }
            String text = uid.isPresent()
                    ? "user id " + uid.get() + " is not in the user database: name a group as well"
                    : "unknown user \"" + user.user() + "\"";
            // with the right to become the user, going on as root would grant more than was asked for
            if (user.ifUnsupported() == IfUnsupported.WARN && !draft.may(PlanWords.CAP_SETUID)) {
                draft.degraded(user.origin(), text);
            } else {
                draft.problem(user.origin(), text);
            }
            return Optional.empty();
        }

        private List<Long> addedGroups() {
            List<Long> gids = new ArrayList<>();
            for (Located<String> name : draft.service().process().groupAdd()) {
                group(name.value())
                        .ifPresentOrElse(
                                gids::add,
                                () -> draft.problem(name.origin(), "unknown group \"" + name.value() + "\""));
            }
            return gids;
        }

        private Optional<Long> group(String nameOrNumber) {
            return PlanWords.id(nameOrNumber).or(() -> facts.group(nameOrNumber));
        }

        private Origin groupAddOrigin() {
            return draft.service().process().groupAdd().get(0).origin();
        }
    }

    /** Who the supervisor runs as. */
    static Target self(HostFacts facts) {
        Account account = facts.user(Long.toString(facts.uid()))
                .orElseGet(() -> new Account(Long.toString(facts.uid()), facts.uid(), facts.gid(), NO_HOME, NO_SHELL));
        return new Target(
                account.name(),
                facts.uid(),
                facts.gid(),
                List.copyOf(new TreeSet<>(facts.groups())),
                account.home(),
                account.shell());
    }

    private static Target with(Target target, List<Long> added) {
        Set<Long> groups = new TreeSet<>(target.groups());
        groups.addAll(added);
        return new Target(
                target.name(), target.uid(), target.gid(), List.copyOf(groups), target.home(), target.shell());
    }

    /** The primary group counts as a supplementary one whether or not it is listed. */
    private static Set<Long> all(Target target) {
        Set<Long> groups = new HashSet<>(target.groups());
        groups.add(target.gid());
        return groups;
    }
}
