package dev.ostler.cgroup;

import dev.ostler.base.RunKey;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Directories;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The cgroups that hold the limits of runs: a directory for each controller of version 1, the run's own cgroup for those
 * of version 2. Limits are written before the service exists. Loop thread only.
 */
public final class LimitCgroups {
    private static final int MODE = 0755;
    private static final int MOST_BYTES = 4096;

    private final Hierarchies hierarchies;
    private final String project;

    /** @param project distinguishes the projects of one machine */
    public LimitCgroups(Hierarchies hierarchies, String project) {
        this.hierarchies = hierarchies;
        this.project = "ostler-" + project;
    }

    /** The v1 directory of a run; made when it is not there. {@link KernelException} when it cannot be made. */
    public Path make(String controller, RunKey key) {
        Path parent = directory(controller).resolve(project);
        make(parent);
        if (controller.equals("cpuset")) { // empty in a new directory, and then nothing below can have any
            inherit(parent, "cpuset.mems");
            inherit(parent, "cpuset.cpus");
        }
        Path own = parent.resolve(name(key));
        make(own);
        return own;
    }

    /** That of a run, where the controller is one of version 1 and the directory exists. */
    public Optional<Path> existing(String controller, RunKey key) {
        return Optional.of(hierarchies.controller(controller))
                .filter(Hierarchies.Place::first)
                .flatMap(Hierarchies.Place::directory)
                .map(directory -> directory.resolve(project).resolve(name(key)))
                .filter(Files::isDirectory);
    }

    private Path directory(String controller) {
        return hierarchies
                .controller(controller)
                .directory()
                .orElseThrow(() -> new KernelException("cgroup", controller, Errno.ENOENT));
    }

    private static String name(RunKey key) {
        return key.service() + "-" + key.run();
    }

    private static void make(Path path) {
        try {
            Directories.make(path, MODE);
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    private static void inherit(Path directory, String file) {
        try {
            if (Files.readString(directory.resolve(file)).isBlank()) {
                write(
                        directory.resolve(file),
                        Files.readString(directory.getParent().resolve(file)).strip());
            }
        } catch (IOException ignored) { // the write of the limit itself says what is wrong
            return;
        }
    }

    /** Sets one limit. {@link KernelException} names the file. */
    public static void write(Path file, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        NativeBuffer buffer = NativeBuffer.allocate(MOST_BYTES);
        buffer.bytes().put(0, bytes);
        try (Fd fd = Descriptors.open(file, LinuxConstants.O_WRONLY)) {
            Descriptors.write(fd, buffer, 0, bytes.length);
        } catch (KernelException e) {
            throw new KernelException(e.call(), file.toString(), e.errno());
        }
    }

    /** The cgroup.procs of a directory, for the process that shall join by writing to it; the caller closes it. */
    public static Fd procs(Path directory) {
        return Descriptors.open(directory.resolve("cgroup.procs"), LinuxConstants.O_WRONLY);
    }

    /** After the end of a run; what is not empty yet stays. */
    public void remove(List<String> controllers, RunKey key) {
        for (String controller : controllers) {
            hierarchies
                    .controller(controller)
                    .directory()
                    .ifPresent(directory ->
                            removeIfEmpty(directory.resolve(project).resolve(name(key))));
        }
    }

    /** At the end of the project. */
    public void removeAll(List<String> controllers) {
        for (String controller : controllers) {
            hierarchies
                    .controller(controller)
                    .directory()
                    .ifPresent(directory -> removeIfEmpty(directory.resolve(project)));
        }
    }

    private static void removeIfEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException ignored) { // an empty directory that stays harms nobody
            return;
        }
    }
}
