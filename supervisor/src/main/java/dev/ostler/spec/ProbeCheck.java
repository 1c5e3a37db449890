package dev.ostler.spec;

import dev.ostler.base.TextPattern;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a probe asks. */
public sealed interface ProbeCheck {
    /** For people: {@code tcp 127.0.0.1:9092}. */
    String describe();

    /** Asked by the supervisor itself. */
    sealed interface Asked extends ProbeCheck {}

    /** A TCP connection is accepted. */
    record Tcp(String host, int port) implements Asked {
        @Override
        public String describe() {
            return "tcp " + host + ":" + port;
        }
    }

    /**
     * GET answers, over TLS too.
     *
     * @param status one of these
     * @param body found in the answer's body
     * @param ca certificates of those who may have signed the server's, PEM; empty = those of the JDK
     * @param insecure whoever answers is believed
     */
    record Http(URI uri, List<StatusRange> status, Optional<TextPattern> body, Optional<Path> ca, boolean insecure)
            implements Asked {
        /** Done, or elsewhere. */
        public static final List<StatusRange> GOOD = List.of(new StatusRange(200, 399));

        public Http {
            status = List.copyOf(status);
        }

        /** With nothing but an address. */
        public Http(URI uri) {
            this(uri, GOOD, Optional.empty(), Optional.empty(), false);
        }

        @Override
        public String describe() {
            return "http " + uri;
        }
    }

    /** Both ends belong to it. */
    record StatusRange(int from, int to) {
        public boolean contains(int status) {
            return status >= from && status <= to;
        }
    }

    /** A connection to a Unix stream socket is accepted. */
    record Unix(Path path) implements Asked {
        @Override
        public String describe() {
            return "unix " + path;
        }
    }

    /** A file of any type is there. */
    record FileExists(Path path) implements Asked {
        @Override
        public String describe() {
            return "file " + path;
        }
    }

    /** A process of the service listens on a TCP port of its own network; nobody connects. */
    record Listening(int port) implements Asked {
        @Override
        public String describe() {
            return "listening " + port;
        }
    }

    /** A host replies to an echo request of ICMP. */
    record Ping(String host) implements Asked {
        @Override
        public String describe() {
            return "ping " + host;
        }
    }

    /** The service has printed a line in which this is found. */
    record LogLine(TextPattern pattern) implements ProbeCheck {
        @Override
        public String describe() {
            return "log \"" + pattern + "\"";
        }
    }

    /** A command exits 0 in time. */
    record Exec(ServiceCommand command) implements ProbeCheck {
        @Override
        public String describe() {
            return "exec " + command.program();
        }
    }
}
