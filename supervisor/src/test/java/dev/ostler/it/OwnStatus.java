package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of the process that runs the tests. */
final class OwnStatus {
    private OwnStatus() {}

    /** A line of /proc/self/status, without its name. */
    static String line(String name) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the effective set holds it, by its number in capabilities(7). */
    static boolean hasCapability(int number) {
        return (Long.parseLong(line("CapEff"), 16) >> number & 1) != 0;
    }

    static String lastAllowedCpu() {
        String list = line("Cpus_allowed_list");
        return list.substring(Math.max(list.lastIndexOf(','), list.lastIndexOf('-')) + 1);
    }
}
