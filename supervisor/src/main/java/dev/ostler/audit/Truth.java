package dev.ostler.audit;

import java.util.Objects;

/** What the kernel says of one item, and how that compares. */
record Truth(Verdict verdict, String text) {
    /** A value that nobody but the launch should have set. */
    static Truth compare(Object asked, Object truth, String text) {
        return new Truth(Objects.equals(asked, truth) ? Verdict.AGREES : Verdict.DIFFERS, text);
    }

    /** A value that a program sets for itself whenever it likes. */
    static Truth compareOwn(Object asked, Object truth, String text) {
        return new Truth(Objects.equals(asked, truth) ? Verdict.AGREES : Verdict.CHANGED, text);
    }
}
