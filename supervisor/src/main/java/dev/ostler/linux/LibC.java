package dev.ostler.linux;

import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * The raw calls, named and ordered as in their manual pages. Every integer argument is a {@code long}: the C side reads
 * the low half where it wants an int, and integer varargs are passed like fixed ones on x86_64 and aarch64. Results have
 * their C width, as the upper half of an int result is undefined. -1 means errno, to be read by the very next statement on
 * the same platform thread.
 *
 * <p>Written out instead of an interface that jnr-ffi implements at run time, which takes a tenth of a start.
 */
final class LibC {
    private static final Function SYSCALL = new Function("syscall");
    private static final Function GETPID = new Function("getpid");
    private static final Function GETTID = new Function("gettid");
    private static final Function GETUID = new Function("getuid");
    private static final Function GETEUID = new Function("geteuid");
    private static final Function GETGID = new Function("getgid");
    private static final Function GETEGID = new Function("getegid");
    private static final Function GETGROUPS = new Function("getgroups");
    private static final Function GETPWNAM_R = new Function("getpwnam_r");
    private static final Function GETPWUID_R = new Function("getpwuid_r");
    private static final Function GETGROUPLIST = new Function("getgrouplist");
    private static final Function CLOSE = new Function("close");
    private static final Function DUP2 = new Function("dup2");
    private static final Function IOCTL = new Function("ioctl");
    private static final Function FCNTL = new Function("fcntl");
    private static final Function PIPE2 = new Function("pipe2");
    private static final Function READ = new Function("read");
    private static final Function WRITE = new Function("write");
    private static final Function TEE = new Function("tee");
    private static final Function PREAD = new Function("pread");
    private static final Function PWRITE = new Function("pwrite");
    private static final Function OPENAT = new Function("openat");
    private static final Function MKDIRAT = new Function("mkdirat");
    private static final Function UNLINKAT = new Function("unlinkat");
    private static final Function FCHOWN = new Function("fchown");
    private static final Function FCHMOD = new Function("fchmod");
    private static final Function FTRUNCATE = new Function("ftruncate");
    private static final Function FLOCK = new Function("flock");
    private static final Function STATX = new Function("statx");
    private static final Function MEMFD_CREATE = new Function("memfd_create");
    private static final Function EPOLL_CREATE1 = new Function("epoll_create1");
    private static final Function EPOLL_CTL = new Function("epoll_ctl");
    private static final Function EPOLL_WAIT = new Function("epoll_wait");
    private static final Function EVENTFD = new Function("eventfd");
    private static final Function SIGNALFD = new Function("signalfd");
    private static final Function PTHREAD_SIGMASK = new Function("pthread_sigmask");
    private static final Function INOTIFY_INIT1 = new Function("inotify_init1");
    private static final Function INOTIFY_ADD_WATCH = new Function("inotify_add_watch");
    private static final Function INOTIFY_RM_WATCH = new Function("inotify_rm_watch");
    private static final Function TIMERFD_CREATE = new Function("timerfd_create");
    private static final Function TIMERFD_SETTIME = new Function("timerfd_settime");
    private static final Function CLOCK_GETTIME = new Function("clock_gettime");
    private static final Function PIDFD_OPEN = new Function("pidfd_open");
    private static final Function PIDFD_SEND_SIGNAL = new Function("pidfd_send_signal");
    private static final Function KILL = new Function("kill");
    private static final Function SOCKET = new Function("socket");
    private static final Function SOCKETPAIR = new Function("socketpair");
    private static final Function BIND = new Function("bind");
    private static final Function LISTEN = new Function("listen");
    private static final Function GETSOCKNAME = new Function("getsockname");
    private static final Function CONNECT = new Function("connect");
    private static final Function ACCEPT4 = new Function("accept4");
    private static final Function GETSOCKOPT = new Function("getsockopt");
    private static final Function SETSOCKOPT = new Function("setsockopt");
    private static final Function SEND = new Function("send");
    private static final Function SENDMSG = new Function("sendmsg");
    private static final Function RECVMSG = new Function("recvmsg");
    private static final Function RECVMMSG = new Function("recvmmsg");
    private static final Function SCHED_GETAFFINITY = new Function("sched_getaffinity");
    private static final Function PRLIMIT = new Function("prlimit");
    private static final Function MALLOC_TRIM = new Function("malloc_trim");
    private static final Function GETRUSAGE = new Function("getrusage");
    private static final Function SYSCONF = new Function("sysconf");
    private static final Function PRCTL = new Function("prctl");
    private static final Function SETNS = new Function("setns");
    private static final Function UNAME = new Function("uname");
    private static final Function NAME_TO_HANDLE_AT = new Function("name_to_handle_at");
    private static final Function CONFSTR = new Function("confstr");

