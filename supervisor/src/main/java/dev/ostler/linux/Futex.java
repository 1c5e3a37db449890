package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.FUTEX_WAKE;
import static dev.ostler.linux.LinuxConstants.MAP_SHARED;
import static dev.ostler.linux.LinuxConstants.PROT_READ;
import static dev.ostler.linux.LinuxConstants.PROT_WRITE;
import static dev.ostler.linux.Native.C;

import jnr.ffi.Pointer;

/**
 * A number in a file, which processes that have the file mapped wait on, futex(2): without FUTEX_PRIVATE_FLAG, which would keep
 * it among the threads of this one. Mapped as long as this process lives. One thread, which alone changes it.
 */
public final class Futex {
    private static final int PAGE_BYTES = 4096;

    private final Pointer page;
    private final int offset;
    private boolean untold;

    private Futex(Pointer page, int offset) {
        this.page = page;
        this.offset = offset;
    }

    /**
     * Maps the first page of a file.
     *
     * @param fd open for reading and writing; may be closed afterwards
     * @param offset of the number, in that page and in the file
     */
    public static Futex map(Fd fd, int offset) {
        long address =
                C.syscall(Arch.current().mmap, 0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd.number(), 0);
        if (address == -1) {
            throw new KernelException("mmap", fd.toString(), Native.lastError());
        }
        return new Futex(Pointer.wrap(Native.RUNTIME, address, PAGE_BYTES), offset);
    }

    /** One more, and whoever waits for another number than before goes on; what was written before is seen by them. */
    public void advance() {
        add();
        tell();
    }

    /** One more; {@link #tell} has to follow. */
    public void add() {
        page.putInt(offset, page.getInt(offset) + 1); // a system call that follows orders it for all CPUs
        untold = true;
    }

    /** Whoever waits for another number goes on, if there were any since the last time. */
    public void tell() {
        if (!untold) {
            return;
        }
        untold = false;
        long woken = C.syscall(Arch.current().futex, page.address() + offset, FUTEX_WAKE, Integer.MAX_VALUE, 0, 0, 0);
        if (woken == -1) {
            throw new KernelException("futex(FUTEX_WAKE)", "state page", Native.lastError());
        }
    }
}
