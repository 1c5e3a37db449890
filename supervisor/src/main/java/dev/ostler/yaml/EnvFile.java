package dev.ostler.yaml;

import dev.ostler.base.Origin;
import dev.ostler.spec.EnvironmentVariable;
import java.util.ArrayList;
import java.util.List;

/**
 * Env files: one {@code NAME=value} a line; blank lines and lines that start with {@code #} are skipped. A value is
 * bare (up to the end of the line or to {@code #} after a blank, blanks around it dropped), {@code '…'} (as it is), or
 * {@code "…"} with {@code \n \t \r \" \\ \$}. Nothing is replaced in values; all of them are hidden.
 */
final class EnvFile {
    private final String file;
    private final Problems problems;
    private final List<EnvironmentVariable> variables = new ArrayList<>();

    private EnvFile(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The variables in order; bad lines are problems and left out. */
    static List<EnvironmentVariable> parse(String text, String file, Problems problems) {
        EnvFile parsed = new EnvFile(file, problems);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            parsed.line(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line, number);
        }
        return parsed.variables;
    }

    private void line(String line, int number) {
        String stripped = line.strip();
        if (stripped.isEmpty() || stripped.startsWith("#")) {
            return;
        }
        int column = line.indexOf(stripped) + 1;
        int equals = stripped.indexOf('=');
        String name = equals < 0 ? "" : stripped.substring(0, equals).strip();
        try {
            if (equals < 0) {
                throw new BadValue("expected NAME=value");
            }
            String value = value(stripped.substring(equals + 1).strip());
            Origin origin = new Origin(file, number, column, variableName(name));
            variables.add(new EnvironmentVariable(name, value, true, origin));
        } catch (BadValue e) {
            problems.add(new Origin(file, number, column, ""), e.getMessage());
        }
    }

    /** What execve(2) can carry and a shell can read back. */
    static String variableName(String name) throws BadValue {
        boolean good = !name.isEmpty() && !Scalars.isDigit(name.charAt(0));
        for (int i = 0; i < name.length() && good; i++) {
            char c = name.charAt(i);
            good = c > ' ' && c < 0x7f && c != '=' && c != '"' && c != '\'' && c != '$' && c != '+';
        }
        if (!good) {
            throw new BadValue("\"" + name + "\" is not a variable name");
        }
        return name;
    }

    private static String value(String text) throws BadValue {
        if (text.startsWith("'")) {
            int end = text.indexOf('\'', 1);
            return closed(text, end, text.substring(1, Math.max(1, end)));
        }
        if (text.startsWith("\"")) {
            StringBuilder out = new StringBuilder();
            return closed(text, doubleQuoted(text, out), out.toString());
        }
        for (int i = 0; i < text.length(); i++) {
            boolean afterBlank = i == 0 || text.charAt(i - 1) == ' ' || text.charAt(i - 1) == '\t';
            if (text.charAt(i) == '#' && afterBlank) {
                return text.substring(0, i).strip();
            }
        }
        return text;
    }

    /** Index of the closing quote, or -1. */
    private static int doubleQuoted(String text, StringBuilder out) {
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                out.append(escape(text.charAt(i)));
            } else {
                out.append(c);
            }
        }
        return -1;
    }

    private static String escape(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case '"', '\\', '$' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }

    private static String closed(String text, int end, String value) throws BadValue {
        if (end < 0) {
            throw new BadValue("the value has a " + text.charAt(0) + " without its end");
        }
        String rest = text.substring(end + 1).strip();
        if (!rest.isEmpty() && !rest.startsWith("#")) {
            throw new BadValue("text after the closing " + text.charAt(0));
        }
        return value;
    }
}
