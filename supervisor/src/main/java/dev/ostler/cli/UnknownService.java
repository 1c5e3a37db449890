package dev.ostler.cli;

import dev.ostler.base.NearestWord;
import java.util.List;

/** What is said of a service that is not there. Pure. */
final class UnknownService {
    private UnknownService() {}

    /** {@code unknown service "wbe", did you mean "web"?}, or with all there are when none is near. */
    static String text(String name, List<String> known) {
        return "unknown service \"" + name + "\"" + choice(name, known);
    }

    /** {@code no logs of "wbe", did you mean "web"?}; the service itself may be known. */
    static String noLogs(String name, List<String> known) {
        return "no logs of \"" + name + "\"" + choice(name, known);
    }

    /** {@code unknown group "wbe", did you mean "web"?}. */
    static String noGroup(String name, List<String> known) {
        return "unknown group \"" + name + "\"" + (known.isEmpty() ? ", there are none" : choice(name, known));
    }

    private static String choice(String name, List<String> known) {
        String hint = NearestWord.hint(name, known);
        return hint.isEmpty() ? ", there are: " + String.join(", ", known) : hint;
    }
}
