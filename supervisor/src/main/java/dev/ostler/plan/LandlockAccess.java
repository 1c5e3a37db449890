package dev.ostler.plan;

import dev.ostler.linux.LinuxConstants;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What Landlock can deny where files are concerned, landlock(7). */
enum LandlockAccess {
    EXECUTE(LinuxConstants.LANDLOCK_ACCESS_FS_EXECUTE, 1, true),
    WRITE_FILE(LinuxConstants.LANDLOCK_ACCESS_FS_WRITE_FILE, 1, true),
    READ_FILE(LinuxConstants.LANDLOCK_ACCESS_FS_READ_FILE, 1, true),
    READ_DIR(LinuxConstants.LANDLOCK_ACCESS_FS_READ_DIR, 1, false),
    REMOVE_DIR(LinuxConstants.LANDLOCK_ACCESS_FS_REMOVE_DIR, 1, false),
    REMOVE_FILE(LinuxConstants.LANDLOCK_ACCESS_FS_REMOVE_FILE, 1, false),
    MAKE_CHAR(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_CHAR, 1, false),
    MAKE_DIR(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_DIR, 1, false),
    MAKE_REG(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_REG, 1, false),
    MAKE_SOCK(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_SOCK, 1, false),
    MAKE_FIFO(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_FIFO, 1, false),
    MAKE_BLOCK(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_BLOCK, 1, false),
    MAKE_SYM(LinuxConstants.LANDLOCK_ACCESS_FS_MAKE_SYM, 1, false),
    REFER(LinuxConstants.LANDLOCK_ACCESS_FS_REFER, 2, false),
    TRUNCATE(LinuxConstants.LANDLOCK_ACCESS_FS_TRUNCATE, 3, true),
    IOCTL_DEV(LinuxConstants.LANDLOCK_ACCESS_FS_IOCTL_DEV, 5, true);

    /** Of a {@code read} rule. */
    static final long READ = READ_FILE.bit | READ_DIR.bit;

    /** Of an {@code execute} rule. */
    static final long RUN = READ | EXECUTE.bit;

    /** Of a {@code write} rule: a program that may make device nodes would have the disks beneath all directories. */
    static final long CHANGE = ofAbi(Integer.MAX_VALUE) & ~(EXECUTE.bit | MAKE_CHAR.bit | MAKE_BLOCK.bit);

    private final long bit;
    private final int abi;
    private final boolean ofFiles;

    LandlockAccess(long bit, int abi, boolean ofFiles) {
        this.bit = bit;
        this.abi = abi;
        this.ofFiles = ofFiles;
    }

    long bit() {
        return bit;
    }

    /** All that a version can deny, but IOCTL_DEV, which is asked for on its own. */
    static long ofAbi(int abi) {
        return Arrays.stream(values())
                .filter(access -> access.abi <= abi && access != IOCTL_DEV)
                .mapToLong(LandlockAccess::bit)
                .sum();
    }

    /** What of it makes sense for something that is no directory; the kernel refuses the rest with EINVAL. */
    static long ofFile(long mask) {
        return Arrays.stream(values())
                .filter(access -> access.ofFiles)
                .mapToLong(access -> access.bit & mask)
                .sum();
    }

    static String words(long mask) {
        return Arrays.stream(values())
                .filter(access -> (access.bit & mask) != 0)
                .map(access -> access.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }
}
