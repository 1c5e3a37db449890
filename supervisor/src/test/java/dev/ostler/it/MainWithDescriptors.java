package dev.ostler.it;

import java.util.Arrays;
import jnr.ffi.LibraryLoader;

/**
 * A supervisor that has many descriptors open, which it would pass on if it executed anything: takes the place of the
 * main class, whose name and arguments it gets. The file and how often it is opened are system properties.
 */
public final class MainWithDescriptors {
    static final String FILE = "it.file";
    static final String COUNT = "it.count";

    private MainWithDescriptors() {}

    /** open(2), here without O_CLOEXEC. */
    public interface LibC {
        int open(String path, int flags);
    }

    public static void main(String[] args) throws Exception {
        LibC libc = LibraryLoader.create(LibC.class).load("c");
        for (int i = Integer.getInteger(COUNT); i > 0; i--) {
            if (libc.open(System.getProperty(FILE), 0) < 0) {
                throw new IllegalStateException("cannot open " + System.getProperty(FILE));
            }
        }
        int main = 0;
        while (args[main].startsWith("-")) { // options of the JVM that come after the args file, which names this class
            main++;
        }
        String[] rest = Arrays.copyOfRange(args, main + 1, args.length);
        Class.forName(args[main]).getMethod("main", String[].class).invoke(null, (Object) rest);
    }
}
