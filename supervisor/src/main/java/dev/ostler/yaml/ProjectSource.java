package dev.ostler.yaml;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything a project is read from; nothing else is looked at, no working directory and no environment of the JVM.
 *
 * @param file absolute path of the project file; its directory is the project's directory
 * @param displayName how messages name that file
 * @param profileDirectories absolute, searched after {@code profiles/} beside the file, in practice
 *     {@code /etc/ostler/profiles}
 * @param shippedProfiles absolute directory of the profiles that come with Ostler; holds {@code default.yaml}
 * @param environment what {@code ${NAME}} takes from, as captured by {@code up}
 * @param wantsSettings the result has the settings of each service, for comparisons; they take time and memory
 */
public record ProjectSource(
        Path file,
        String displayName,
        List<Path> profileDirectories,
        Path shippedProfiles,
        Map<String, String> environment,
        FileReader reader,
        boolean wantsSettings) {
    public ProjectSource {
        if (!file.isAbsolute() || !shippedProfiles.isAbsolute()) {
            throw new IllegalArgumentException("relative path in " + file + ", " + shippedProfiles);
        }
        file = file.normalize();
        shippedProfiles = shippedProfiles.normalize();
        profileDirectories = List.copyOf(profileDirectories);
        environment = Map.copyOf(environment);
    }

    /** Without settings. */
    public ProjectSource(
            Path file,
            String displayName,
            List<Path> profileDirectories,
            Path shippedProfiles,
            Map<String, String> environment,
            FileReader reader) {
        this(file, displayName, profileDirectories, shippedProfiles, environment, reader, false);
    }

    /** Directory of the project file; relative paths count from here. */
    public Path directory() {
        return file.getParent();
    }

    /** Directory of the drop-ins: {@code ostler.d} beside {@code ostler.yaml}. */
    public Path dropIns() {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".d");
    }

    /** Whether a file of this name in {@link #dropIns} is one. */
    public static boolean isDropIn(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".yaml") && !name.startsWith(".");
    }
}
