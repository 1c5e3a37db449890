package dev.ostler.yaml;

import dev.ostler.spec.ServiceSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A project in memory: {@code /project/ostler.yaml}, other files by path, and the profiles that are really shipped. */
final class FakeProject {
    static final Path SHIPPED = Path.of("../profiles").toAbsolutePath().normalize();

    private final Map<Path, byte[]> files = new TreeMap<>();
    private final Map<Path, IOException> failures = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();

    /** A project whose file has these lines. */
    static FakeProject of(String... lines) {
        return new FakeProject().file("ostler.yaml", lines);
    }

    /** A project with one service, {@code web}, and these lines below its name; they are indented here. */
    static FakeProject web(String... lines) {
        return of("services:\n  web:\n    " + String.join("\n    ", lines));
    }

    /** One service that has a command and these lines. */
    static FakeProject webWith(String... lines) {
        return web("command: [true-program]\n    " + String.join("\n    ", lines));
    }

    FakeProject file(String path, String... lines) {
        return bytes(path, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    FakeProject bytes(String path, byte[] bytes) {
        files.put(Path.of("/project").resolve(path).normalize(), bytes);
        return this;
    }

    FakeProject unreadable(String path) {
        return failing(path, new AccessDeniedException(path));
    }

    FakeProject failing(String path, IOException e) {
        failures.put(Path.of("/project").resolve(path), e);
        return this;
    }

    FakeProject variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    LoadResult load() {
        return YamlProject.load(source());
    }

    ProjectSource source() {
        return new ProjectSource(
                Path.of("/project/ostler.yaml"),
                "ostler.yaml",
                List.of(Path.of("/etc/ostler/profiles")),
                SHIPPED,
                environment,
                new FileReader() {
                    @Override
                    public byte[] read(Path path) throws IOException {
                        return FakeProject.this.read(path);
                    }

                    @Override
                    public List<Path> list(Path directory) {
                        return files.keySet().stream()
                                .filter(path -> directory.equals(path.getParent()))
                                .toList();
                    }
                });
    }

    private byte[] read(Path path) throws IOException {
        if (failures.containsKey(path)) {
            throw failures.get(path);
        }
        if (path.startsWith(SHIPPED) && Files.exists(path)) {
            return Files.readAllBytes(path);
        }
        if (!files.containsKey(path)) {
            throw new NoSuchFileException(path.toString());
        }
        return files.get(path);
    }

    LoadResult.Loaded loaded() {
        LoadResult result = load();
        if (result instanceof LoadResult.Loaded loaded) {
            return loaded;
        }
        throw new AssertionError("refused: " + messages());
    }

    /** The service {@code web}. */
    ServiceSpec service() {
        return service("web");
    }

    ServiceSpec service(String name) {
        return loaded().project().services().stream()
                .filter(service -> service.name().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The problems as they are printed; none when the project is sound. */
    List<String> messages() {
        return load() instanceof LoadResult.Refused refused
                ? refused.problems().stream().map(Problem::toString).toList()
                : List.of();
    }

    static String repositoryFile(String path) {
        try {
            return Files.readString(Path.of("..").resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
