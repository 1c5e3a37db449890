package dev.ostler.spec;

/** What happens when the kernel or the rights cannot give what was asked for. */
public enum IfUnsupported {
    /** The launch is refused. The default. */
    FAIL,
    /** The item is left out, a warning says so, and {@code status} and {@code audit} list it. */
    WARN
}
