package dev.ostler.cgroup;

import dev.ostler.base.Pid;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Directories;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
    private final Fd events;
    private final NativeBuffer buffer = NativeBuffer.allocate(EVENTS_BYTES);

    ServiceCgroup(Path path) {
        this.path = path;
        this.events = Descriptors.open(path.resolve("cgroup.events"), LinuxConstants.O_RDONLY);
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
        int length = Descriptors.pread(events, buffer, 0, EVENTS_BYTES, 0);
        byte[] bytes = new byte[Math.max(0, length)];
        buffer.bytes().get(0, bytes);
        return new String(bytes, StandardCharsets.US_ASCII).contains("populated 1");
    }

    /** All processes in it and below it. */
    public List<Pid> processes() {
        try (var paths = Files.walk(path)) {
            List<Pid> pids = new ArrayList<>();
            for (Path directory : (Iterable<Path>) paths.filter(Files::isDirectory)::iterator) {
                for (String line : Files.readAllLines(directory.resolve("cgroup.procs"))) {
                    if (!line.equals("0")) { // a process of an outer pid namespace
                        pids.add(new Pid(Integer.parseInt(line)));
                    }
                }
            }
            return pids;
        } catch (NoSuchFileException ignored) { // removed meanwhile, so nothing is in it
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
