package dev.ostler.spec;

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

    public String program() {
        return words.get(0);
    }
}
