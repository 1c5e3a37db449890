package dev.ostler.activation;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Ids;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of a socket of unix(7): whoever may write to it may connect. */
final class SocketFile {
    private SocketFile() {}

    /** The file was made by bind(2) a moment ago, in a directory that is the service's or the supervisor's. */
    static void own(Path path, int mode, long uid, long gid) {
        try (Fd file = Descriptors.open(path, LinuxConstants.O_PATH | LinuxConstants.O_NOFOLLOW)) {
            Path self = Path.of("/proc/self/fd/" + file.number()); // that very file, whatever has become of its name
            if (uid != Ids.effectiveUid() || gid != Ids.effectiveGid()) {
                Files.setAttribute(self, "unix:gid", (int) gid);
                Files.setAttribute(self, "unix:uid", (int) uid);
            }
            Files.setAttribute(self, "unix:mode", mode);
        } catch (IOException e) {
            throw new KernelException("chown", path.toString(), Errno.EPERM);
        }
    }
}