    long syscall(long number, long a, long b, long c, long d, long e, long f) {
        return SYSCALL.call(number, a, b, c, d, e, f);
    }

    int getpid() {
        return (int) GETPID.call();
    }

    int gettid() {
        return (int) GETTID.call();
    }

    int getuid() {
        return (int) GETUID.call();
    }

    int geteuid() {
        return (int) GETEUID.call();
    }

    int getgid() {
        return (int) GETGID.call();
    }

    int getegid() {
        return (int) GETEGID.call();
    }

    int getgroups(long size, Pointer list) {
        int result = (int) GETGROUPS.call(size, address(list));
        Reference.reachabilityFence(list);
        return result;
    }

    /** Returns an errno, not -1; so does the next one. */
    int getpwnam_r(Pointer name, Pointer passwd, Pointer text, long size, Pointer found) {
        int result = (int) GETPWNAM_R.call(address(name), address(passwd), address(text), size, address(found));
        Reference.reachabilityFence(name);
        Reference.reachabilityFence(passwd);
        Reference.reachabilityFence(text);
        Reference.reachabilityFence(found);
        return result;
    }

    int getpwuid_r(long uid, Pointer passwd, Pointer text, long size, Pointer found) {
        int result = (int) GETPWUID_R.call(uid, address(passwd), address(text), size, address(found));
        Reference.reachabilityFence(passwd);
        Reference.reachabilityFence(text);
        Reference.reachabilityFence(found);
        return result;
    }

    int getgrouplist(Pointer user, long group, Pointer groups, Pointer count) {
        int result = (int) GETGROUPLIST.call(address(user), group, address(groups), address(count));
        Reference.reachabilityFence(user);
        Reference.reachabilityFence(groups);
        Reference.reachabilityFence(count);
        return result;
    }

    int close(long fd) {
        return (int) CLOSE.call(fd);
    }

    int dup2(long oldFd, long newFd) {
        return (int) DUP2.call(oldFd, newFd);
    }

    int ioctl(long fd, long request, long argument) {
        return (int) IOCTL.call(fd, request, argument);
    }

    int fcntl(long fd, long command, long argument) {
        return (int) FCNTL.call(fd, command, argument);
    }

    int pipe2(Pointer pair, long flags) {
        int result = (int) PIPE2.call(address(pair), flags);
        Reference.reachabilityFence(pair);
        return result;
    }

    long read(long fd, Pointer buffer, long count) {
        long result = READ.call(fd, address(buffer), count);
        Reference.reachabilityFence(buffer);
        return result;
    }

    long write(long fd, Pointer buffer, long count) {
        long result = WRITE.call(fd, address(buffer), count);
        Reference.reachabilityFence(buffer);
        return result;
    }

    long tee(long in, long out, long count, long flags) {
        return TEE.call(in, out, count, flags);
    }

    long pread(long fd, Pointer buffer, long count, long offset) {
        long result = PREAD.call(fd, address(buffer), count, offset);
        Reference.reachabilityFence(buffer);
        return result;
    }

    long pwrite(long fd, Pointer buffer, long count, long offset) {
        long result = PWRITE.call(fd, address(buffer), count, offset);
        Reference.reachabilityFence(buffer);
        return result;
    }

    int openat(long directory, Pointer path, long flags, long mode) {
        int result = (int) OPENAT.call(directory, address(path), flags, mode);
        Reference.reachabilityFence(path);
        return result;
    }

    int mkdirat(long directory, Pointer path, long mode) {
        int result = (int) MKDIRAT.call(directory, address(path), mode);
        Reference.reachabilityFence(path);
        return result;
    }

