package dev.ostler.yaml;

import dev.ostler.spec.UlimitSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Every mapping whose keys are fixed, and these keys. Everything that asks "which keys are there" (unknown keys, the
 * nearest one, the check of the documentation) asks here.
 */
enum Schema {
    TOP("", "version", "services", "profiles", "defaults"),
    SERVICE(
            "",
            "extends",
            "command",
            "environment",
            "env_file",
            "working_dir",
            "user",
            "group_add",
            "umask",
            "directories",
            "ulimits",
            "nice",
            "oom_score_adj",
            "cpu_affinity",
            "capabilities",
            "securebits",
            "no_new_privs",
            "sandbox",
            "death_signal",
            "depends_on",
            "ready",
            "restart",
            "stop_signal",
            "stop_grace_period",
            "stop",
            "logs"),
    USER("user.", "name", "group", "if_unsupported"),
    DIRECTORY("directories[].", "path", "mode"),
    ULIMITS("ulimits.", ulimitNames()),
    ULIMIT("ulimits.NAME.", "soft", "hard"),
    CAPABILITIES("capabilities.", "keep"),
    SANDBOX("sandbox.", "no_new_privs"),
    DEPENDENCY("depends_on.NAME.", "condition"),
    READY("ready.", "tcp", "http", "timeout", "interval"),
    RESTART("restart.", "policy", "backoff", "limit", "stable_after"),
    BACKOFF("restart.backoff.", "initial", "max", "factor", "jitter"),
    LIMIT("restart.limit.", "count", "within"),
    STOP_STEP("stop[].", "signal", "to", "wait", "kill"),
    LOGS("logs.", "rotate", "timestamps"),
    ROTATE("logs.rotate.", "size", "keep");

    private final String prefix;
    private final List<String> keys;

    Schema(String prefix, String... keys) {
        this.prefix = prefix;
        this.keys = List.of(keys);
    }

    List<String> keys() {
        return keys;
    }

    /** The keys as the reference names them, {@code restart.backoff.initial}. */
    List<String> documentedKeys() {
        return keys.stream().map(key -> prefix + key).toList();
    }

    private static String[] ulimitNames() {
        return Arrays.stream(UlimitSpec.Resource.values())
                .map(resource -> resource.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }
}
