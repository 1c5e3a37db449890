package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.PIDFD_GET_INFO;
import static dev.ostler.linux.LinuxConstants.PIDFD_INFO_CGROUPID;
import static dev.ostler.linux.LinuxConstants.PIDFD_INFO_EXIT;
import static dev.ostler.linux.LinuxConstants.PIDFD_SIGNAL_PROCESS_GROUP;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A process that cannot be mistaken for a later one of the same number, pidfd_open(2). Readable (EPOLLIN) once the process
 * has ended. Owned by whoever created or adopted it. Any platform thread.
 */
public final class PidFd implements AutoCloseable {
    /** struct pidfd_info of its first version: mask, cgroup id, eleven 32-bit numbers, padded. */
    private static final int INFO_BYTES = 64;

    private static final int CGROUP_ID_OFFSET = 8;

    private final Fd fd;

    private PidFd(Fd fd) {
        this.fd = fd;
    }

    /** ESRCH when there is no such process. The number may have changed hands before the call: prefer {@link #adopt}. */
    public static PidFd open(Pid pid) {
        return new PidFd(Fd.adopt(check(C.pidfd_open(pid.value(), 0), "pidfd_open", "pid " + pid)));
    }

    /** Whether there is a process of this number, be it a zombie. */
    public static boolean exists(Pid pid) {
        try (PidFd process = open(pid)) {
            return process.fd.isOpen();
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    /** Takes over a pidfd, as the keeper sends it. */
    public static PidFd adopt(Fd fd) {
        return new PidFd(fd);
    }

    /** False when the process has ended and been reaped. */
    public boolean sendSignal(Signal signal) {
        return send(signal, 0);
    }

    /**
     * Signals the process group that this process leads; false when nothing is left of it. Linux 6.9, else kill(2) on the
     * group while the process still exists.
     */
    public boolean sendSignalToGroup(Signal signal) {
        try {
            return send(signal, PIDFD_SIGNAL_PROCESS_GROUP);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
        }
        return killGroup(signal);
    }

    boolean killGroup(Signal signal) {
        Optional<Pid> leader = pid();
        if (leader.isEmpty()) {
            return false;
        }
        int result = C.kill(-(long) leader.get().value(), signal.number());
        if (result == -1) {
            Errno errno = lastError();
            if (!errno.equals(Errno.ESRCH)) {
                throw new KernelException("kill", "process group " + leader.get(), errno);
            }
        }
        return result == 0;
    }

    private boolean send(Signal signal, int flags) {
        int result = C.pidfd_send_signal(fd.number(), signal.number(), null, flags);
        if (result == -1) {
            Errno errno = lastError();
            if (!errno.equals(Errno.ESRCH)) {
                throw new KernelException("pidfd_send_signal", fd + " " + signal, errno);
            }
        }
        return result == 0;
    }

    /** The number of the process; empty once it has been reaped, and in a pid namespace that cannot see it. */
    public Optional<Pid> pid() {
        Path info = Path.of("/proc/self/fdinfo/" + fd.number());
        try {
            for (String line : Files.readAllLines(info)) {
                if (line.startsWith("Pid:")) {
                    int number = Integer.parseInt(line.substring(4).strip());
                    return number > 0 ? Optional.of(new Pid(number)) : Optional.empty();
                }
            }
        } catch (IOException e) {
            throw new KernelException("read", info.toString(), Errno.EIO);
        }
        throw new KernelException("pidfd_send_signal", fd + ", which is no pidfd", Errno.EBADF);
    }

    /**
     * The cgroup of version 2 it is in, or was in when it ended, by the number of {@link CgroupId}. Known of a process that
     * has been reaped too (Linux 6.15). Empty where the kernel does not tell (before Linux 6.13).
     */
    public OptionalLong cgroupId() {
        NativeBuffer info = NativeBuffer.allocate(INFO_BYTES);
        info.bytes().putLong(0, PIDFD_INFO_CGROUPID | PIDFD_INFO_EXIT);
        if (C.ioctl(fd.number(), PIDFD_GET_INFO, info.address()) == -1) {
            return OptionalLong.empty(); // ENOTTY, EINVAL: not known; ESRCH: reaped, and not remembered
        }
        boolean told = (info.bytes().getLong(0) & PIDFD_INFO_CGROUPID) != 0;
        return told ? OptionalLong.of(info.bytes().getLong(CGROUP_ID_OFFSET)) : OptionalLong.empty();
    }

    /** To be watched for EPOLLIN; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
