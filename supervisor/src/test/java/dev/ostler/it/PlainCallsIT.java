package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Origin;
import dev.ostler.spec.ExitStatuses;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The build has rewritten the classes of the installed jar (src/training). */
class PlainCallsIT {
    private static final Path LIBRARY = OstlerProject.builtHome().resolve("lib");

    @Test
    void everyClassIsVerifiedAndARecordIsWhatItWas() throws Exception {
        try (Stream<Path> jars = Files.list(LIBRARY);
                JarFile jar =
                        new JarFile(LIBRARY.resolve("ostler-supervisor.jar").toFile());
                URLClassLoader classes = new URLClassLoader(
                        jars.filter(file -> file.toString().endsWith(".jar"))
                                .map(PlainCallsIT::url)
                                .toArray(URL[]::new),
                        ClassLoader.getPlatformClassLoader())) {
            List<String> names = jar.stream()
                    .map(entry -> entry.getName().replace('/', '.'))
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .toList();
            assertThat(names).anyMatch(name -> name.contains("$$L"));
            for (String name : names) {
                verify(name, classes);
            }

            Object one = origin(classes, 1);
            assertThat(one)
                    .isEqualTo(origin(classes, 1))
                    .isNotEqualTo(origin(classes, 2))
                    .isNotEqualTo("one");
            assertThat(one).hasSameHashCodeAs(origin(classes, 1));
            assertThat(statuses(classes))
                    .hasToString(statuses(PlainCallsIT.class.getClassLoader()).toString());
        }
    }

    private static Object origin(ClassLoader classes, int line) throws ReflectiveOperationException {
        return classes.loadClass(Origin.class.getName())
                .getConstructor(String.class, int.class, int.class, String.class)
                .newInstance("file", line, 1, "key");
    }

    private static Object statuses(ClassLoader classes) throws ReflectiveOperationException {
        return classes.loadClass(ExitStatuses.class.getName())
                .getConstructor(Set.class, Set.class)
                .newInstance(Set.of(1), Set.of());
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By its initialization; that some need what only the launcher gives is no matter here. */
    private static void verify(String name, ClassLoader classes) throws ClassNotFoundException {
        boolean made = name.contains("$$L");
        if (made) {
            Class<?> type = Class.forName(name, false, classes);
            assertThat(type.getNestHost()).as(name).isNotEqualTo(type); // itself where the nest is none
        }
        try {
            Class.forName(name, true, classes);
        } catch (ExceptionInInitializerError | NoClassDefFoundError ignored) {
            assertThat(name).startsWith("dev.ostler.linux.");
            assertThat(made).as(name).isFalse();
        }
    }
}