    int unlinkat(long directory, Pointer path, long flags) {
        int result = (int) UNLINKAT.call(directory, address(path), flags);
        Reference.reachabilityFence(path);
        return result;
    }

    int fchown(long fd, long owner, long group) {
        return (int) FCHOWN.call(fd, owner, group);
    }

    int fchmod(long fd, long mode) {
        return (int) FCHMOD.call(fd, mode);
    }

    int ftruncate(long fd, long length) {
        return (int) FTRUNCATE.call(fd, length);
    }

    int flock(long fd, long operation) {
        return (int) FLOCK.call(fd, operation);
    }

    int statx(long directory, Pointer path, long flags, long mask, Pointer buffer) {
        int result = (int) STATX.call(directory, address(path), flags, mask, address(buffer));
        Reference.reachabilityFence(path);
        Reference.reachabilityFence(buffer);
        return result;
    }

    int memfd_create(Pointer name, long flags) {
        int result = (int) MEMFD_CREATE.call(address(name), flags);
        Reference.reachabilityFence(name);
        return result;
    }

    int epoll_create1(long flags) {
        return (int) EPOLL_CREATE1.call(flags);
    }

    int epoll_ctl(long epoll, long operation, long fd, Pointer event) {
        int result = (int) EPOLL_CTL.call(epoll, operation, fd, address(event));
        Reference.reachabilityFence(event);
        return result;
    }

    int epoll_wait(long epoll, Pointer events, long capacity, long timeoutMillis) {
        int result = (int) EPOLL_WAIT.call(epoll, address(events), capacity, timeoutMillis);
        Reference.reachabilityFence(events);
        return result;
    }

    int eventfd(long initial, long flags) {
        return (int) EVENTFD.call(initial, flags);
    }

    int signalfd(long fd, Pointer mask, long flags) {
        int result = (int) SIGNALFD.call(fd, address(mask), flags);
        Reference.reachabilityFence(mask);
        return result;
    }

    /** Returns an errno, not -1. */
    int pthread_sigmask(long how, Pointer set, Pointer old) {
        int result = (int) PTHREAD_SIGMASK.call(how, address(set), address(old));
        Reference.reachabilityFence(set);
        Reference.reachabilityFence(old);
        return result;
    }

    int inotify_init1(long flags) {
        return (int) INOTIFY_INIT1.call(flags);
    }

    int inotify_add_watch(long fd, Pointer path, long mask) {
        int result = (int) INOTIFY_ADD_WATCH.call(fd, address(path), mask);
        Reference.reachabilityFence(path);
        return result;
    }

    int inotify_rm_watch(long fd, long watch) {
        return (int) INOTIFY_RM_WATCH.call(fd, watch);
    }

    int timerfd_create(long clock, long flags) {
        return (int) TIMERFD_CREATE.call(clock, flags);
    }

    int timerfd_settime(long fd, long flags, Pointer value, Pointer old) {
        int result = (int) TIMERFD_SETTIME.call(fd, flags, address(value), address(old));
        Reference.reachabilityFence(value);
        Reference.reachabilityFence(old);
        return result;
    }

    int clock_gettime(long clock, Pointer timespec) {
        int result = (int) CLOCK_GETTIME.call(clock, address(timespec));
        Reference.reachabilityFence(timespec);
        return result;
    }

    int pidfd_open(long pid, long flags) {
        return (int) PIDFD_OPEN.call(pid, flags);
    }

    int pidfd_send_signal(long pidfd, long signal, Pointer siginfo, long flags) {
        int result = (int) PIDFD_SEND_SIGNAL.call(pidfd, signal, address(siginfo), flags);
        Reference.reachabilityFence(siginfo);
        return result;
    }

    int kill(long pid, long signal) {
        return (int) KILL.call(pid, signal);
    }

    int socket(long domain, long type, long protocol) {
        return (int) SOCKET.call(domain, type, protocol);
    }

    int socketpair(long domain, long type, long protocol, Pointer pair) {
        int result = (int) SOCKETPAIR.call(domain, type, protocol, address(pair));
        Reference.reachabilityFence(pair);
        return result;
    }

