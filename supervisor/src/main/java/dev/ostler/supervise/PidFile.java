package dev.ostler.supervise;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a pid file says: the number in its first line. One of another user says nothing. For a thread that may wait for a disk.
 *
 * @param number as its writer counts
 * @param problem why there is none, or one that may be of an earlier start, for people; else empty
 * @param again it could not be looked at for now
 */
record PidFile(OptionalInt number, String problem, boolean again) {
    private static final int LOOK_BYTES = 64;

    /** PID_MAX_LIMIT of 64-bit kernels. */
    private static final int HIGHEST_PID = 1 << 22;

    /** The times of files are those of the last tick, at most 10 ms ago. */
    private static final Duration TICK = Duration.ofMillis(50);

    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR = 0100000;

    /**
     * What is looked at.
     *
     * @param owners user ids whose files count
     * @param start wall time since when it should have been changed
     */
    record Place(Path path, Set<Integer> owners, Instant start) {
        Place {
            owners = Set.copyOf(owners);
        }
    }

    /** Looks once. What the name leads to is opened only when it is a file that counts: to open a device may have effects. */
    static PidFile look(Place place) {
        try (Fd name = Descriptors.open(place.path(), LinuxConstants.O_PATH)) {
            Path itself = Path.of("/proc/self/fd/" + name.number()); // whatever has its name by now
            Map<String, Object> facts = Files.readAttributes(itself, "unix:mode,uid,ctime");
            if (((int) facts.get("mode") & TYPE_MASK) != REGULAR) {
                return none(place.path(), "is no regular file");
            }
            if (!place.owners().contains((int) facts.get("uid"))) {
                return none(place.path(), "belongs to user " + facts.get("uid") + ", not to that of the service");
            }
            PidFile said = parse(place.path(), firstBytes(itself));
            boolean old = ((FileTime) facts.get("ctime"))
                    .toInstant()
                    .isBefore(place.start().minus(TICK));
            return old && said.number().isPresent() ? said.doubted(place.path()) : said;
        } catch (KernelException e) {
            return refused(place.path(), e);
        } catch (IOException e) {
            return none(place.path(), "cannot be looked at: " + e.getMessage());
        }
    }

    private static PidFile refused(Path path, KernelException e) {
        boolean mayPass = e.is(Errno.EMFILE) || e.is(Errno.ENFILE) || e.is(Errno.ENOMEM);
        String what = e.is(Errno.ENOENT) ? "is not there" : "cannot be opened: " + e.errno();
        return new PidFile(OptionalInt.empty(), problem(path, what), mayPass);
    }

    private static String firstBytes(Path path) {
        int flags = LinuxConstants.O_RDONLY | LinuxConstants.O_NONBLOCK | LinuxConstants.O_NOCTTY;
        try (Fd file = Descriptors.open(path, flags)) {
            NativeBuffer buffer = NativeBuffer.allocate(LOOK_BYTES);
            byte[] bytes = new byte[Math.max(0, Descriptors.read(file, buffer, 0, LOOK_BYTES))];
            buffer.bytes().get(0, bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** Pure. */
    static PidFile parse(Path path, String text) {
        if (text.isEmpty()) {
            return none(path, "is empty");
        }
        String line = text.lines().findFirst().orElse("").strip();
        boolean digits = !line.isEmpty() && line.length() <= 7 && line.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(line) : 0;
        return number > 0 && number <= HIGHEST_PID
                ? new PidFile(OptionalInt.of(number), "", false)
                : none(path, "does not begin with a process id");
    }

    private PidFile doubted(Path path) {
        return new PidFile(number, problem(path, "is from before this start"), again);
    }

    private static PidFile none(Path path, String what) {
        return new PidFile(OptionalInt.empty(), problem(path, what), false);
    }

    private static String problem(Path path, String what) {
        return "\"" + path + "\" " + what;
    }
}
