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
import java.util.LinkedHashMap;
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

    /** Written at once when gathered. */
    private static final int MAX_OWN_BYTES = 64 * 1024;

    private final EventLoop logLoop;
    private final Executor commands;
    private final Executor answers;
    private final Clock clock;
    private final Optional<Path> directory;
    private final Optional<Console> console;
    private final Thread thread;

    // Log thread only.
    private final Map<ServiceName, ServiceLog> services = new HashMap<>();
    private final Map<RunKey, List<RunStream>> streams = new LinkedHashMap<>();
    private final NativeBuffer buffer = NativeBuffer.allocate(READ_BYTES);
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private final ByteArrayOutputStream ownBatch = new ByteArrayOutputStream();

    /**
     * @param directory of the log files; empty = console only
     * @param answers runs what it is given on the caller's thread
     */
    public Logs(Optional<Path> directory, Optional<Console> console, Clock clock, Executor answers) {
        this(directory, console, clock, new EventLoop(clock), Optional.empty(), answers);
    }

    /** @param caller whose thread calls, and gets the answers; both threads wake each other only at the end of a turn */
    public Logs(Optional<Path> directory, Optional<Console> console, Clock clock, EventLoop caller) {
        this(directory, console, clock, new EventLoop(clock), caller);
    }

    private Logs(
            Optional<Path> directory, Optional<Console> console, Clock clock, EventLoop logLoop, EventLoop caller) {
        this(directory, console, clock, logLoop, Optional.of(caller.outboxTo(logLoop)), logLoop.outboxTo(caller));
    }

    private Logs(
            Optional<Path> directory,
            Optional<Console> console,
            Clock clock,
            EventLoop logLoop,
            Optional<Executor> commands,
            Executor answers) {
        this.logLoop = logLoop;
        this.commands = commands.orElse(logLoop.inbox()::post);
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
            post(() -> logLoop.beforeWaiting(() -> writeOwn(file)));
            return new StampedStream(new LineOutput(line -> post(() -> appendOwn(file, line))), clock);
        });
    }

    private void appendOwn(RotatingFile file, byte[] line) {
        ownBatch.writeBytes(line);
        if (ownBatch.size() >= MAX_OWN_BYTES) {
            writeOwn(file);
        }
    }

    /** What has come in one turn is written together. */
    private void writeOwn(RotatingFile file) {
        if (ownBatch.size() == 0) {
            return;
        }
        ByteBuffer lines = ByteBuffer.wrap(ownBatch.toByteArray());
        ownBatch.reset();
        try {
            file.append(lines);
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
        post(() -> streams.computeIfAbsent(key, run -> new ArrayList<>(2))
                .add(new RunStream(key, tag, readEnd, services.get(key.service()))));
    }

    /** The run has begun: {@code line} about it, if any, stands before everything it prints. */
    public void started(RunKey key, Optional<String> line) {
        line.ifPresent(text -> event(key, text));
        post(() -> streams.getOrDefault(key, List.of()).forEach(this::watch));
    }

    private void watch(RunStream stream) {
        stream.watchedBy(logLoop.register(
                Priority.IO, stream.readEnd(), LinuxConstants.EPOLLIN, (events, now) -> stream.read(buffer)));
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
            streams.getOrDefault(key, List.of()).forEach(stream -> stream.read(buffer));
            answer(key, done);
        });
    }

    /** As {@link #drain}, and closes the pipes: nothing of the run is left. */
    public void finish(RunKey key, Consumer<List<String>> done) {
        post(() -> {
            List<RunStream> own = streams.remove(key);
            if (own != null) {
                own.forEach(this::finish);
            }
            answer(key, done);
        });
    }

    private void finish(RunStream stream) {
        stream.read(buffer);
        stream.close();
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
        commands.execute(command);
    }

    /** Writes everything that came before this call. */
    @Override
    public void close() {
        logLoop.inbox().post(() -> {
            streams.values().forEach(own -> own.forEach(this::finish));
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
