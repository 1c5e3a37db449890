package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import java.util.List;
import java.util.Optional;

/**
 * What the process may reach, landlock(7). A part that is there restricts what it is about to what it lists, possibly to
 * nothing; an absent one restricts nothing. The three of files belong together: one of them restricts all use of files.
 *
 * @param origin of the mapping as a whole
 * @param read files that may be read, directories that may be listed
 * @param execute what may be read and executed
 * @param write what may be read and changed, files made and removed
 * @param ioctlDev device files that may be opened for ioctl(2)
 * @param bindTcp ports that may be bound
 * @param connectTcp ports of others that may be connected to
 * @param scope what stays among the processes of the service
 */
public record LandlockSpec(
        Origin origin,
        Optional<Located<List<PathRule>>> read,
        Optional<Located<List<PathRule>>> execute,
        Optional<Located<List<PathRule>>> write,
        Optional<Located<List<PathRule>>> ioctlDev,
        Optional<Located<List<Located<Integer>>>> bindTcp,
        Optional<Located<List<Located<Integer>>>> connectTcp,
        Optional<Located<List<Scope>>> scope,
        IfUnsupported ifUnsupported) {
    /**
     * A file, or a directory with all below it.
     *
     * @param path absolute
     * @param optional no error when there is no such path
     */
    public record PathRule(String path, boolean optional, Origin origin) {}

    /** What can be kept inside. */
    public enum Scope {
        /** Connections to abstract unix sockets of other processes. */
        ABSTRACT_UNIX_SOCKET,
        /** Signals to other processes. */
        SIGNAL
    }

    /** Whether use of files is restricted. */
    public boolean restrictsFiles() {
        return read.isPresent() || execute.isPresent() || write.isPresent();
    }
}
