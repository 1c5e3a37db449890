package dev.ostler.linux;

import java.util.Objects;

/** The kernel refused a call: which one, on what, and why. Carries the errno by name to the end. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String object;
    private final int number;

    /**
     * @param call name of the system call
     * @param object what the call was about; empty when the call has no object
     */
    public KernelException(String call, String object, Errno errno) {
        super(Objects.requireNonNull(call, "call") + (object.isEmpty() ? "" : " \"" + object + "\"") + ": " + errno);
        this.call = call;
        this.object = object;
        this.number = errno.number();
    }

    public String call() {
        return call;
    }

    public String object() {
        return object;
    }

    public Errno errno() {
        return new Errno(number);
    }

    /** True when the kernel's reason was this one. */
    public boolean is(Errno errno) {
        return errno.number() == number;
    }
}
