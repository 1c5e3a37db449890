package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A process for tests to look at; killed at the end. */
final class Child implements AutoCloseable {
    private final Process process;

    private Child(Process process) {
        this.process = process;
    }

    static Child start(String... command) throws IOException {
        return new Child(new ProcessBuilder(command).start());
    }

    Pid pid() {
        return new Pid((int) process.pid());
    }

    /** As the shell sees it: 128 + signal for a killed process. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("pid " + pid() + " still runs");
        }
        return process.exitValue();
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
