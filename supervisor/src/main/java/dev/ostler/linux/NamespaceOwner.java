package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.NS_GET_USERNS;
import static dev.ostler.linux.LinuxConstants.O_RDONLY;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.lastError;

import java.nio.file.Path;
import java.util.Optional;

/** The user namespace that a namespace belongs to, whose capabilities count in it; ioctl_ns(2). Any platform thread. */
public final class NamespaceOwner {
    private NamespaceOwner() {}

    /** EPERM when the owner is outside of the caller's user namespace; nothing when it is that, or one below it. */
    public static Optional<Errno> refusal(Path namespace) {
        try (Fd fd = Descriptors.open(namespace, O_RDONLY)) {
            int owner = C.ioctl(fd.number(), NS_GET_USERNS, 0);
            if (owner == -1) {
                return Optional.of(lastError());
            }
            Fd.adopt(owner).close();
            return Optional.empty();
        }
    }
}
