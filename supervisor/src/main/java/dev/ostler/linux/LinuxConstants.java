package dev.ostler.linux;

/** Numbers of the kernel's and libc's headers, under their own names. Compared with the C headers by a test. */
public final class LinuxConstants {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;
    public static final int O_DIRECTORY = Arch.current().openDirectory;
    public static final int O_NOFOLLOW = Arch.current().openNoFollow;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int STATX_BASIC_STATS = 0x7ff;

    public static final int S_IFMT = 0xf000;
    public static final int S_IFSOCK = 0xc000;
    public static final int S_IFLNK = 0xa000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFBLK = 0x6000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFIFO = 0x1000;

    public static final int SPLICE_F_NONBLOCK = 2;

    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int FD_CLOEXEC = 1;
    /** Linux 6.10. */
    public static final int F_DUPFD_QUERY = 1027;

    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_SETPIPE_SZ = 1031;
    public static final int F_SETSIG = 10;
    public static final int F_SETOWN_EX = 15;
    public static final int F_OWNER_TID = 0;
    public static final int F_SETLEASE = 1024;
    public static final int F_GETLEASE = 1025;
    public static final int F_RDLCK = 0;
    public static final int F_GETPIPE_SZ = 1032;
    public static final int F_ADD_SEALS = 1033;
    public static final int F_GET_SEALS = 1034;

    public static final int NS_GET_USERNS = 0xb701;

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int FUTEX_WAKE = 1;

    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;
    public static final int MFD_CLOEXEC = 1;
    public static final int MFD_ALLOW_SEALING = 2;

    public static final int EPOLL_CLOEXEC = 0x80000;
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;
    public static final int EPOLLIN = 1;
    public static final int EPOLLPRI = 2;
    public static final int EPOLLOUT = 4;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;

    public static final int IN_CLOEXEC = 0x80000;
    public static final int IN_NONBLOCK = 0x800;
    public static final int IN_MODIFY = 2;
    public static final int IN_ATTRIB = 4;
    public static final int IN_CLOSE_WRITE = 8;
    public static final int IN_MOVED_FROM = 0x40;
    public static final int IN_MOVED_TO = 0x80;
    public static final int IN_CREATE = 0x100;
    public static final int IN_DELETE = 0x200;
    public static final int IN_DELETE_SELF = 0x400;
    public static final int IN_MOVE_SELF = 0x800;
    public static final int IN_Q_OVERFLOW = 0x4000;
    public static final int IN_IGNORED = 0x8000;
    public static final int IN_ONLYDIR = 0x1000000;
    public static final int IN_MASK_ADD = 0x20000000;

    public static final int SIG_BLOCK = 0;
    public static final int RUSAGE_THREAD = 1;
    public static final int _SC_PAGESIZE = 30;
    public static final int SFD_CLOEXEC = 0x80000;
    public static final int SFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;
    public static final int EFD_NONBLOCK = 0x800;
    public static final int TFD_CLOEXEC = 0x80000;
    public static final int TFD_NONBLOCK = 0x800;
    public static final int TFD_TIMER_ABSTIME = 1;
    public static final int TFD_TIMER_CANCEL_ON_SET = 2;
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_MONOTONIC = 1;
    public static final int CLOCK_BOOTTIME = 7;

    /** Linux 6.9. */
    public static final int PIDFD_SIGNAL_PROCESS_GROUP = 4;
    /** Linux 6.13. */
    public static final long PIDFD_GET_INFO = 0xc040ff0bL;
    /** Linux 6.13. */
    public static final int PIDFD_INFO_CGROUPID = 4;
    /** Linux 6.15. */
    public static final int PIDFD_INFO_EXIT = 8;

    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_UDP = 17;
    public static final int TCP_CORK = 3;
    public static final int TCP_DEFER_ACCEPT = 9;
    public static final int IP_MTU_DISCOVER = 10;
    public static final int IPV6_MTU_DISCOVER = 23;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_TYPE = 3;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_LINGER = 13;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_PASSCRED = 16;
    public static final int SO_PEERCRED = 17;
    /** Of a kernel with 64-bit longs. */
    public static final int SO_RCVTIMEO = 20;

    public static final int SO_ACCEPTCONN = 30;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_PROTOCOL = 38;
    public static final int SO_DOMAIN = 39;
    public static final int SO_PEEK_OFF = 42;
    public static final int SCM_RIGHTS = 1;
    public static final int SCM_CREDENTIALS = 2;
    /** Linux 6.5. */
    public static final int SCM_PIDFD = 4;

    public static final int MSG_PEEK = 2;
    public static final int MSG_CTRUNC = 8;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    public static final int IPPROTO_ICMP = 1;
    public static final int SOL_RAW = 255;
    public static final int ICMP_FILTER = 1;
    public static final int ICMP_ECHOREPLY = 0;
    public static final int ICMP_ECHO = 8;

