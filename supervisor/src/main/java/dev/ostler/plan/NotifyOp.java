package dev.ostler.plan;

import java.util.List;

/** What only the launch itself can know, and the program is told by variables. */
public sealed interface NotifyOp extends Op {
    /**
     * A socket for sd_notify(3), bound to a name that the kernel picks; the name goes into NOTIFY_SOCKET, the socket to the
     * supervisor.
     *
     * @param channel the descriptor it is sent to, which is closed then
     */
    record Socket(int channel) implements NotifyOp {
        @Override
        public OpKind kind() {
            return OpKind.NOTIFY_SOCKET;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(channel);
        }

        @Override
        public String text() {
            return "to=" + channel;
        }
    }

    /** These variables get the process's own number. */
    record OwnPid(List<String> variables) implements NotifyOp {
        public OwnPid {
            variables = List.copyOf(variables);
        }

        @Override
        public OpKind kind() {
            return OpKind.OWN_PID;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.strings(variables);
        }

        @Override
        public String text() {
            return String.join(" ", variables);
        }
    }
}
