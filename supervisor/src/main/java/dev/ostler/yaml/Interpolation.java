package dev.ostler.yaml;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Replaces {@code ${NAME}}, {@code ${NAME:-default}}, {@code ${NAME-default}}, {@code ${NAME:?message}} and
 * {@code ${NAME?message}}; with a colon an empty value counts as unset. Defaults may hold further {@code ${}}.
 * {@code $$} is a dollar; a dollar before anything else stays one.
 */
final class Interpolation {
    /** Of {@code ${}} inside of defaults: bounds the recursion. */
    private static final int DEEPEST = 16;

    private final Map<String, String> environment;
    private final Set<String> used = new TreeSet<>();

    Interpolation(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Names that were asked for so far, set or not. */
    List<String> used() {
        return List.copyOf(used);
    }

    /**
     * A text after replacement.
     *
     * @param substituted a {@code ${}} was in it, so it may hold a secret
     */
    record Text(String value, boolean substituted) {}

    Text resolve(String raw) throws BadValue {
        return raw.indexOf('$') < 0 ? new Text(raw, false) : resolve(raw, DEEPEST);
    }

    private Text resolve(String raw, int depth) throws BadValue {
        if (depth == 0) {
            throw new BadValue("${} inside of ${} more than " + DEEPEST + " deep");
        }
        StringBuilder out = new StringBuilder(raw.length());
        boolean substituted = false;
        int at = 0;
        while (at < raw.length()) {
            if (raw.startsWith("${", at)) {
                int end = endOfExpression(raw, at);
                if (end == at) {
                    throw new BadValue("\"${\" without its \"}\"; write $$ for a dollar");
                }
                out.append(expression(raw.substring(at + 2, end - 1), depth));
                substituted = true;
                at = end;
            } else {
                out.append(raw.charAt(at));
                at += raw.startsWith("$$", at) ? 2 : 1;
            }
        }
        return new Text(out.toString(), substituted);
    }

    /** Index after the {@code }} that closes the expression starting at {@code from}; {@code from} when none does. */
    static int endOfExpression(String text, int from) {
        if (!text.startsWith("${", from)) {
            return from;
        }
        int open = 0;
        for (int i = from; i < text.length(); i++) {
            if (text.startsWith("${", i)) {
                open++;
                i++;
            } else if (text.charAt(i) == '}' && --open == 0) {
                return i + 1;
            }
        }
        return from;
    }

    private String expression(String inside, int depth) throws BadValue {
        if (inside.startsWith("param.")) {
            throw new BadValue("\"${" + inside + "}\" stands for a parameter: only a profile has some, under params");
        }
        int nameEnd = 0;
        while (nameEnd < inside.length() && isNameCharacter(inside.charAt(nameEnd), nameEnd)) {
            nameEnd++;
        }
        String name = inside.substring(0, nameEnd);
        boolean colon = inside.startsWith(":", nameEnd);
        String operator = inside.substring(nameEnd + (colon ? 1 : 0));
        boolean known = operator.isEmpty() ? !colon : operator.charAt(0) == '-' || operator.charAt(0) == '?';
        if (name.isEmpty() || !known) {
            throw new BadValue("\"${" + inside + "}\" is not ${NAME}, ${NAME:-default} or ${NAME:?message}; "
                    + "write $$ for a dollar");
        }
        used.add(name);
        String value = environment.get(name);
        if (value != null && !(colon && value.isEmpty())) {
            return value;
        }
        if (operator.startsWith("-")) {
            return resolve(operator.substring(1), depth - 1).value();
        }
        String message = operator.isEmpty()
                ? ""
                : resolve(operator.substring(1), depth - 1).value();
        throw new BadValue("variable \"" + name + "\" is not set" + (message.isEmpty() ? "" : ": " + message));
    }

    private static boolean isNameCharacter(char c, int index) {
        return c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || index > 0 && Scalars.isDigit(c);
    }
}
