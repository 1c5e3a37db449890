package dev.ostler.plan;

import dev.ostler.base.Located;

/** What keeps a service away from the host, one class a kernel facility. */
final class Sandbox {
    private Sandbox() {}

    static void compile(Draft draft, Namespaces namespaces) {
        Mounts.compile(draft, namespaces);
        LandlockRules.compile(draft);
        draft.service().sandbox().seccomp().ifPresent(spec -> SeccompFilter.compile(draft, spec));
    }

    /** Whether the launch needs CAP_SYS_ADMIN, which no_new_privs would make needless, to load a filter. */
    static boolean needsAdminToFilter(Draft draft) {
        return draft.service().sandbox().seccomp().isPresent()
                && !noNewPrivs(draft)
                && draft.may(PlanWords.CAP_SYS_ADMIN);
    }

    static boolean noNewPrivs(Draft draft) {
        return draft.service().privilege().noNewPrivs().map(Located::value).orElse(true);
    }
}
