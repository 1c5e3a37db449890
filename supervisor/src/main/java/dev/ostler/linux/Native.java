package dev.ostler.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * The one binding of libc, and the place where -1 becomes an exception. Loading it proves that calls and errno work,
 * because a binding that fails silently would be found out much later; other calls are bound when they are first used, and
 * {@code NativeIT} proves that all are there. Any platform thread; not virtual threads, which may change their carrier
 * between the call and the look at errno.
 */
final class Native {
    static final LibC C = LibraryLoader.create(LibC.class).load("c");
    static final Runtime RUNTIME = Runtime.getRuntime(C);

    static {
        verify();
    }

    private Native() {}

    private static void verify() {
        long pid = ProcessHandle.current().pid();
        if (C.getpid() != pid) {
            throw new IllegalStateException("native calls do not work: getpid gave " + C.getpid() + ", not " + pid);
        }
        int result = C.close(-1);
        Errno errno = lastError();
        if (result != -1 || !errno.equals(Errno.EBADF)) {
            throw new IllegalStateException("native calls do not work: close(-1) gave " + result + ", " + errno);
        }
    }

    /** errno of this thread's last call; meaningful only in the statement after a call that returned -1. */
    static Errno lastError() {
        return new Errno(RUNTIME.getLastError());
    }

    /** Passes a result through; throws when it is -1. */
    static int check(int result, String call, String object) {
        if (result == -1) {
            throw new KernelException(call, object, lastError());
        }
        return result;
    }

    static int check(int result, String call, Fd fd) {
        if (result == -1) {
            Errno errno = lastError();
            throw new KernelException(call, fd.toString(), errno);
        }
        return result;
    }

    /**
     * The raw calls, named and ordered as in their manual pages. Every integer argument is a {@code long}: the C side reads
     * the low half where it wants an int, and integer varargs are passed like fixed ones on x86_64 and aarch64. Results are
     * declared with their C width, as the upper half of an int result is undefined. -1 means errno, to be read by the very
     * next statement on the same platform thread.
     *
     * <p>Public only for the generated class, which lives in another loader; the enclosing class hides it from source code.
     */
    public interface LibC {
        long syscall(long number, long a, long b, long c, long d, long e, long f);

        int getpid();

        int gettid();

        int getuid();

        int geteuid();

        int getgid();

        int getegid();

        int getgroups(long size, Pointer list);

        /** Returns an errno, not -1; so does the next one. */
        int getpwnam_r(Pointer name, Pointer passwd, Pointer text, long size, Pointer found);

        int getpwuid_r(long uid, Pointer passwd, Pointer text, long size, Pointer found);

        int getgrouplist(Pointer user, long group, Pointer groups, Pointer count);

        int close(long fd);

        int dup2(long oldFd, long newFd);

        int ioctl(long fd, long request, long argument);

        int fcntl(long fd, long command, long argument);

        int pipe2(Pointer pair, long flags);

        long read(long fd, Pointer buffer, long count);

        long write(long fd, Pointer buffer, long count);

        long tee(long in, long out, long count, long flags);

        long pread(long fd, Pointer buffer, long count, long offset);

        long pwrite(long fd, Pointer buffer, long count, long offset);

        int openat(long directory, Pointer path, long flags, long mode);

        int mkdirat(long directory, Pointer path, long mode);

        int fchown(long fd, long owner, long group);

        int fchmod(long fd, long mode);

        int ftruncate(long fd, long length);

        int flock(long fd, long operation);

        int statx(long directory, Pointer path, long flags, long mask, Pointer buffer);

        int memfd_create(Pointer name, long flags);

        int epoll_create1(long flags);

        int epoll_ctl(long epoll, long operation, long fd, Pointer event);

        int epoll_wait(long epoll, Pointer events, long capacity, long timeoutMillis);

        int eventfd(long initial, long flags);

        int signalfd(long fd, Pointer mask, long flags);

        /** Returns an errno, not -1. */
        int pthread_sigmask(long how, Pointer set, Pointer old);

        int inotify_init1(long flags);

        int inotify_add_watch(long fd, Pointer path, long mask);

        int inotify_rm_watch(long fd, long watch);

        int timerfd_create(long clock, long flags);

        int timerfd_settime(long fd, long flags, Pointer value, Pointer old);

        int clock_gettime(long clock, Pointer timespec);

        int pidfd_open(long pid, long flags);

        int pidfd_send_signal(long pidfd, long signal, Pointer siginfo, long flags);

        int kill(long pid, long signal);

        int socket(long domain, long type, long protocol);

        int socketpair(long domain, long type, long protocol, Pointer pair);

        int bind(long fd, Pointer address, long length);

        int listen(long fd, long backlog);

        int getsockname(long fd, Pointer address, Pointer length);

        int connect(long fd, Pointer address, long length);

        int accept4(long fd, Pointer address, Pointer length, long flags);

        int getsockopt(long fd, long level, long option, Pointer value, Pointer length);

        int setsockopt(long fd, long level, long option, Pointer value, long length);

        long send(long fd, Pointer buffer, long length, long flags);

        long sendmsg(long fd, Pointer message, long flags);

        long recvmsg(long fd, Pointer message, long flags);

        int recvmmsg(long fd, Pointer messages, long count, long flags, Pointer timeout);

        int sched_getaffinity(long pid, long size, Pointer mask);

        int prlimit(long pid, long resource, Pointer newLimit, Pointer oldLimit);

        int malloc_trim(long pad);

        int getrusage(long who, Pointer usage);

        long sysconf(long name);

        int prctl(long option, long a, long b, long c, long d);

        int setns(long fd, long type);

        int uname(Pointer names);

        int name_to_handle_at(long directory, Pointer path, Pointer handle, Pointer mountId, long flags);

        long confstr(long name, Pointer buffer, long size);
    }
}
