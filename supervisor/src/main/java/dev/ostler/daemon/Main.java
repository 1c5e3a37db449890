package dev.ostler.daemon;

import java.io.PrintStream;

/** The supervisor's entry point; started by the keeper and by nothing else. */
public final class Main {
    private static final int FAILED = 1;

    private Main() {}

    public static void main(String[] args) {
        EarlyReading.begin();
        // Before the first logger: what is said goes to standard error until a log file is known.
        System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
        System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
        PrintStream terminal = System.err; // later the loggers' own, which the end of this process would cut short
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> die(terminal, e));
        try {
            new Daemon(StartArguments.parse(args)).run();
        } catch (RuntimeException | Error e) {
            die(terminal, e);
        }
    }

    /** Nothing above this can report it: the keeper sees the exit code and decides whether to start another one. */
    private static void die(PrintStream terminal, Throwable e) {
        e.printStackTrace(terminal);
        Runtime.getRuntime().halt(FAILED);
    }
}
