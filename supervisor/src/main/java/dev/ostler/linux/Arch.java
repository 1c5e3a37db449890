package dev.ostler.linux;

/** What differs between the processor architectures; the rest of the ABI is common to both. Any thread. */
enum Arch {
    X86_64(312, 315, 252, 239, 250, 202, 9, 0x10000, 0x20000, 12, 4),
    AARCH64(272, 275, 31, 236, 219, 98, 222, 0x4000, 0x8000, 16, 8);

    /** Number of kcmp(2), which glibc does not wrap. */
    final int kcmp;

    /** Of sched_getattr(2), ioprio_get(2), get_mempolicy(2), keyctl(2) and futex(2): no wrappers either; and of mmap(2). */
    final int schedGetattr;

    final int ioprioGet;
    final int getMempolicy;
    final int keyctl;
    final int futex;
    final int mmap;

    final int openDirectory;
    final int openNoFollow;

    /** struct epoll_event is packed on x86_64 only. */
    final int epollEventSize;

    final int epollDataOffset;

    Arch(
            int kcmp,
            int schedGetattr,
            int ioprioGet,
            int getMempolicy,
            int keyctl,
            int futex,
            int mmap,
            int openDirectory,
            int openNoFollow,
            int epollEventSize,
            int epollDataOffset) {
        this.kcmp = kcmp;
        this.schedGetattr = schedGetattr;
        this.ioprioGet = ioprioGet;
        this.getMempolicy = getMempolicy;
        this.keyctl = keyctl;
        this.futex = futex;
        this.mmap = mmap;
        this.openDirectory = openDirectory;
        this.openNoFollow = openNoFollow;
        this.epollEventSize = epollEventSize;
        this.epollDataOffset = epollDataOffset;
    }

    static Arch current() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> throw new IllegalStateException("no tables for the architecture \"" + name + "\"");
        };
    }
}
