package dev.ostler.supervise;

import dev.ostler.linux.Directories;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Ids;
import dev.ostler.linux.KernelException;
import dev.ostler.plan.Target;
import dev.ostler.spec.DirectorySpec;
import java.nio.file.Path;

/** Makes the directories a service asks for, when they are missing. What exists is left as it is. */
final class ServiceDirectories {
    private static final int ONLY_MINE = 0700;

    private ServiceDirectories() {}

    /** @throws KernelException naming call and path; its origin is the directory's */
    static void make(DirectorySpec spec, Target owner) {
        try {
            Directories.make(spec.path(), ONLY_MINE);
        } catch (KernelException e) {
            if (e.is(Errno.EEXIST)) {
                return;
            }
            throw e;
        }
        // Opened without following links: if somebody has put something else there meanwhile, it is not given away.
        Path parent = spec.path().getParent();
        try (Fd above = Directories.open(parent);
                Fd directory =
                        Directories.openAt(above, spec.path().getFileName().toString())) {
            Directories.chmod(directory, spec.mode());
            if (owner.uid() != Ids.effectiveUid() || owner.gid() != Ids.effectiveGid()) {
                Directories.chown(directory, owner.uid(), owner.gid());
            }
        }
    }
}
