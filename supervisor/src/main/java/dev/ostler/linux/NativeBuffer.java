package dev.ostler.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import jnr.ffi.Pointer;

/**
 * A block of memory outside the heap, zeroed at birth, for one owner to reuse call after call; freed with the object.
 * Little-endian. One thread at a time.
 */
public final class NativeBuffer {
    /** Longer than nearly all plans and paths. */
    private static final int SCRATCH_BYTES = 16 * 1024;

    private static final ThreadLocal<NativeBuffer> SCRATCH = ThreadLocal.withInitial(NativeBuffer::newScratch);

    private final ByteBuffer bytes;
    private final Pointer pointer;

    private NativeBuffer(int capacity) {
        bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        // The wrapped pointer keeps the buffer alive for as long as a call holds the pointer.
        pointer = Pointer.wrap(Native.RUNTIME, bytes);
    }

    /** @param capacity bytes */
    public static NativeBuffer allocate(int capacity) {
        return new NativeBuffer(capacity);
    }

    private static NativeBuffer newScratch() {
        return allocate(SCRATCH_BYTES);
    }

    /** At least {@code capacity} bytes of this thread's, not zeroed, for one call: whoever asks next gets the same. */
    static NativeBuffer scratch(int capacity) {
        return capacity <= SCRATCH_BYTES ? SCRATCH.get() : allocate(capacity);
    }

    /** As {@link #ofString}, in this thread's {@link #scratch}. */
    static NativeBuffer scratchOf(String text) {
        byte[] encoded = encode(text);
        NativeBuffer buffer = scratch(encoded.length + 1);
        buffer.bytes.put(0, encoded).put(encoded.length, (byte) 0);
        return buffer;
    }

    /** A NUL-terminated copy; refuses text that holds a NUL, since C would cut it there. */
    static NativeBuffer ofString(String text) {
        byte[] encoded = encode(text);
        NativeBuffer buffer = allocate(encoded.length + 1);
        buffer.bytes.put(0, encoded);
        return buffer;
    }

    private static byte[] encode(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new KernelException("path", text.replace('\0', '?'), Errno.EINVAL);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The memory itself; position and limit belong to the caller, the calls of this package ignore them. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Bytes. */
    public int capacity() {
        return bytes.capacity();
    }

    Pointer pointer() {
        return pointer;
    }

    /** Memory from {@code offset} on. */
    Pointer pointer(int offset) {
        return offset == 0 ? pointer : pointer.slice(offset);
    }

    /** Whoever passes it on as a number keeps this alive until the call is over, by {@link #keep}. */
    long address() {
        return pointer.address();
    }

    /** Until here the memory is not freed. */
    void keep() {
        Reference.reachabilityFence(this);
    }

    void checkRange(int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.capacity());
    }
}
