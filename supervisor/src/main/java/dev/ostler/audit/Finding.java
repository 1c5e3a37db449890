package dev.ostler.audit;

import java.util.Objects;

/**
 * One line of an audit.
 *
 * @param origin who asked, as people read it
 */
public record Finding(Verdict verdict, String item, String asked, String truth, String origin) {
    public Finding {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(item, "item");
        Objects.requireNonNull(asked, "asked");
        Objects.requireNonNull(truth, "truth");
        Objects.requireNonNull(origin, "origin");
    }
}
