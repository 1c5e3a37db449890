package dev.ostler.supervise;

import dev.ostler.linux.Errno;
import dev.ostler.linux.Inotify;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks at a pid file whenever it may have changed: its directory is watched, or as long as there is none the nearest one
 * above. Files are read on a thread of their own. Loop thread only.
 */
final class PidFileWatch implements AutoCloseable {
    private static final int MASK = LinuxConstants.IN_CLOSE_WRITE
            | LinuxConstants.IN_MODIFY
            | LinuxConstants.IN_CREATE
            | LinuxConstants.IN_MOVED_TO
            | LinuxConstants.IN_DELETE_SELF
            | LinuxConstants.IN_MOVE_SELF;

    private final EventLoop loop;
    private final Path file;
    private final Set<Integer> owners;
    private final Instant notBefore;
    private final Consumer<PidFile> listener;
    private final Inotify inotify = Inotify.create();
    private final Registration registration;
    private int own = -1;
    private boolean looking;
    private boolean again;
    private boolean open = true;

    /** @param listener gets what was found, each time; the other arguments are those of {@link PidFile#look} */
    PidFileWatch(EventLoop loop, Path file, Set<Integer> owners, Instant notBefore, Consumer<PidFile> listener) {
        this.loop = loop;
        this.file = file;
        this.owners = owners;
        this.notBefore = notBefore;
        this.listener = listener;
        registration = loop.register(Priority.IO, inotify.fd(), LinuxConstants.EPOLLIN, (events, now) -> {
            if (inotify.read().stream().anyMatch(this::matters)) {
                look();
            }
        });
    }

    private boolean matters(Inotify.Event event) {
        boolean other = event.watch() == own
                && !event.name().isEmpty()
                && !event.name().equals(file.getFileName().toString());
        return !other;
    }

    /** Looks now, and whenever something happens. */
    void look() {
        again = looking;
        if (looking || !open) {
            return;
        }
        watch(); // before the look: what comes after it is an event
        looking = true;
        Thread thread = new Thread(
                () -> {
                    PidFile found = PidFile.look(file, owners, notBefore);
                    loop.inbox().post(() -> found(found));
                },
                "pid-file");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // how the JVM says that the kernel refused a thread
            looking = false;
            throw new KernelException("clone", "thread to read \"" + file + "\"", Errno.EAGAIN);
        }
    }

    private void found(PidFile found) {
        looking = false;
        if (!open) {
            return;
        }
        if (again) {
            look();
        } else {
            listener.accept(found);
        }
    }

    private void watch() {
        Path missing = file.getParent();
        Path directory = missing;
        while (!watched(directory)) {
            missing = directory;
            directory = directory.getParent();
        }
        if (!missing.equals(directory) && Files.isDirectory(missing)) { // it came in between
            watched(missing);
            again = true;
        }
    }

    /** The root is always there. */
    private boolean watched(Path directory) {
        try {
            int watch = inotify.watch(directory, MASK);
            own = directory.equals(file.getParent()) ? watch : own;
            return true;
        } catch (KernelException e) {
            boolean missing = e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EACCES);
            if (missing && directory.getParent() != null) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            registration.close();
            inotify.close();
        }
    }
}
