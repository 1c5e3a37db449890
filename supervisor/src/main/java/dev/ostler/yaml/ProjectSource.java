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
 */
public record ProjectSource(
        Path file,
        String displayName,
        List<Path> profileDirectories,
        Path shippedProfiles,
        Map<String, String> environment,
        FileReader reader) {
    public ProjectSource {
        if (!file.isAbsolute() || !shippedProfiles.isAbsolute()) {
            throw new IllegalArgumentException("relative path in " + file + ", " + shippedProfiles);
        }
        file = file.normalize();
        shippedProfiles = shippedProfiles.normalize();
        profileDirectories = List.copyOf(profileDirectories);
        environment = Map.copyOf(environment);
    }

    /** Directory of the project file; relative paths count from here. */
    public Path directory() {
        return file.getParent();
    }
}
