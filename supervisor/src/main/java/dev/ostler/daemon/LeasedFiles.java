package dev.ostler.daemon;

import dev.ostler.base.Signal;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Epoll;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Inotify;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.linux.ReadLease;
import dev.ostler.linux.SignalFd;
import dev.ostler.linux.Signals;
import dev.ostler.yaml.FileReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a configuration, none of them half written: each is held by a read lease until the last one was read, so
 * nobody has one open for writing, and if somebody wants to meanwhile all are read again. A file that no lease can be had
 * of, another user's for one, must look the same after the last one was read. One thread, which may block.
 */
final class LeasedFiles implements FileReader, AutoCloseable {
    /** A real-time one that nothing else uses: the JVM has 62, NPTL 32 and 33. */
    private static final Signal WRITER_CAME = new Signal(35);

    /** Together 5 s: whoever writes for longer is told of, not waited for. */
    private static final int ATTEMPTS = 20;

    private static final int WAIT_MILLIS = 250;
    private static final int CHUNK_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(LeasedFiles.class);

    private final SignalFd signals;
    private final List<Fd> open = new ArrayList<>();
    private final List<ReadLease> leases = new ArrayList<>();
    private final List<Stamp> stamps = new ArrayList<>();
    private final List<Path> beingWritten = new ArrayList<>();

    /** What tells one version of a file from another. */
    private record Stamp(Path path, Map<String, Object> attributes) {
        static Stamp of(Path path) throws IOException {
            return new Stamp(path, Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime"));
        }

        boolean holds() {
            try {
                return of(path).equals(this);
            } catch (IOException ignored) { // gone
                return false;
            }
        }
    }

    private LeasedFiles() {
        Signals.blockInThisThread(Set.of(WRITER_CAME));
        signals = SignalFd.create(Set.of(WRITER_CAME));
    }

    /** Loads until nobody has written meanwhile; after some seconds, with the problem that a file is being written. */
    static <T> T load(Function<FileReader, T> load) {
        for (int left = ATTEMPTS; ; left--) {
            List<Path> busy;
            try (LeasedFiles files = new LeasedFiles()) {
                T result = load.apply(files);
                busy = List.copyOf(files.beingWritten);
                if (busy.isEmpty() && files.areWhole() || left == 1) {
                    return result;
                }
            }
            awaitWriters(busy);
        }
    }

    @Override
    public byte[] read(Path path) throws IOException {
        Fd file;
        try {
            file = Descriptors.open(
                    path, LinuxConstants.O_RDONLY | LinuxConstants.O_NONBLOCK); // a FIFO has no end to wait for
        } catch (KernelException ignored) { // in the words that files have for it
            return FileReader.disk().read(path);
        }
        open.add(file);
        ReadLease.Taken taken = ReadLease.take(file, WRITER_CAME);
        if (taken.refusal().filter(ReadLease.Refusal.BEING_WRITTEN::equals).isPresent()) {
            beingWritten.add(path);
            throw new FileSystemException(path.toString(), null, "another process has it open for writing");
        }
        if (taken.lease().isEmpty()) {
            stamps.add(Stamp.of(path));
            return FileReader.disk().read(path);
        }
        leases.add(taken.lease().get());
        return readAll(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return FileReader.disk().list(directory);
    }

    private static byte[] readAll(Fd file) {
        NativeBuffer buffer = NativeBuffer.allocate(CHUNK_BYTES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int count = Descriptors.read(file, buffer, 0, CHUNK_BYTES);
        while (count > 0 && bytes.size() < FileReader.MOST_BYTES) {
            byte[] chunk = new byte[count];
            buffer.bytes().get(0, chunk);
            bytes.writeBytes(chunk);
            count = Descriptors.read(file, buffer, 0, CHUNK_BYTES);
        }
        return bytes.toByteArray();
    }

    private boolean areWhole() {
        boolean told = !signals.read().isEmpty();
        return !told
                && leases.stream().allMatch(ReadLease::isWhole)
                && stamps.stream().allMatch(Stamp::holds);
    }

    /** Until one of the files is closed by who writes it, or some time is over. */
    private static void awaitWriters(List<Path> files) {
        LOG.info("event=configuration-being-written files={}", files);
        try (Inotify inotify = Inotify.create();
                Epoll epoll = Epoll.create(1)) {
            for (Path file : files) {
                inotify.watch(file.getParent(), LinuxConstants.IN_CLOSE_WRITE | LinuxConstants.IN_MOVED_TO);
            }
            epoll.add(inotify.fd(), LinuxConstants.EPOLLIN, 0);
            epoll.await(WAIT_MILLIS);
        }
    }

    /** Gives the leases back. */
    @Override
    public void close() {
        open.forEach(Fd::close);
        signals.close();
    }
}
