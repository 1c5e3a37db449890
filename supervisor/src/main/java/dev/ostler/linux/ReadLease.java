package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.F_GETLEASE;
import static dev.ostler.linux.LinuxConstants.F_OWNER_TID;
import static dev.ostler.linux.LinuxConstants.F_RDLCK;
import static dev.ostler.linux.LinuxConstants.F_SETLEASE;
import static dev.ostler.linux.LinuxConstants.F_SETOWN_EX;
import static dev.ostler.linux.LinuxConstants.F_SETSIG;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import dev.ostler.base.Signal;
import java.util.Optional;

/**
 * A read lease on an open file, F_SETLEASE of fcntl(2): nobody has it open for writing, and whoever wants to is held up by the
 * kernel until the lease is given back (lease-break-time of proc(5) at most, 45 s), while the holder is sent a signal. Owned
 * by one thread, which must block the signal ({@link Signals#blockInThisThread}); closed by closing the file.
 */
public final class ReadLease {
    private static final int OWNER_BYTES = 8;

    private final Fd file;

    private ReadLease(Fd file) {
        this.file = file;
    }

    /** What became of asking for a lease. */
    public enum Refusal {
        /** Somebody has the file open for writing (EAGAIN). */
        BEING_WRITTEN,
        /** The file is another user's and CAP_LEASE is missing (EACCES), or its file system knows no leases (EINVAL). */
        NOT_TO_BE_HAD
    }

    /** Either a lease or why there is none. */
    public record Taken(Optional<ReadLease> lease, Optional<Refusal> refusal) {}

    /**
     * Takes one.
     *
     * @param file open for reading only; stays the caller's
     * @param signal sent to this thread when somebody wants to write
     */
    public static Taken take(Fd file, Signal signal) {
        NativeBuffer owner = NativeBuffer.allocate(OWNER_BYTES); // struct f_owner_ex: int type, pid_t pid
        owner.bytes().putInt(0, F_OWNER_TID).putInt(4, C.gettid());
        check(C.fcntl(file.number(), F_SETOWN_EX, owner.address()), "fcntl(F_SETOWN_EX)", file);
        owner.keep();
        check(C.fcntl(file.number(), F_SETSIG, signal.number()), "fcntl(F_SETSIG)", file);
        if (C.fcntl(file.number(), F_SETLEASE, F_RDLCK) != -1) {
            return new Taken(Optional.of(new ReadLease(file)), Optional.empty());
        }
        Errno errno = lastError();
        if (errno.equals(Errno.EAGAIN)) {
            return new Taken(Optional.empty(), Optional.of(Refusal.BEING_WRITTEN));
        }
        if (errno.equals(Errno.EACCES) || errno.equals(Errno.EINVAL)) {
            return new Taken(Optional.empty(), Optional.of(Refusal.NOT_TO_BE_HAD));
        }
        throw new KernelException("fcntl(F_SETLEASE)", file.toString(), errno);
    }

    /** Whether nobody has asked to write since it was taken. */
    public boolean isWhole() {
        return check(C.fcntl(file.number(), F_GETLEASE, 0), "fcntl(F_GETLEASE)", file) == F_RDLCK;
    }
}
