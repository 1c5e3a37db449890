package dev.ostler.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A project in a directory of its own, with the product that the build has made. Closing it kills the supervisor and every
 * service that is left, and removes the directory.
 */
public final class OstlerProject implements AutoCloseable {
    private static final Path HOME = Installation.home();
    private static final long COMMAND_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final As as;
    private final Path home;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Process> started = new ArrayList<>();

    private OstlerProject(Path directory, As as, Path home, Jdk jdk) {
        this.directory = directory;
        this.as = as;
        this.home = home;
        environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("JAVA_HOME", jdk.home().toString());
        environment.put("HOME", directory.toString());
        environment.put("OSTLER_RUNTIME_DIR", directory.resolve("run").toString());
        environment.put("XDG_STATE_HOME", directory.resolve("state").toString());
    }

    /** A new project that runs as {@code as}, on the JDK of the tests. */
    public static OstlerProject create(As as, String yaml) {
        return create(as, HOME, Jdk.current(), yaml);
    }

    public static OstlerProject create(As as, Jdk jdk, String yaml) {
        return create(as, HOME, jdk, yaml);
    }

    /** Below another directory than /tmp. */
    public static OstlerProject createIn(Path parent, As as, String yaml) {
        return create(parent, as, HOME, Jdk.current(), yaml);
    }

    /** @param home of the installation */
    public static OstlerProject create(As as, Path home, Jdk jdk, String yaml) {
        return create(Path.of(System.getProperty("java.io.tmpdir")), as, home, jdk, yaml);
    }

