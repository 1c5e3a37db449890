package dev.ostler.linux;

/**
 * What statx(2) says a file is.
 *
 * @param device major in the upper, minor in the lower 32 bits
 * @param mode type and permission bits
 * @param size bytes
 */
public record FileIdentity(long device, long inode, int mode, long uid, long gid, long size) {
    /** True when both are one file; two ends of a pipe are one file too. */
    public boolean isSameFile(FileIdentity other) {
        return device == other.device && inode == other.inode;
    }

    /** S_IFREG, S_IFIFO, … */
    public int type() {
        return mode & LinuxConstants.S_IFMT;
    }
}
