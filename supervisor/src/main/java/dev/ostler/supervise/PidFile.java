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
 * What a pid file says: the number in its first line. One of another user, or from before the start of the run, says nothing.
 * For a thread that may wait for a disk.
 *
 * @param number as its writer counts
 * @param problem why there is none, for people
 */
record PidFile(OptionalInt number, String problem) {
    private static final int LOOK_BYTES = 64;

    /** PID_MAX_LIMIT of 64-bit kernels. */
    private static final int HIGHEST_PID = 1 << 22;

    /** The times of files are those of the last tick, at most 10 ms ago. */
    private static final Duration TICK = Duration.ofMillis(50);

    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR = 0100000;

    /**
     * Looks once.
     *
     * @param owners user ids whose files count
     * @param notBefore wall time since when it must have been changed
     */
    static PidFile look(Path path, Set<Integer> owners, Instant notBefore) {
        int flags = LinuxConstants.O_RDONLY | LinuxConstants.O_NONBLOCK | LinuxConstants.O_NOCTTY;
        try (Fd file = Descriptors.open(path, flags)) {
            // The file that is open, whatever has its name by now.
            Map<String, Object> facts =
                    Files.readAttributes(Path.of("/proc/self/fd/" + file.number()), "unix:mode,uid,ctime");
            if (((int) facts.get("mode") & TYPE_MASK) != REGULAR) {
                return none(path, "is no regular file");
            }
            if (!owners.contains((int) facts.get("uid"))) {
                return none(path, "belongs to user " + facts.get("uid") + ", not to that of the service");
            }
            if (((FileTime) facts.get("ctime")).toInstant().isBefore(notBefore.minus(TICK))) {
                return none(path, "is from before this start");
            }
            return parse(path, firstBytes(file));
        } catch (KernelException e) {
            return none(path, e.is(Errno.ENOENT) ? "is not there" : "cannot be opened: " + e.errno());
        } catch (IOException e) {
            return none(path, "cannot be looked at: " + e.getMessage());
        }
    }

    private static String firstBytes(Fd file) {
        NativeBuffer buffer = NativeBuffer.allocate(LOOK_BYTES);
        int count = Math.max(0, Descriptors.read(file, buffer, 0, LOOK_BYTES));
        byte[] bytes = new byte[count];
        buffer.bytes().get(0, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
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
                ? new PidFile(OptionalInt.of(number), "")
                : none(path, "does not begin with a process id");
    }

    private static PidFile none(Path path, String problem) {
        return new PidFile(OptionalInt.empty(), "\"" + path + "\" " + problem);
    }
}
