package dev.ostler.spec;

import dev.ostler.base.ByteSize;

/**
 * How output is kept.
 *
 * @param rotateSize a file that has reached it is renamed away
 * @param keep number of old files kept
 * @param timestamps each line gets time and stream tag in front
 */
public record LogSpec(ByteSize rotateSize, int keep, boolean timestamps) {
    public static final LogSpec DEFAULT = new LogSpec(new ByteSize(16L << 20), 5, true);
}
