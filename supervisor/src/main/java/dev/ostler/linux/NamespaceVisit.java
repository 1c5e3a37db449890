package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What the kernel tells only those inside of a network, IPC or UTS namespace, setns(2). These belong to a thread, so one is
 * made that enters, asks and ends; no other thread ever sees the namespace. Needs CAP_SYS_ADMIN here and there.
 */
public final class NamespaceVisit {
    /** Of struct utsname: six texts of this length. */
    private static final int NAME_BYTES = 65;

    private static final int NODE = 1;
    private static final int DOMAIN = 5;
    private static final int NAMES = 6;

    private NamespaceVisit() {}

    /** Host and domain name of a UTS namespace, uname(2). */
    public record Names(String host, String domain) {}

    /** The names that a process sees; EPERM without the rights. */
    public static Names names(Pid pid) {
        return inside(pid, "uts", LinuxConstants.CLONE_NEWUTS, NamespaceVisit::names);
    }

    private static Names names() {
        NativeBuffer out = NativeBuffer.allocate(NAMES * NAME_BYTES);
        Native.check(Native.C.uname(out.pointer()), "uname", "");
        return new Names(text(out, NODE), text(out, DOMAIN));
    }

    private static String text(NativeBuffer names, int index) {
        byte[] bytes = new byte[NAME_BYTES];
        names.bytes().get(index * NAME_BYTES, bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.substring(0, text.indexOf('\0'));
    }

    /**
     * Runs {@code question} on a thread inside.
     *
     * @param file below /proc/PID/ns
     * @param type CLONE_NEWNET, CLONE_NEWIPC or CLONE_NEWUTS; all others belong to the whole process
     */
    public static <T> T inside(Pid pid, String file, int type, Supplier<T> question) {
        AtomicReference<T> answer = new AtomicReference<>();
        AtomicReference<RuntimeException> refusal = new AtomicReference<>();
        Path path = Path.of("/proc/" + pid + "/ns/" + file);
        Thread visitor = new Thread(
                () -> {
                    try (Fd namespace = Descriptors.open(path, LinuxConstants.O_RDONLY)) {
                        Native.check(Native.C.setns(namespace.number(), type), "setns", path.toString());
                        answer.set(question.get());
                    } catch (RuntimeException e) {
                        refusal.set(e);
                    }
                },
                "namespace-visit");
        visitor.setDaemon(true);
        visitor.start();
        try {
            visitor.join();
        } catch (InterruptedException e) {
            throw new KernelException("setns", path.toString(), Errno.EINTR);
        }
        if (refusal.get() != null) {
            throw refusal.get();
        }
        return answer.get();
    }
}
