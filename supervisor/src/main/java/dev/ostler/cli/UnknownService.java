package dev.ostler.cli;

import dev.ostler.base.NearestWord;
import java.util.List;

/** What is said of a service that is not in the project. Pure. */
final class UnknownService {
    private UnknownService() {}

    /** {@code unknown service "wbe", did you mean "web"?}, or with all there are when none is near. */
    static String text(String name, List<String> known) {
        String hint = NearestWord.hint(name, known);
        return "unknown service \"" + name + "\""
                + (hint.isEmpty() ? ", there are: " + String.join(", ", known) : hint);
    }
}
