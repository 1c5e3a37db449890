package dev.ostler.output;

import dev.ostler.base.Clock;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.TextPattern;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.spec.LogSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The log thread. It alone reads the pipes of services and writes their files; methods here only post to it, in order, and
 * answers come through the executor of the caller's thread. Loop thread.
 */
public final class Logs implements AutoCloseable {
    /** The supervisor's own log: no service can have this name. */
    public static final String OWN_FILE = "_supervisor.log";

    /** One read; large, since each costs a crossing into native code. */
    private static final int READ_BYTES = 256 * 1024;

    private static final long CLOSE_WAIT_MILLIS = 5_000;

    private final EventLoop logLoop;
    private final Executor answers;
    private final Clock clock;
    private final Optional<Path> directory;
    private final Optional<Console> console;
    private final Thread thread;

    // Log thread only.
    private final Map<ServiceName, ServiceLog> services = new HashMap<>();
    private final List<RunStream> streams = new ArrayList<>();
    private final NativeBuffer buffer = NativeBuffer.allocate(READ_BYTES);
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();

    /**
     * @param directory of the log files; empty = console only
     * @param answers runs what it is given on the caller's thread
     */
    public Logs(Optional<Path> directory, Optional<Console> console, Clock clock, Executor answers) {
        this.logLoop = new EventLoop(clock);
        this.answers = answers;
        this.clock = clock;
        this.directory = directory;
        this.console = console;
        thread = new Thread(logLoop::run, "log");
        thread.setDaemon(true);
        thread.start();
    }

    /** Of the log files; empty = there are none. */
    public Optional<Path> directory() {
        return directory;
    }

    /**
     * The supervisor's own log, {@link #OWN_FILE} beside those of the services: whole lines, written by the log thread.
     * Empty when there is no directory.
     */
    public Optional<PrintStream> own() {
        return directory.map(dir -> {
            RotatingFile file = new RotatingFile(dir.resolve(OWN_FILE), LogSpec.DEFAULT);
            return new StampedStream(new LineOutput(line -> post(() -> append(file, line))), clock);
        });
    }

    private static void append(RotatingFile file, byte[] line) {
        try {
            file.append(ByteBuffer.wrap(line));
        } catch (IOException ignored) { // a log about a log that cannot be written helps nobody
            return;
        }
    }

    /**
     * Makes a service known. Comes before everything else about it.
     *
     * @param readyLine what {@link #whenSaid} waits for
     */
    public void register(ServiceName service, int index, LogSpec spec, Optional<TextPattern> readyLine) {
        post(() -> services.put(
                service,
                new ServiceLog(
                        service,
                        index,
                        spec.timestamps(),
                        directory.map(dir -> new RotatingFile(dir.resolve(service + ".log"), spec)),
                        console,
                        clock,
                        batch,
                        readyLine)));
    }

    /** From now on its log is kept in another way, and its later runs are ready by this line. */
    public void reconfigure(ServiceName service, LogSpec spec, Optional<TextPattern> readyLine) {
        post(() -> services.get(service).reconfigure(spec, readyLine));
    }

    /** The service is no more; what it wrote stays in its files. */
    public void forget(ServiceName service) {
        post(() -> {
            ServiceLog log = services.remove(service);
            log.close();
        });
    }

    /** A pipe of a run; owns it. It is read from {@link #started} on. */
    public void attach(RunKey key, StreamTag tag, Fd readEnd) {
        post(() -> streams.add(new RunStream(key, tag, readEnd, services.get(key.service()))));
    }

    /** The run has begun: {@code line} about it, if any, stands before everything it prints. */
    public void started(RunKey key, Optional<String> line) {
        line.ifPresent(text -> event(key, text));
        post(() -> streams.stream()
                .filter(stream -> stream.key.equals(key))
                .forEach(stream -> stream.watchedBy(logLoop.register(
                        Priority.IO, stream.readEnd(), LinuxConstants.EPOLLIN, (events, now) -> stream.read(buffer)))));
    }

    /** A line of the supervisor's own about a service. */
    public void event(RunKey key, String text) {
        post(() -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            ServiceLog log = services.get(key.service());
            if (log != null) { // else it was taken out of the configuration meanwhile
                log.line(StreamTag.EVENT, key.run(), false, bytes, 0, bytes.length);
                log.flush();
            }
        });
    }

    /**
     * Runs {@code said} once, when a run has printed the line that its service was registered with.
     *
     * @param readBack an earlier supervisor may have read the line
     * @return ends the wait
     */
    public Runnable whenSaid(RunKey key, boolean readBack, Runnable said) {
        AtomicBoolean wanted = new AtomicBoolean(true); // the caller's thread only
        Runnable once = () -> {
            if (wanted.getAndSet(false)) {
                said.run();
            }
        };
        post(() -> services.get(key.service()).whenSaid(key.run(), readBack, () -> answers.execute(once)));
        return () -> wanted.set(false);
    }

    /** Takes what is in the pipes of a run now; {@code done} gets its last lines when all of it is in the file. */
    public void drain(RunKey key, Consumer<List<String>> done) {
        post(() -> {
            streams.stream().filter(stream -> stream.key.equals(key)).forEach(stream -> stream.read(buffer));
            answer(key, done);
        });
    }

    /** As {@link #drain}, and closes the pipes: nothing of the run is left. */
    public void finish(RunKey key, Consumer<List<String>> done) {
        post(() -> {
            for (Iterator<RunStream> i = streams.iterator(); i.hasNext(); ) {
                RunStream stream = i.next();
                if (stream.key.equals(key)) {
                    stream.read(buffer);
                    stream.close();
                    i.remove();
                }
            }
            answer(key, done);
        });
    }

    private void answer(RunKey key, Consumer<List<String>> done) {
        List<String> lines = services.get(key.service()).recent(key.run());
        answers.execute(() -> done.accept(lines));
    }

    /** The last {@code count} lines of a service's own output, as far as they are at hand, without stamps. */
    public void recent(ServiceName service, int count, Consumer<List<String>> answer) {
        post(() -> {
            List<String> all = services.get(service).recent();
            List<String> lines = all.subList(Math.max(0, all.size() - count), all.size());
            answers.execute(() -> answer.accept(lines));
        });
    }

    /** The last {@code lines} lines of a service, and what comes after them. The caller closes it. */
    public LogReading read(ServiceName service, int lines) {
        return new LogReading(() -> services.get(service), lines, this::post, answers);
    }

    private void post(Runnable command) {
        logLoop.inbox().post(command);
    }

    /** Writes everything that came before this call. */
    @Override
    public void close() {
        post(() -> {
            streams.forEach(stream -> {
                stream.read(buffer);
                stream.close();
            });
            services.values().forEach(ServiceLog::close);
            logLoop.stop();
        });
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException ignored) { // ending anyway
            Thread.currentThread().interrupt();
        }
        console.ifPresent(Console::close);
    }
}
