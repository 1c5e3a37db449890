package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * /proc/PID/status, proc_pid_status(5). Ids are unsigned 32-bit numbers; masks have bit n-1 for signal n.
 *
 * @param umask file mode creation mask; -1 of a zombie, which has none
 * @param state the kernel's letter, {@code R S D T Z …}
 * @param parent 0 when the parent is outside the pid namespace
 * @param namespacePids the pid in each nested pid namespace, outermost first
 * @param seccomp 0 none, 1 strict, 2 filter
 * @param seccompFilters how many of them; -1 before Linux 5.9, which does not tell
 */
public record ProcStatus(
        String name,
        int umask,
        char state,
        int pid,
        int parent,
        Quad uids,
        Quad gids,
        List<Long> groups,
        List<Integer> namespacePids,
        int threads,
        long signalsBlocked,
        long signalsIgnored,
        long signalsCaught,
        CapabilitySets capabilities,
        boolean noNewPrivs,
        int seccomp,
        int seccompFilters,
        BitSet cpusAllowed) {
    /** The four ids of a kind. */
    public record Quad(long real, long effective, long saved, long fileSystem) {
        /** True when all four are this one. */
        public boolean isAll(long id) {
            return real == id && effective == id && saved == id && fileSystem == id;
        }
    }

    public ProcStatus {
        groups = List.copyOf(groups);
        namespacePids = List.copyOf(namespacePids);
        cpusAllowed = (BitSet) cpusAllowed.clone();
    }

    /** A copy. */
    @Override
    public BitSet cpusAllowed() {
        return (BitSet) cpusAllowed.clone();
    }

    /** ESRCH when there is no such process. */
    public static ProcStatus of(Pid pid) {
        return read(Path.of("/proc/" + pid + "/status"));
    }

    /** Of every thread, in no order; without those that end meanwhile. ESRCH when there is no such process. */
    public static List<ProcStatus> ofThreads(Pid pid) {
        List<ProcStatus> threads = new ArrayList<>();
        Path tasks = Path.of("/proc/" + pid + "/task");
        try (DirectoryStream<Path> names = Files.newDirectoryStream(tasks)) {
            for (Path name : names) {
                try {
                    threads.add(read(name.resolve("status")));
                } catch (KernelException e) {
                    if (!e.is(Errno.ESRCH)) {
                        throw e;
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException ignored) { // gone: said below
            threads.clear();
        }
        if (threads.isEmpty()) {
            throw new KernelException("read", tasks.toString(), Errno.ESRCH);
        }
        return List.copyOf(threads);
    }

    static ProcStatus read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new KernelException("read", file.toString(), Errno.ESRCH);
        } catch (IOException e) {
            // A process that ends while its file is open reads as ESRCH, which the JDK gives as a plain IOException.
            boolean gone = !Files.exists(file);
            throw new KernelException("read", file.toString(), gone ? Errno.ESRCH : Errno.EIO);
        }
    }

    /** Pure. {@link IllegalArgumentException} names the line that is missing. */
    static ProcStatus parse(String text) {
        Map<String, String> lines = new HashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        int pid = Integer.parseInt(line(lines, "Pid"));
        return new ProcStatus(
                line(lines, "Name"),
                Integer.parseInt(lines.getOrDefault("Umask", "-1"), 8),
                line(lines, "State").charAt(0),
                pid,
                Integer.parseInt(line(lines, "PPid")),
                quad(line(lines, "Uid")),
                quad(line(lines, "Gid")),
                words(lines.getOrDefault("Groups", "")).stream()
                        .map(Long::valueOf)
                        .toList(),
                words(lines.getOrDefault("NSpid", Integer.toString(pid))).stream()
                        .map(Integer::valueOf)
                        .toList(),
                Integer.parseInt(line(lines, "Threads")),
                mask(lines, "SigBlk"),
                mask(lines, "SigIgn"),
                mask(lines, "SigCgt"),
                new CapabilitySets(
                        mask(lines, "CapEff"),
                        mask(lines, "CapPrm"),
                        mask(lines, "CapInh"),
                        mask(lines, "CapBnd"),
                        mask(lines, "CapAmb")),
                line(lines, "NoNewPrivs").equals("1"),
                Integer.parseInt(lines.getOrDefault("Seccomp", "0")), // absent without CONFIG_SECCOMP
                Integer.parseInt(lines.getOrDefault("Seccomp_filters", "-1")),
                Affinity.parseList(line(lines, "Cpus_allowed_list")));
    }

    private static String line(Map<String, String> lines, String key) {
        String value = lines.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no line \"" + key + "\"");
        }
        return value;
    }

    private static List<String> words(String value) {
        return value.isEmpty() ? List.of() : Arrays.asList(value.split("\\s+"));
    }

    private static Quad quad(String value) {
        List<String> ids = words(value);
        return new Quad(
                Long.parseLong(ids.get(0)),
                Long.parseLong(ids.get(1)),
                Long.parseLong(ids.get(2)),
                Long.parseLong(ids.get(3)));
    }

    private static long mask(Map<String, String> lines, String key) {
        return Long.parseUnsignedLong(line(lines, key), 16);
    }
}
