package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A JDK of this machine that the supervisor can run on; one a feature version. */
public record Jdk(int version, Path home) {
    private static final int OLDEST = 17;

    /** The one this test runs on. */
    public static Jdk current() {
        return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    }

    /** The current one and every other feature version found in the usual place. */
    public static List<Jdk> all() {
        TreeMap<Integer, Jdk> found = new TreeMap<>();
        found.put(current().version(), current());
        try (Stream<Path> homes =
                Files.exists(Path.of("/usr/lib/jvm")) ? Files.list(Path.of("/usr/lib/jvm")) : Stream.of()) {
            homes.sorted().map(Jdk::at).flatMap(Optional::stream).forEach(jdk -> found.putIfAbsent(jdk.version(), jdk));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(found.values());
    }

    /** The name of this very build of Java: {@code 17.0.9+9}. */
    String build() {
        return value(release(home).orElseThrow(), "JAVA_RUNTIME_VERSION");
    }

    private static Optional<Jdk> at(Path home) {
        Optional<Properties> release = release(home);
        if (release.isEmpty()) {
            return Optional.empty();
        }
        int feature = Integer.parseInt(value(release.get(), "JAVA_VERSION").split("[.+-]")[0]);
        return feature >= OLDEST && Files.isExecutable(home.resolve("bin/java"))
                ? Optional.of(new Jdk(feature, home))
                : Optional.empty();
    }

    private static String value(Properties release, String key) {
        return release.getProperty(key, "0").replace("\"", "");
    }

    /** Empty where there is no JDK. */
    private static Optional<Properties> release(Path home) {
        Properties release = new Properties();
        try (var in = Files.newInputStream(home.resolve("release"))) {
            release.load(in);
        } catch (IOException ignored) {
            return Optional.empty();
        }
        return Optional.of(release);
    }

    @Override
    public String toString() {
        return "JDK " + version;
    }
}
