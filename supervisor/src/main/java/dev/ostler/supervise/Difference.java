package dev.ostler.supervise;

import dev.ostler.base.Origin;
import dev.ostler.spec.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A setting in which two versions of a service, or of what is said of all of them, differ.
 *
 * @param before empty when it is new
 * @param after empty when it is gone
 */
public record Difference(String key, Optional<Setting> before, Optional<Setting> after) {
    /** Whether the values may be shown. */
    public boolean isHidden() {
        return before.filter(Setting::hidden).isPresent()
                || after.filter(Setting::hidden).isPresent();
    }

    /** Where it stands, or, when it is gone, where it stood. */
    public Origin origin() {
        return after.or(() -> before).orElseThrow().origin();
    }

    /** In the order of the newer version, then what is gone. */
    public static List<Difference> between(List<Setting> before, List<Setting> after) {
        Map<String, Setting> old = new LinkedHashMap<>();
        before.forEach(setting -> old.put(setting.key(), setting));
        List<Difference> result = new ArrayList<>();
        for (Setting setting : after) {
            Optional<Setting> was = Optional.ofNullable(old.remove(setting.key()));
            if (was.isEmpty() || !was.get().value().equals(setting.value())) {
                result.add(new Difference(setting.key(), was, Optional.of(setting)));
            }
        }
        old.values().forEach(gone -> result.add(new Difference(gone.key(), Optional.of(gone), Optional.empty())));
        return result;
    }
}
