package dev.ostler.linux;

/** Memory of malloc(3), which the JVM's compilers and parsers use. */
public final class NativeHeap {
    private NativeHeap() {}

    /** Gives what is free back to the kernel, malloc_trim(3). Takes some milliseconds; any platform thread. */
    public static void trim() {
        Native.C.malloc_trim(0);
    }
}
