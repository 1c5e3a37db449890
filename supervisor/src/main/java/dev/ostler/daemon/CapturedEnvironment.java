package dev.ostler.daemon;

import dev.ostler.linux.Fd;
import dev.ostler.linux.Memfd;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The environment {@code up} was called with, as the keeper stored it: NUL-separated NAME=VALUE. */
final class CapturedEnvironment {
    /** The kernel's own bound on argument and environment strings together is smaller by default (execve(2)). */
    private static final int MAX_BYTES = 16 << 20;

    private CapturedEnvironment() {}

    static Map<String, String> read(Fd stored) {
        return parse(new String(Memfd.readAll(stored, MAX_BYTES), StandardCharsets.UTF_8));
    }

    static Map<String, String> parse(String text) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String entry : text.split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                environment.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return environment;
    }
}
