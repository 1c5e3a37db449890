package dev.ostler.cli;

import java.util.List;

/** Changes of the configuration while services run. Loop thread only. */
public interface LiveChanges {
    /** Tells what {@link #apply} would do now; {@code json}: to a program. */
    void diff(boolean json, Reporter reporter);

    /** Reads the files again and brings the services to what they say; all of it or nothing. */
    void apply(Reporter reporter);

    /** Files that differ from what is in force, as far as is known. */
    List<String> changedOnDisk();

    /** Whoever has asked: a client, or the log when it was a signal. */
    interface Reporter {
        void out(String text);

        void err(String text);

        /** The end. */
        void exit(int code);
    }
}
