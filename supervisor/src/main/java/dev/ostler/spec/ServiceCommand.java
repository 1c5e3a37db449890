package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import java.util.List;

/**
 * What is run beside the program of a service, as that service is.
 *
 * @param words program and arguments, never empty
 */
public record ServiceCommand(List<String> words, Origin origin) {
    public ServiceCommand {
        words = List.copyOf(words);
    }

    /** As a service has its own. */
    public Located<List<String>> located() {
        return new Located<>(words, origin);
    }

    public String program() {
        return words.get(0);
    }
}
