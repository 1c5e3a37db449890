package dev.ostler.plan;

/** Numbers of the wire format drawn in launcher-native/README.md, section 1. */
final class PlanFormat {
    static final long MAGIC = 0x4e414c504c54534fL; // "OSTLPLAN" read as a little-endian number
    static final int VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int OP_HEADER_BYTES = 12;
    static final int MAX_OPS = 4096;
    static final int FLAG_COPY = 1;
    static final int FLAG_STAY = 2;

    private PlanFormat() {}
}
