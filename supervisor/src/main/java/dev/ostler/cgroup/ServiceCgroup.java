package dev.ostler.cgroup;

import dev.ostler.base.Pid;
import dev.ostler.linux.CgroupId;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Directories;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The cgroup of one run. Owns the descriptor of its cgroup.events. Loop thread only. */
public final class ServiceCgroup implements AutoCloseable {
    /** cgroup.events holds two short lines. */
    private static final int EVENTS_BYTES = 256;

    private final Path path;
    private final long id;
    private final Fd events;
    private final NativeBuffer buffer = NativeBuffer.allocate(EVENTS_BYTES);

    ServiceCgroup(Path path) {
        this.path = path;
        this.id = CgroupId.of(path);
        this.events = Descriptors.open(path.resolve("cgroup.events"), LinuxConstants.O_RDONLY);
    }

    public Path path() {
        return path;
    }

    /** The kernel's number of it; one made anew under the same name has another. */
    public long id() {
        return id;
    }

    /** What is used right now. */
    public CgroupUsage usage() {
        return CgroupUsage.read(id, path);
    }

    /** For clone3(CLONE_INTO_CGROUP); the caller closes it. */
    public Fd openDirectory() {
        return Directories.open(path);
    }

    /** EPOLLPRI here means: look at {@link #isPopulated()} again (cgroups(7)). */
    public Fd events() {
        return events;
    }

    /** Whether a live process is in it or below it. */
    public boolean isPopulated() {
        int length;
        try {
            length = Descriptors.pread(events, buffer, 0, EVENTS_BYTES, 0);
        } catch (KernelException e) {
            if (e.is(Errno.ENODEV)) { // somebody has removed it, which takes that nothing is in it
                return false;
            }
            throw e;
        }
        byte[] bytes = new byte[Math.max(0, length)];
        buffer.bytes().get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII).contains("populated 1");
    }

    /** All processes in it and below it. */
    public List<Pid> processes() {
        List<Pid> pids = new ArrayList<>();
        addProcesses(path, pids);
        return pids;
    }

    private static void addProcesses(Path directory, List<Pid> pids) {
        for (String line : lines(directory.resolve("cgroup.procs"))) {
            if (!line.equals("0")) { // a process of an outer pid namespace
                pids.add(new Pid(Integer.parseInt(line)));
            }
        }
        try (var children = Files.newDirectoryStream(directory, Files::isDirectory)) {
            children.forEach(child -> addProcesses(child, pids));
        } catch (NoSuchFileException ignored) { // removed meanwhile, so nothing is in it
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        }
    }

    /**
     * Nothing where it was removed before the opening (ENOENT) or the reading (ENODEV), and where it is threaded
     * (EOPNOTSUPP): then its processes are in the list of the domain above (cgroups(7)).
     */
    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException ignored) {
            return List.of();
        } catch (FileSystemException e) { // it is there and cannot be opened
            throw new UncheckedIOException(e);
        } catch (IOException ignored) { // it was opened and cannot be read
            return List.of();
        }
    }

    /** SIGKILL to all in it and below it at once, also to those that fork right now (cgroup.kill, Linux 5.14). */
    public void killAll() {
        try {
            Files.writeString(path.resolve("cgroup.kill"), "1");
        } catch (NoSuchFileException ignored) { // removed meanwhile, so nothing is in it
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the directory and those that the service made below it. Only when nothing is in it. */
    public void remove() {
        close();
        remove(path);
    }

    private static void remove(Path directory) {
        if (removeEmpty(directory)) {
            return;
        }
        try (var children = Files.newDirectoryStream(directory, Files::isDirectory)) {
            children.forEach(ServiceCgroup::remove);
        } catch (IOException ignored) { // gone already
            return;
        }
        removeEmpty(directory); // a directory left behind holds no process and is used again by the next one
    }

    private static boolean removeEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
            return true;
        } catch (IOException ignored) { // EBUSY: another cgroup is in it
            return false;
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
