package dev.ostler.cgroup;

import dev.ostler.base.Pid;
import dev.ostler.linux.CgroupId;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Directories;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private final String name;
    private final Fd events;

    /** 0 = nobody has asked. */
    private long id;

    ServiceCgroup(Path path) {
        this(path.toString());
    }

    /** @param name its path; made into one when it is needed, which it seldom is */
    ServiceCgroup(String name) {
        this.name = name;
        this.events = Descriptors.open(name + "/cgroup.events", LinuxConstants.O_RDONLY);
    }

    public Path path() {
        return Path.of(name);
    }

    /** The kernel's number of it, which no other one that there is has; 0 when somebody has removed it. */
    public long id() {
        if (id == 0) {
            id = idNow();
        }
        return id;
    }

    private long idNow() {
        try {
            return CgroupId.of(path());
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return 0;
            }
            throw e;
        }
    }

    /** What is used right now. */
    public CgroupUsage usage() {
        return CgroupUsage.read(id(), path());
    }

    /** For clone3(CLONE_INTO_CGROUP); the caller closes it. */
    public Fd openDirectory() {
        return Directories.open(name);
    }

    /** EPOLLPRI here means: look at {@link #isPopulated()} again (cgroups(7)). */
    public Fd events() {
        return events;
    }

    /** Whether a live process is in it or below it. */
    public boolean isPopulated() {
        try {
            return Descriptors.text(events, EVENTS_BYTES).contains("populated 1");
        } catch (KernelException e) {
            if (e.is(Errno.ENODEV)) { // somebody has removed it, which takes that nothing is in it
                return false;
            }
            throw e;
        }
    }

    /** All processes in it and below it. */
    public List<Pid> processes() {
        List<Pid> pids = new ArrayList<>();
        addProcesses(path(), pids);
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
            Files.writeString(path().resolve("cgroup.kill"), "1");
        } catch (NoSuchFileException ignored) { // removed meanwhile, so nothing is in it
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the directory and those that the service made below it. Only when nothing is in it. */
    public void remove() {
        close();
        if (!removeEmpty(name)) {
            removeWithChildren(name);
        }
    }

    private static void removeWithChildren(String directory) {
        try (var children = Files.newDirectoryStream(Path.of(directory), Files::isDirectory)) {
            children.forEach(child -> {
                if (!removeEmpty(child.toString())) {
                    removeWithChildren(child.toString());
                }
            });
        } catch (IOException ignored) { // gone already
            return;
        }
        removeEmpty(directory); // a directory left behind holds no process and is used again by the next one
    }

    private static boolean removeEmpty(String directory) {
        try {
            Directories.remove(directory);
            return true;
        } catch (KernelException ignored) { // EBUSY: another cgroup is in it
            return false;
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
