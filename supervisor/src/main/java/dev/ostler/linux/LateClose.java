package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.SOL_SOCKET;
import static dev.ostler.linux.LinuxConstants.SO_LINGER;
import static dev.ostler.linux.Native.C;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes descriptors that others have made. The last close(2) of one takes as long as its maker likes: SO_LINGER of
 * socket(7), or the answer of a file system in user space to FLUSH. So a socket loses its linger first, and a thread waits that has
 * nothing else to do; it ends when there is nothing to close. Any thread.
 */
public final class LateClose {
    private static final ThreadPoolExecutor THREAD =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), LateClose::thread);

    static {
        THREAD.allowCoreThreadTimeOut(true);
    }

    private LateClose() {}

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "late-close");
        thread.setDaemon(true);
        return thread;
    }

    /** Closes it in a while; for the caller it is closed now. Further calls do nothing. */
    public static void close(Fd descriptor) {
        if (!descriptor.isOpen()) {
            return;
        }
        Fd own = Fd.adopt(descriptor.release());
        try {
            THREAD.execute(() -> closeNow(own));
        } catch (OutOfMemoryError ignored) { // how the JVM says that the kernel refused a thread
            closeNow(own);
        }
    }

    private static void closeNow(Fd descriptor) {
        withoutLinger(descriptor);
        descriptor.close();
    }

    /** struct linger: int l_onoff, int l_linger. What is no socket has none (ENOTSOCK). */
    private static void withoutLinger(Fd descriptor) {
        NativeBuffer off = NativeBuffer.allocate(8);
        C.setsockopt(descriptor.number(), SOL_SOCKET, SO_LINGER, off.pointer(), 8);
    }
}
