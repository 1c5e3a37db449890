package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Landlock.Support;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.LandlockSpec;
import dev.ostler.spec.LandlockSpec.PathRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a service may reach, as far as the running kernel's Landlock can hold it to that. */
final class LandlockRules {
    private final Draft draft;
    private final LandlockSpec spec;
    private final Support support;
    private final List<LandlockRuleset.PathRule> paths = new ArrayList<>();
    private final List<LandlockRuleset.PortRule> ports = new ArrayList<>();

    private LandlockRules(Draft draft, LandlockSpec spec) {
        this.draft = draft;
        this.spec = spec;
        this.support = draft.facts().landlock();
    }

    static void compile(Draft draft) {
        draft.service().sandbox().landlock().ifPresent(spec -> new LandlockRules(draft, spec).compile());
    }

    private void compile() {
        if (!hasRight()) {
            return;
        }
        if (support.abi() == 0) {
            lacking(spec.origin(), "cannot restrict " + name() + " by landlock: " + absence());
            return;
        }
        long files = files() | ioctl();
        long tcp = bind() | connect();
        long scopes = spec.scope().map(this::scopes).orElse(0L);
        if ((files | tcp | scopes) != 0) {
            LandlockRuleset ruleset = new LandlockRuleset(files, tcp, scopes, paths, ports);
            draft.op(LaunchOrder.LANDLOCK, new Op.Landlock(ruleset), spec.origin());
        }
    }

    /** landlock_restrict_self(2) wants one of the two, so that no set-id program is led astray. */
    private boolean hasRight() {
        long effective = draft.ops().stream()
                .map(PlannedOp::op)
                .filter(Op.CapSet.class::isInstance)
                .map(op -> ((Op.CapSet) op).effective())
                .reduce((first, second) -> second)
                .orElse(draft.facts().effective());
        if (draft.has(LaunchOrder.NO_NEW_PRIVS) || (effective & 1L << PlanWords.CAP_SYS_ADMIN) != 0) {
            return true;
        }
        Origin origin =
                draft.service().privilege().noNewPrivs().map(Located::origin).orElse(spec.origin());
        lacking(
                origin,
                "cannot restrict " + name() + " by landlock: needs no_new_privs or "
                        + PlanWords.capability(PlanWords.CAP_SYS_ADMIN));
        return false;
    }

    private String absence() {
        boolean off = support.refusal().filter(Errno.EOPNOTSUPP::equals).isPresent();
        return off ? "it is not among the security modules this kernel was booted with" : "this kernel has none";
    }

    private long files() {
        if (!spec.restrictsFiles()) {
            return 0;
        }
        if (spec.execute().map(Located::value).orElse(List.of()).isEmpty()) {
            draft.problem(
                    spec.execute().map(Located::origin).orElse(spec.origin()),
                    "landlock lets " + name() + " execute nothing, not even its own program: list that, its"
                            + " interpreter and its loader under execute");
        }
        long handled = LandlockAccess.ofAbi(support.abi());
        if (!spec.write().map(Located::value).orElse(List.of()).isEmpty()) {
            has(2, "5.19", spec.write().get().origin(), "let " + name() + " move files between directories");
        }
        has(3, "6.2", spec.origin(), "keep " + name() + " from truncating files");
        rules(spec.read(), LandlockAccess.READ & handled);
        rules(spec.execute(), LandlockAccess.RUN & handled);
        rules(spec.write(), LandlockAccess.CHANGE & handled);
        return handled;
    }

    private long ioctl() {
        Optional<Located<List<PathRule>>> devices = spec.ioctlDev();
        if (devices.isEmpty()
                || !has(5, "6.10", devices.get().origin(), "keep " + name() + " from ioctl(2) on devices")) {
            return 0;
        }
        rules(devices, LandlockAccess.IOCTL_DEV.bit());
        return LandlockAccess.IOCTL_DEV.bit();
    }

    private void rules(Optional<Located<List<PathRule>>> listed, long access) {
        for (PathRule rule : listed.map(Located::value).orElse(List.of())) {
            paths.add(new LandlockRuleset.PathRule(
                    rule.path(),
                    access,
                    LandlockAccess.ofFile(access),
                    rule.optional(),
                    rule.origin().toString()));
        }
    }

    private long bind() {
        return tcp(spec.bindTcp(), LinuxConstants.LANDLOCK_ACCESS_NET_BIND_TCP, "binding");
    }

    private long connect() {
        return tcp(spec.connectTcp(), LinuxConstants.LANDLOCK_ACCESS_NET_CONNECT_TCP, "connecting to");
    }

    private long tcp(Optional<Located<List<Located<Integer>>>> listed, long access, String verb) {
        if (listed.isEmpty()
                || !has(4, "6.7", listed.get().origin(), "keep " + name() + " from " + verb + " TCP ports")) {
            return 0;
        }
        for (Located<Integer> port : listed.get().value()) {
            ports.add(new LandlockRuleset.PortRule(
                    port.value(), access, port.origin().toString()));
        }
        return access;
    }

    private long scopes(Located<List<LandlockSpec.Scope>> scopes) {
        if (scopes.value().isEmpty()) {
            return 0;
        }
        if (!has(6, "6.12", scopes.origin(), "keep signals and abstract unix sockets of " + name() + " inside")) {
            return 0;
        }
        long mask = 0;
        for (LandlockSpec.Scope scope : scopes.value()) {
            mask |= switch (scope) {
                case ABSTRACT_UNIX_SOCKET -> LinuxConstants.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
                case SIGNAL -> LinuxConstants.LANDLOCK_SCOPE_SIGNAL;
            };
        }
        return mask;
    }

    /** True when the kernel's version has it; says so when not. */
    private boolean has(int abi, String linux, Origin origin, String what) {
        boolean there = support.abi() >= abi;
        if (!there) {
            lacking(
                    origin,
                    "cannot " + what + ": needs version " + abi + " of landlock (Linux " + linux
                            + "), this kernel has version " + support.abi());
        }
        return there;
    }

    private void lacking(Origin origin, String text) {
        if (spec.ifUnsupported() == IfUnsupported.WARN) {
            draft.degraded(origin, text);
        } else {
            draft.problem(origin, text);
        }
    }

    private String name() {
        return "\"" + draft.service().name() + "\"";
    }
}
