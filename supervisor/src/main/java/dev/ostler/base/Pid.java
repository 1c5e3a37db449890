package dev.ostler.base;

/** A process id as seen in the supervisor's own pid namespace. */
public record Pid(int value) {
    public Pid {
        if (value <= 0) {
            throw new IllegalArgumentException("pid " + value);
        }
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
