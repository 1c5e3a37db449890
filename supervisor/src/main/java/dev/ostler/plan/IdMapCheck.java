package dev.ostler.plan;

import dev.ostler.base.Origin;
import dev.ostler.spec.UserNamespaceSpec;
import dev.ostler.spec.UserNamespaceSpec.IdRange;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/**
 * The id maps of a user namespace, by the rules of user_namespaces(7): what the kernel would refuse without saying why
 * is refused here, with its line.
 */
final class IdMapCheck {
    private static final int MOST_LINES = 340;

    /** A map is written at once, and must be shorter than a page, the smallest there is. */
    private static final int MOST_BYTES = 4095;

    /** The number after the last usable id. */
    private static final long END = PlanWords.MAX_ID + 1;

    private final Draft draft;
    private final UserNamespaceSpec user;
    private final boolean byHelper;

    private IdMapCheck(Draft draft, UserNamespaceSpec user, boolean byHelper) {
        this.draft = draft;
        this.user = user;
        this.byHelper = byHelper;
    }

    /** @param byHelper newuidmap(1) writes the maps: it knows which ids there are, and has the rights */
    static void check(Draft draft, UserNamespaceSpec user, boolean byHelper) {
        IdMapCheck check = new IdMapCheck(draft, user, byHelper);
        check.present("uid_map", user.uidMap());
        check.present("gid_map", user.gidMap());
        LongPredicate any = id -> true;
        map(draft, "uid_map", user.uidMap(), byHelper ? any : draft.facts()::isUserMapped);
        map(draft, "gid_map", user.gidMap(), byHelper ? any : draft.facts()::isGroupMapped);
        check.inside("uid", user.uid().orElse(0), "uid_map", user.uidMap());
        check.inside("gid", user.gid().orElse(0), "gid_map", user.gidMap());
        check.root();
    }

    private void present(String key, List<IdRange> map) {
        if (map.isEmpty()) {
            draft.problem(user.origin(), "\"uid_map\" and \"gid_map\" belong together; \"" + key + "\" is missing");
        }
    }

    /** @param exists whether an outer id can be mapped to */
    static void map(Draft draft, String key, List<IdRange> map, LongPredicate exists) {
        if (map.size() > MOST_LINES) {
            draft.problem(
                    map.get(0).origin(),
                    "\"" + key + "\" has " + map.size() + " ranges, the kernel takes " + MOST_LINES);
        }
        int bytes = text(map).length();
        if (map.size() <= MOST_LINES && bytes > MOST_BYTES) {
            draft.problem(
                    map.get(0).origin(),
                    "\"" + key + "\" is a text of " + bytes + " bytes, the kernel takes " + MOST_BYTES);
        }
        for (int i = 0; i < map.size(); i++) {
            IdRange range = map.get(i);
            if (range.inside() + range.count() > END || range.outside() + range.count() > END) {
                draft.problem(range.origin(), "the range ends above the last id, " + PlanWords.MAX_ID);
            } else if (!(exists.test(range.outside()) && exists.test(range.outside() + range.count() - 1))) {
                draft.problem(
                        range.origin(), "not all ids of the range exist in the user namespace of this supervisor");
            }
            for (IdRange other : map.subList(0, i)) {
                if (overlap(range.inside(), other.inside(), range, other)
                        || overlap(range.outside(), other.outside(), range, other)) {
                    draft.problem(range.origin(), "the range overlaps the one at " + place(other.origin()));
                }
            }
        }
    }

    /** As the kernel reads it. */
    static String text(List<IdRange> map) {
        return map.stream()
                .map(range -> range.inside() + " " + range.outside() + " " + range.count())
                .collect(Collectors.joining("\n"));
    }

    private static String place(Origin origin) {
        return origin.file() + ":" + origin.line() + ":" + origin.column();
    }

    private static boolean overlap(long a, long b, IdRange range, IdRange other) {
        return a < b + other.count() && b < a + range.count();
    }

    private void inside(String what, long id, String key, List<IdRange> map) {
        boolean mapped = map.stream().anyMatch(range -> id >= range.inside() && id < range.inside() + range.count());
        if (!map.isEmpty() && !mapped) {
            draft.problem(user.origin(), "the service's " + what + " inside, " + id + ", is not in \"" + key + "\"");
        }
    }

    /** Linux 5.12: else root inside could put capabilities on files that are root's outside. */
    private void root() {
        user.uidMap().stream()
                .filter(range -> range.outside() == 0)
                .filter(range -> !byHelper && !draft.may(PlanWords.CAP_SETFCAP))
                .forEach(range -> draft.problem(
                        range.origin(), "cannot map user id 0: " + draft.lacks(List.of(PlanWords.CAP_SETFCAP))));
    }
}