    private static OstlerProject create(Path parent, As as, Path home, Jdk jdk, String yaml) {
        try {
            Path directory = Files.createTempDirectory(parent, "ostler-it-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            OstlerProject project = new OstlerProject(directory, as, home, jdk);
            return project.file("ostler.yaml", yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The installation the build has made. */
    public static Path builtHome() {
        return HOME;
    }

    public Path directory() {
        return directory;
    }

    /** Writes a file of the project; scripts (beginning with #!) become executable. */
    public OstlerProject file(String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(text.startsWith("#!") ? "rwxr-xr-x" : "rw-r--r--"));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets a variable for every command that follows. */
    public OstlerProject env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** {@code ostler ARGS…} in the project's directory, to its end. */
    public Result run(String... args) {
        return command(List.of(binary()), List.of(args));
    }

    /** Any command with the project's environment, user and directory, {@code ostler} on no PATH. */
    public Result shell(String script) {
        return command(List.of("sh", "-c", script), List.of());
    }

    private Result command(List<String> program, List<String> args) {
        try {
            Path out = Files.createTempFile("ostler-out-", ".txt");
            Path err = Files.createTempFile("ostler-err-", ".txt");
            try {
                Process process = builder(as, program, args)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(program + " " + args + " did not end within " + COMMAND_SECONDS
                            + " s; stderr: " + Files.readString(err) + everything());
                }
                return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code ostler up ARGS…} in the foreground, its output in {@code up.out} and {@code up.err}. */
    public Process up(String... args) {
        List<String> all = new ArrayList<>(List.of("up"));
        all.addAll(List.of(args));
        return start(List.of(binary()), all, "up");
    }

    /** A command in the background; its output goes to NAME.out and NAME.err in the project. */
    public Process start(List<String> program, List<String> args, String name) {
        return start(builder(as, program, args), name);
    }

    /** As {@link #start}, as another user than the project's. */
    public Process startAs(As other, List<String> command, String name) {
        return start(builder(other, command, List.of()), name);
    }

    private Process start(ProcessBuilder builder, String name) {
        try {
            Process process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(outFile(name)))
                    .redirectError(ProcessBuilder.Redirect.appendTo(new File(directory.toFile(), name + ".err")))
                    .start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private File outFile(String name) {
        return new File(directory.toFile(), name + ".out");
    }

    private ProcessBuilder builder(As user, List<String> program, List<String> args) {
        List<String> command = new ArrayList<>(user.prefix());
        command.addAll(program);
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.redirectInput(new File("/dev/null"));
    }

    public String binary() {
        return home.resolve("bin/ostler").toString();
    }

    /** Text of a file in the project, empty when it is not there. */
    public String text(String name) {
        try {
            Path file = directory.resolve(name);
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Status of one service as {@code status --json} shows it. */
    public JsonNode status(String service) {
        return statuses(service).get(0);
    }

    /** Status of the named services, of all when none is named. */
    public JsonNode statuses(String... services) {
        List<String> args = new ArrayList<>(List.of("status", "--json"));
        args.addAll(List.of(services));
        Result result = run(args.toArray(new String[0])).ok();
        try {
            return JSON.readTree(result.out()).get("services");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Process id of a service's main process. */
    public long pid(String service) {
        return status(service).get("pid").asLong();
    }

    /** Waits until a service is in a state. */
    public JsonNode await(String service, String state) {
        return Eventually.value(service + " is " + state, this::everything, () -> {
            JsonNode status = status(service);
            return status.get("state").asText().equals(state) ? Optional.of(status) : Optional.empty();
        });
    }

    /** Waits until run {@code number} of a service is ready. */
    public JsonNode awaitRun(String service, int number) {
        return Eventually.value("run " + number + " of " + service + " is ready", this::everything, () -> {
            JsonNode status = status(service);
            boolean there = status.get("run").asInt() == number
                    && status.get("state").asText().equals("ready");
            return there ? Optional.of(status) : Optional.empty();
        });
    }

    /** Waits until {@code up} takes commands. */
    public OstlerProject awaitUp() {
        Eventually.until("the supervisor answers", () -> run("status").exitCode() == 0);
        return this;
    }

    /** Process id of the keeper. */
    public long keeperPid() {
        try (Stream<Path> files = Files.walk(directory.resolve("run"))) {
            Path lock = files.filter(file -> file.endsWith("lock")).findFirst().orElseThrow();
            return Long.parseLong(Files.readString(lock).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Process id of the supervisor's JVM, the keeper's child that runs it. */
    public Optional<Long> supervisorPid() {
        return ProcessHandle.of(keeperPid()).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .filter(pid -> commandLine(pid).contains("dev.ostler.daemon.Main"))
                .findFirst();
    }

    /** Kills the supervisor's JVM; the process that was the supervisor is gone when this returns. */
    public void killSupervisor() {
        long supervisor = Eventually.value("there is a supervisor", this::supervisorPid);
        ProcessHandle.of(supervisor).ifPresent(ProcessHandle::destroyForcibly);
        Eventually.until(
                "the old supervisor is gone",
                () -> supervisorPid().filter(pid -> pid == supervisor).isEmpty());
    }

    /** Arguments of a process, separated by spaces; empty when it is gone. */
    public static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException ignored) { // gone
            return "";
        }
    }

    /** Command lines of all processes that have the mark in theirs; a zombie has none. */
    static List<String> commandLinesWith(String mark) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(name -> commandLine(Long.parseLong(name)))
                    .filter(line -> line.contains(mark))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** All log files of the project together. */
    public String logs() {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                all.append("--- ").append(file.getFileName()).append('\n').append(Files.readString(file));
            }
        } catch (IOException ignored) { // none yet
            return "";
        }
        return all.toString();
    }

    /** As {@link #log}, from the file itself: also when nothing runs any more. */
    public List<String> logFile(String service) {
        try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
            Path file = files.filter(path -> path.endsWith(service + ".log"))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(file).stream()
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a service's log without time stamps: {@code stdout F:1 text}. */
    public List<String> log(String service) {
        return run("logs", service)
                .ok()
                .out()
                .lines()
                .map(OstlerProject::withoutStamp)
                .toList();
    }

    /** A line of a log after its time. */
    public static String withoutStamp(String line) {
        return line.substring(line.indexOf(' ') + 1);
    }

    /** What the supervisor said since {@code up}, in the foreground or in its own log. */
    public String supervisorSaid() {
        return text("up.err") + logs("_supervisor.log");
    }

    private String logs(String name) {
        try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
            Optional<Path> file = files.filter(path -> path.endsWith(name)).findFirst();
            return file.isPresent() ? Files.readString(file.get()) : "";
        } catch (IOException ignored) { // none
            return "";
        }
    }

    /** Whether a log file of this name exists. */
    public boolean hasLogFile(String name) {
        try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
            return files.anyMatch(path -> path.endsWith(name));
        } catch (IOException ignored) { // none yet
            return false;
        }
    }

    /** Takes a variable from every command that follows. */
    public OstlerProject without(String name) {
        environment.remove(name);
        return this;
    }

    /** What the supervisor and the services have said until now. */
    String everything() {
        return "\n--- up.err\n" + text("up.err") + logs();
    }

    @Override
    public void close() {
        try {
            if (run("status").exitCode() == 0) {
                run("down");
            }
        } finally { // also when a command hangs
            for (Process process : started) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
