package dev.ostler.linux;

/** What differs between the processor architectures; the rest of the ABI is common to both. Any thread. */
enum Arch {
    X86_64(312, 0x10000, 0x20000, 12, 4),
    AARCH64(272, 0x4000, 0x8000, 16, 8);

    /** Number of kcmp(2), which glibc does not wrap. */
    final int kcmp;

    final int openDirectory;
    final int openNoFollow;

    /** struct epoll_event is packed on x86_64 only. */
    final int epollEventSize;

    final int epollDataOffset;

    Arch(int kcmp, int openDirectory, int openNoFollow, int epollEventSize, int epollDataOffset) {
        this.kcmp = kcmp;
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
