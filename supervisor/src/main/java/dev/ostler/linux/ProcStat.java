package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What only /proc/PID/stat tells, proc_pid_stat(5). Any platform thread.
 *
 * @param state the kernel's letter, {@code R S D T Z …}
 * @param parent 0 when the parent is outside the pid namespace
 * @param session id of the session, which is the pid of its leader
 * @param nice of the main thread, -20 to 19
 */
public record ProcStat(char state, int parent, int session, int nice) {
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int NICE = 16;

    /** ESRCH when there is no such process. */
    public static ProcStat of(Pid pid) {
        Path file = Path.of("/proc/" + pid + "/stat");
        try {
            return parse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException ignored) { // the file is readable by all, so it is not there
            throw new KernelException("read", file.toString(), Errno.ESRCH);
        }
    }

    /** Pure. The name stands in brackets and may hold anything, so fields count from behind the last one. */
    static ProcStat parse(String text) {
        String[] fields = text.substring(text.lastIndexOf(')') + 2).strip().split(" ");
        return new ProcStat(
                fields[STATE].charAt(0),
                Integer.parseInt(fields[PARENT]),
                Integer.parseInt(fields[SESSION]),
                Integer.parseInt(fields[NICE]));
    }
}
