package dev.ostler.plan;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Securebits of capabilities(7); the ordinal is the bit. */
public enum SecureBit {
    NOROOT,
    NOROOT_LOCKED,
    NO_SETUID_FIXUP,
    NO_SETUID_FIXUP_LOCKED,
    KEEP_CAPS,
    KEEP_CAPS_LOCKED,
    NO_CAP_AMBIENT_RAISE,
    NO_CAP_AMBIENT_RAISE_LOCKED;

    public int mask() {
        return 1 << ordinal();
    }

    /** The name in YAML. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<SecureBit> ofKey(String key) {
        return Arrays.stream(values()).filter(bit -> bit.key().equals(key)).findFirst();
    }
}
