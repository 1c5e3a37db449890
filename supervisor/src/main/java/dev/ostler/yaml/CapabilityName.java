package dev.ostler.yaml;

import dev.ostler.base.CapabilityNames;
import dev.ostler.base.NearestWord;
import java.util.Locale;

/** Reads the name of a capability. */
final class CapabilityName {
    private CapabilityName() {}

    /** The name without {@code CAP_}, in capitals. */
    static String parse(String text) throws BadValue {
        String name = text.toUpperCase(Locale.ROOT);
        if (name.startsWith("CAP_")) {
            name = name.substring("CAP_".length());
        }
        if (!CapabilityNames.ALL.contains(name)) {
            throw new BadValue("unknown capability \"" + text + "\"" + NearestWord.hint(name, CapabilityNames.ALL));
        }
        return name;
    }
}
