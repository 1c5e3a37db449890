package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.linux.Capabilities;
import dev.ostler.spec.PrivilegeSpec;
import dev.ostler.spec.UserSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The five capability sets and the securebits of a service. */
final class CapabilitySets {
    private final Draft draft;
    private final Identity identity;
    private final PrivilegeSpec spec;
    private final Optional<Origin> plainUserInside;

    private CapabilitySets(Draft draft, Identity identity, Optional<Origin> plainUserInside) {
        this.draft = draft;
        this.identity = identity;
        this.plainUserInside = plainUserInside;
        this.spec = draft.service().privilege();
    }

    /** @param plainUserInside what asked for a user namespace in which the service is not root */
    static void compile(Draft draft, Identity identity, Optional<Origin> plainUserInside) {
        new CapabilitySets(draft, identity, plainUserInside).compile();
    }

    private void compile() {
        spec.securebits().ifPresent(this::securebits);
        Optional<Located<Long>> keep = kept();
        if (keep.isPresent()) {
            long mask = keep.get().value();
            Origin origin = keep.get().origin();
            bounding(mask, origin);
            sets(mask, origin);
        }
        if (!losesRoot()) {
            return;
        }
        boolean needed = spec.securebits().isPresent()
                || Sandbox.needsAdminToFilter(draft)
                || keep.map(Located::value).orElse(0L) != 0;
        if (needed) {
            Origin origin = keep.orElseThrow().origin();
            draft.op(LaunchOrder.KEEPCAPS_ON, new Op.KeepCaps(true), origin);
            draft.op(LaunchOrder.KEEPCAPS_OFF, new Op.KeepCaps(false), origin);
        }
    }

    private boolean losesRoot() {
        return identity.changesUser() && identity.target().uid() != 0;
    }

    /** What survives: what was asked for; nothing when the service becomes a plain user; else everything, untouched. */
    private Optional<Located<Long>> kept() {
        if (spec.keep().isPresent()) {
            Located<Set<String>> keep = spec.keep().get();
            return Optional.of(new Located<>(mask(keep), keep.origin()));
        }
        if (plainUserInside.isPresent()) {
            return plainUserInside.map(origin -> new Located<>(0L, origin));
        }
        return losesRoot()
                ? draft.service().process().user().map(UserSpec::origin).map(origin -> new Located<>(0L, origin))
                : Optional.empty();
    }

    private long mask(Located<Set<String>> keep) {
        HostFacts facts = draft.facts();
        long mask = 0;
        for (String name : new TreeSet<>(keep.value())) {
            OptionalInt number = Capabilities.number(name);
            if (number.isEmpty()) {
                draft.problem(keep.origin(), "unknown capability \"" + name + "\"");
                continue;
            }
            long bit = 1L << number.getAsInt();
            if (number.getAsInt() > facts.lastCapability()) {
                draft.problem(keep.origin(), "capability " + name + " does not exist in this kernel");
            } else if ((facts.bounding() & bit) == 0) {
                draft.problem(keep.origin(), "capability " + name + " is not in the bounding set of this supervisor");
            } else if ((facts.permitted() & bit) == 0) {
                draft.problem(
                        keep.origin(),
                        "capability " + name + " is not in the permitted set of this supervisor, which runs as uid "
                                + facts.uid());
            }
            mask |= bit;
        }
        return mask;
    }

    private void bounding(long keep, Origin origin) {
        if (draft.may(PlanWords.CAP_SETPCAP)) {
            draft.op(LaunchOrder.BOUNDING, new Op.Bounding(keep), origin);
            return;
        }
        if ((draft.facts().bounding() & ~keep) == 0) {
            return;
        }
        String need = draft.lacks(List.of(PlanWords.CAP_SETPCAP));
        boolean noNewPrivs = spec.noNewPrivs().map(Located::value).orElse(true);
        boolean asked = spec.keep().isPresent();
        // with no_new_privs, execve grants nothing that is not permitted already, whatever the bounding set says
        if (noNewPrivs && (!asked || draft.facts().permitted() == 0)) {
            draft.degraded(
                    origin,
                    "cannot drop the bounding set of \"" + draft.service().name() + "\": " + need
                            + "; no_new_privs keeps the service from gaining any of it");
        } else {
            draft.problem(
                    origin,
                    "cannot drop the bounding set of \"" + draft.service().name() + "\": " + need);
        }
    }

    private void sets(long keep, Origin origin) {
        long filtering = Sandbox.needsAdminToFilter(draft) ? keep | 1L << PlanWords.CAP_SYS_ADMIN : keep;
        long transitional = spec.securebits().isPresent() ? filtering | 1L << PlanWords.CAP_SETPCAP : filtering;
        draft.op(LaunchOrder.CAPSET, new Op.CapSet(transitional, transitional, keep), origin);
        draft.op(LaunchOrder.AMBIENT, new Op.Ambient(keep), origin);
        if (transitional != filtering) {
            draft.op(LaunchOrder.CAPSET_FINAL, new Op.CapSet(filtering, filtering, keep), origin);
        }
        if (filtering != keep) {
            draft.op(LaunchOrder.CAPSET_AFTER_SECCOMP, new Op.CapSet(keep, keep, keep), origin);
        }
    }

    private void securebits(Located<Set<String>> names) {
        int bits = 0;
        for (String name : new TreeSet<>(names.value())) {
            Optional<SecureBit> bit = SecureBit.ofKey(name);
            if (bit.isEmpty()) {
                draft.problem(names.origin(), "unknown securebit \"" + name + "\"");
            }
            bits |= bit.map(SecureBit::mask).orElse(0);
        }
        if (!draft.may(PlanWords.CAP_SETPCAP)) {
            draft.problem(
                    names.origin(),
                    "cannot set the securebits of \"" + draft.service().name() + "\": "
                            + draft.lacks(List.of(PlanWords.CAP_SETPCAP)));
        }
        draft.op(LaunchOrder.SECUREBITS, new Op.SecureBits(bits), names.origin());
    }
}
