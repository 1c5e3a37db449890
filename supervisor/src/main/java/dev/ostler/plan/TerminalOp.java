package dev.ostler.plan;

/**
 * A new pty: its slave becomes the controlling terminal and 0, 1 and 2, its master goes to the process that relays.
 *
 * @param ptmx where the file system of ptys makes one
 * @param uid who may open it by its name
 * @param keyboard whether what the caller types goes there
 */
public record TerminalOp(String ptmx, long uid, boolean keyboard) implements Op {
    @Override
    public OpKind kind() {
        return OpKind.TERMINAL;
    }

    @Override
    public void writeTo(ArgumentSink sink) {
        sink.string(ptmx);
        sink.unsigned(uid);
        sink.unsigned(keyboard ? 1 : 0);
    }

    @Override
    public String text() {
        return "by=" + ptmx + " owner=" + uid + (keyboard ? " with the keyboard" : "");
    }
}
