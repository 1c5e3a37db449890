package dev.ostler.cli;

import dev.ostler.spec.Setting;
import dev.ostler.supervise.Change;
import dev.ostler.supervise.Difference;
import java.util.List;
import java.util.Optional;

/** What {@code diff} and {@code apply} print. Values that may be secret are never in it. Pure. */
public final class ChangeText {
    /** Of a value: enough to recognise it. */
    private static final int LONGEST_VALUE = 120;

    private ChangeText() {}

    /**
     * A line for each service that something happens to, with a line for each key below it; then how many stay.
     *
     * @param overall what has changed over all services
     */
    public static String of(List<Change> changes, List<Difference> overall) {
        StringBuilder out = new StringBuilder();
        if (!overall.isEmpty()) {
            out.append("for all services, without another run\n");
            append(out, overall);
        }
        long staying = 0;
        for (Change change : changes) {
            if (change.kind() == Change.Kind.STAY) {
                staying++;
            } else {
                append(out, change);
            }
        }
        if (out.isEmpty()) {
            return "no changes\n";
        }
        if (staying > 0) {
            out.append(staying).append(staying == 1 ? " service stays as it is\n" : " services stay as they are\n");
        }
        return out.toString();
    }

    private static void append(StringBuilder out, Change change) {
        out.append(change.service()).append(": ").append(change.kind()).append(meaning(change.kind()));
        out.append('\n');
        append(out, change.differences());
    }

    private static void append(StringBuilder out, List<Difference> differences) {
        for (Difference difference : differences) {
            out.append("  ").append(difference.key()).append(": ").append(values(difference));
            out.append(" at ").append(place(difference)).append('\n');
        }
    }

    private static String meaning(Change.Kind kind) {
        return switch (kind) {
            case START -> ", it is new";
            case STOP -> ", it is no longer there";
            case RELOAD -> ", without another run";
            case STAY_DOWN -> ", for its next start";
            case RESTART, STAY -> "";
        };
    }

    private static String values(Difference difference) {
        Optional<Setting> before = difference.before();
        Optional<Setting> after = difference.after();
        if (difference.isHidden()) {
            return before.isEmpty() ? "added ***" : after.isEmpty() ? "removed ***" : "another value ***";
        }
        if (before.isEmpty()) {
            return "added " + shown(after.orElseThrow());
        }
        return after.map(setting -> shown(before.get()) + " -> " + shown(setting))
                .orElseGet(() -> "removed " + shown(before.get()));
    }

    private static String shown(Setting setting) {
        String text = setting.value().replace("\n", "\\n");
        return "\"" + (text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text) + "\"";
    }

    /** Without the key, which stands in front. */
    private static String place(Difference difference) {
        var origin = difference.origin();
        return origin.line() == 0 ? origin.toString() : origin.file() + ":" + origin.line() + ":" + origin.column();
    }
}
