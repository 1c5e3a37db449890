package dev.ostler.linux;

import java.util.List;

/**
 * One received packet. Its descriptors belong to the receiver.
 *
 * @param length bytes; 0 means that the other end is closed
 * @param truncated something did not fit: payload or descriptors (MSG_TRUNC, MSG_CTRUNC); what is here is incomplete
 */
public record Packet(int length, List<Fd> descriptors, boolean truncated) {
    public Packet {
        descriptors = List.copyOf(descriptors);
    }

    public boolean isEndOfFile() {
        return length == 0;
    }

    /** For a packet nobody wants. */
    public void closeDescriptors() {
        descriptors.forEach(Fd::close);
    }
}
