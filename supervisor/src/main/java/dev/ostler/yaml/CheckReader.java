package dev.ostler.yaml;

import dev.ostler.spec.ProbeCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads what a probe asks: exactly one of its kinds of checks. */
final class CheckReader {
    /** What can be asked at any time. */
    static final List<String> HEALTH = List.of("tcp", "http", "unix", "file", "listening", "ping", "exec");

    /** A line is printed once. */
    static final List<String> READY = List.of("tcp", "http", "unix", "file", "listening", "log", "ping", "exec");

    private static final String DEFAULT_HOST = "127.0.0.1";
    static final int HIGHEST_PORT = 65535;

    private CheckReader() {}

    /** Exactly one of these keys has to be there. */
    static void expectOne(Yaml value, YamlMap map, List<String> kinds) {
        if (kinds.stream().filter(map::has).count() != 1) {
            value.problem("expected one of "
                    + kinds.stream().map(kind -> "\"" + kind + "\"").collect(Collectors.joining(", ")));
        }
    }

    static Optional<ProbeCheck> read(YamlMap map, List<String> kinds) {
        List<String> given = kinds.stream().filter(map::has).toList();
        Optional<ProbeCheck> first = Optional.empty();
        for (String kind : given) { // all of them, for their problems
            Optional<ProbeCheck> check = map.get(kind).flatMap(target -> check(kind, target));
            first = first.or(() -> check);
        }
        return first;
    }

    private static Optional<ProbeCheck> check(String kind, Yaml target) {
        TextParser<Path> path = Scalars.pathIn(target.context().directory());
        return switch (kind) {
            case "tcp" -> target.as(CheckReader::tcp);
            case "http" -> HttpCheckReader.read(target);
            case "unix" -> target.as(path).map(ProbeCheck.Unix::new);
            case "file" -> target.as(path).map(ProbeCheck.FileExists::new);
            case "listening" -> target.as(CheckReader::port).map(ProbeCheck.Listening::new);
            case "log" -> target.as(Scalars::pattern).map(ProbeCheck.LogLine::new);
            case "exec" -> CommandReader.read(target).map(ProbeCheck.Exec::new);
            case "ping" -> target.as(CheckReader::host).map(ProbeCheck.Ping::new);
            default -> throw new IllegalStateException(kind);
        };
    }

    private static ProbeCheck tcp(String text) throws BadValue {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? DEFAULT_HOST : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        if (host.isEmpty() || !bracketed && (host.indexOf(':') >= 0 || host.indexOf('/') >= 0)) {
            throw new BadValue(
                    "\"" + text + "\" is not a port or host:port; write 9092, db.local:9092 or \"[::1]:9092\"");
        }
        int port = port(text.substring(colon + 1));
        return new ProbeCheck.Tcp(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    private static int port(String text) throws BadValue {
        try {
            return Scalars.integer(1, HIGHEST_PORT).parse(text);
        } catch (BadValue ignored) { // said in the words of ports
            throw new BadValue("\"" + text + "\" is not a port from 1 to " + HIGHEST_PORT);
        }
    }

    private static String host(String text) throws BadValue {
        if (Scalars.nonEmpty(text).indexOf(':') >= 0 || text.indexOf('/') >= 0) {
            throw new BadValue("\"" + text + "\" is not a name or an IPv4 address; write 10.0.0.1");
        }
        return text;
    }
}