    public static final int NETLINK_ROUTE = 0;
    public static final int NETLINK_SOCK_DIAG = 4;
    public static final int NLMSG_ERROR = 2;
    public static final int NLMSG_DONE = 3;
    public static final int NLM_F_REQUEST = 1;
    public static final int NLM_F_DUMP = 0x300;
    public static final int SOCK_DIAG_BY_FAMILY = 20;
    public static final int RTMGRP_LINK = 1;
    public static final int RTM_NEWLINK = 16;
    public static final int RTM_DELLINK = 17;
    public static final int IFLA_IFNAME = 3;
    public static final int SIOCETHTOOL = 0x8946;
    public static final int SIOCGIFFLAGS = 0x8913;
    public static final int ETHTOOL_GLINK = 0xa;
    public static final int IFF_UP = 1;
    public static final int IFF_RUNNING = 0x40;
    public static final int TCP_LISTEN = 10;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    public static final int PR_GET_PDEATHSIG = 2;
    public static final int PR_GET_KEEPCAPS = 7;
    public static final int PR_CAPBSET_READ = 23;
    public static final int PR_GET_SECUREBITS = 27;
    public static final int PR_GET_CHILD_SUBREAPER = 37;
    public static final int PR_GET_NO_NEW_PRIVS = 39;
    public static final int PR_GET_TSC = 25;
    public static final int PR_SCHED_CORE = 62;
    public static final int PR_SCHED_CORE_GET = 0;
    public static final int PR_GET_MDWE = 66;

    public static final int IOPRIO_WHO_PROCESS = 1;
    public static final int SCHED_FLAG_RESET_ON_FORK = 1;
    public static final int KEYCTL_CAPABILITIES = 31;

    public static final int MOUNT_ATTR_RDONLY = 1;
    public static final int MOUNT_ATTR_NOSUID = 2;
    public static final int MOUNT_ATTR_NODEV = 4;
    public static final int MOUNT_ATTR_NOEXEC = 8;
    public static final int MOUNT_ATTR_NOSYMFOLLOW = 0x200000;
    /** Linux 6.11. */
    public static final long NS_GET_MNTNS_ID = 0x8008b705L;

    public static final int CLONE_NEWUTS = 0x04000000;
    public static final int CLONE_NEWIPC = 0x08000000;
    public static final int CLONE_NEWNET = 0x40000000;
    public static final int _CS_GNU_LIBPTHREAD_VERSION = 3;

    public static final int SECBIT_NOROOT = 1;
    public static final int SECBIT_NOROOT_LOCKED = 2;
    public static final int SECBIT_NO_SETUID_FIXUP = 4;
    public static final int SECBIT_NO_SETUID_FIXUP_LOCKED = 8;
    public static final int SECBIT_KEEP_CAPS = 0x10;
    public static final int SECBIT_KEEP_CAPS_LOCKED = 0x20;
    public static final int SECBIT_NO_CAP_AMBIENT_RAISE = 0x40;
    public static final int SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED = 0x80;

    public static final int RLIMIT_CPU = 0;
    public static final int RLIMIT_FSIZE = 1;
    public static final int RLIMIT_DATA = 2;
    public static final int RLIMIT_STACK = 3;
    public static final int RLIMIT_CORE = 4;
    public static final int RLIMIT_RSS = 5;
    public static final int RLIMIT_NPROC = 6;
    public static final int RLIMIT_NOFILE = 7;
    public static final int RLIMIT_MEMLOCK = 8;
    public static final int RLIMIT_AS = 9;
    public static final int RLIMIT_LOCKS = 10;
    public static final int RLIMIT_SIGPENDING = 11;
    public static final int RLIMIT_MSGQUEUE = 12;
    public static final int RLIMIT_NICE = 13;
    public static final int RLIMIT_RTPRIO = 14;
    public static final int RLIMIT_RTTIME = 15;
    public static final long RLIM_INFINITY = -1L;

    public static final int LANDLOCK_CREATE_RULESET_VERSION = 1;
    /** Linux 6.15. */
    public static final int LANDLOCK_CREATE_RULESET_ERRATA = 2;

    public static final int LANDLOCK_ACCESS_FS_EXECUTE = 0x1;
    public static final int LANDLOCK_ACCESS_FS_WRITE_FILE = 0x2;
    public static final int LANDLOCK_ACCESS_FS_READ_FILE = 0x4;
    public static final int LANDLOCK_ACCESS_FS_READ_DIR = 0x8;
    public static final int LANDLOCK_ACCESS_FS_REMOVE_DIR = 0x10;
    public static final int LANDLOCK_ACCESS_FS_REMOVE_FILE = 0x20;
    public static final int LANDLOCK_ACCESS_FS_MAKE_CHAR = 0x40;
    public static final int LANDLOCK_ACCESS_FS_MAKE_DIR = 0x80;
    public static final int LANDLOCK_ACCESS_FS_MAKE_REG = 0x100;
    public static final int LANDLOCK_ACCESS_FS_MAKE_SOCK = 0x200;
    public static final int LANDLOCK_ACCESS_FS_MAKE_FIFO = 0x400;
    public static final int LANDLOCK_ACCESS_FS_MAKE_BLOCK = 0x800;
    public static final int LANDLOCK_ACCESS_FS_MAKE_SYM = 0x1000;
    public static final int LANDLOCK_ACCESS_FS_REFER = 0x2000;
    /** Linux 6.2. */
    public static final int LANDLOCK_ACCESS_FS_TRUNCATE = 0x4000;

    /** Linux 6.10. */
    public static final int LANDLOCK_ACCESS_FS_IOCTL_DEV = 0x8000;

    /** Linux 6.7. */
    public static final int LANDLOCK_ACCESS_NET_BIND_TCP = 1;

    /** Linux 6.7. */
    public static final int LANDLOCK_ACCESS_NET_CONNECT_TCP = 2;

    /** Linux 6.12. */
    public static final int LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET = 1;

    /** Linux 6.12. */
    public static final int LANDLOCK_SCOPE_SIGNAL = 2;

    private LinuxConstants() {}
}