    int bind(long fd, Pointer address, long length) {
        int result = (int) BIND.call(fd, address(address), length);
        Reference.reachabilityFence(address);
        return result;
    }

    int listen(long fd, long backlog) {
        return (int) LISTEN.call(fd, backlog);
    }

    int getsockname(long fd, Pointer address, Pointer length) {
        int result = (int) GETSOCKNAME.call(fd, address(address), address(length));
        Reference.reachabilityFence(address);
        Reference.reachabilityFence(length);
        return result;
    }

    int connect(long fd, Pointer address, long length) {
        int result = (int) CONNECT.call(fd, address(address), length);
        Reference.reachabilityFence(address);
        return result;
    }

    int accept4(long fd, Pointer address, Pointer length, long flags) {
        int result = (int) ACCEPT4.call(fd, address(address), address(length), flags);
        Reference.reachabilityFence(address);
        Reference.reachabilityFence(length);
        return result;
    }

    int getsockopt(long fd, long level, long option, Pointer value, Pointer length) {
        int result = (int) GETSOCKOPT.call(fd, level, option, address(value), address(length));
        Reference.reachabilityFence(value);
        Reference.reachabilityFence(length);
        return result;
    }

    int setsockopt(long fd, long level, long option, Pointer value, long length) {
        int result = (int) SETSOCKOPT.call(fd, level, option, address(value), length);
        Reference.reachabilityFence(value);
        return result;
    }

    long send(long fd, Pointer buffer, long length, long flags) {
        long result = SEND.call(fd, address(buffer), length, flags);
        Reference.reachabilityFence(buffer);
        return result;
    }

    long sendmsg(long fd, Pointer message, long flags) {
        long result = SENDMSG.call(fd, address(message), flags);
        Reference.reachabilityFence(message);
        return result;
    }

    long recvmsg(long fd, Pointer message, long flags) {
        long result = RECVMSG.call(fd, address(message), flags);
        Reference.reachabilityFence(message);
        return result;
    }

    int recvmmsg(long fd, Pointer messages, long count, long flags, Pointer timeout) {
        int result = (int) RECVMMSG.call(fd, address(messages), count, flags, address(timeout));
        Reference.reachabilityFence(messages);
        Reference.reachabilityFence(timeout);
        return result;
    }

    int sched_getaffinity(long pid, long size, Pointer mask) {
        int result = (int) SCHED_GETAFFINITY.call(pid, size, address(mask));
        Reference.reachabilityFence(mask);
        return result;
    }

    int prlimit(long pid, long resource, Pointer newLimit, Pointer oldLimit) {
        int result = (int) PRLIMIT.call(pid, resource, address(newLimit), address(oldLimit));
        Reference.reachabilityFence(newLimit);
        Reference.reachabilityFence(oldLimit);
        return result;
    }

    int malloc_trim(long pad) {
        return (int) MALLOC_TRIM.call(pad);
    }

    int getrusage(long who, Pointer usage) {
        int result = (int) GETRUSAGE.call(who, address(usage));
        Reference.reachabilityFence(usage);
        return result;
    }

    long sysconf(long name) {
        return SYSCONF.call(name);
    }

    int prctl(long option, long a, long b, long c, long d) {
        return (int) PRCTL.call(option, a, b, c, d);
    }

    int setns(long fd, long type) {
        return (int) SETNS.call(fd, type);
    }

    int uname(Pointer names) {
        int result = (int) UNAME.call(address(names));
        Reference.reachabilityFence(names);
        return result;
    }

    int name_to_handle_at(long directory, Pointer path, Pointer handle, Pointer mountId, long flags) {
        int result = (int) NAME_TO_HANDLE_AT.call(directory, address(path), address(handle), address(mountId), flags);
        Reference.reachabilityFence(path);
        Reference.reachabilityFence(handle);
        Reference.reachabilityFence(mountId);
        return result;
    }

    long confstr(long name, Pointer buffer, long size) {
        long result = CONFSTR.call(name, address(buffer), size);
        Reference.reachabilityFence(buffer);
        return result;
    }

    private static long address(Pointer pointer) {
        return pointer == null ? 0 : pointer.address();
    }
}
