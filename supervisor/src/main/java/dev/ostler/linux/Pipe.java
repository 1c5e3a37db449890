package dev.ostler.linux;

/** Both ends of a pipe; owned by whoever asked for it, each end closed on its own or both by {@link #close()}. */
public record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {
    @Override
    public void close() {
        readEnd.close();
        writeEnd.close();
    }
}
