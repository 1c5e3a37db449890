package dev.ostler.spec;

/** Which network a sandbox has. */
public enum NetworkMode {
    /** That of the supervisor. The default. */
    HOST,
    /** One of its own, with 127.0.0.1 and ::1 only. */
    LOOPBACK,
    /** One of its own without any interface that is up. */
    NONE
}
