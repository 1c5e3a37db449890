package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.ProbeSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code ready}. */
final class ProbeReader {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    static final Duration DEFAULT_INTERVAL = Duration.ofMillis(250);

    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int HIGHEST_PORT = 65535;
    private static final List<String> KINDS = List.of("tcp", "http", "notify", "fd");

    /** After input, output and errors. */
    private static final int FIRST_FREE = 3;

    /** The soft limit of most hosts: a shell can write to no higher one, and only to those of one digit in all shells. */
    private static final int HIGHEST_DESCRIPTOR = 1023;

    private ProbeReader() {}

    static Optional<Located<ProbeSpec>> read(YamlMap service) {
        Optional<Yaml> value = service.get("ready");
        if (value.filter(Yaml::isText).isPresent()) {
            Optional<Located<String>> word =
                    value.flatMap(v -> v.located(Scalars.oneOf("kind of readiness", List.of("notify"))));
            return word.map(w -> new Located<>(new ProbeSpec.Notify(DEFAULT_TIMEOUT), w.origin()));
        }
        return value.flatMap(v -> v.map(Schema.READY).flatMap(map -> probe(v, map)));
    }

    private static Optional<Located<ProbeSpec>> probe(Yaml value, YamlMap map) {
        List<String> kinds = KINDS.stream().filter(map::has).toList();
        if (kinds.size() != 1) {
            value.problem("expected one of \"tcp\", \"http\", \"notify\" and \"fd\"");
            return Optional.empty();
        }
        Duration timeout = map.or("timeout", Durations::parsePositive, DEFAULT_TIMEOUT);
        Optional<Located<ProbeSpec>> told = told(map, timeout).map(probe -> new Located<>(probe, value.origin()));
        if (kinds.contains("notify") || kinds.contains("fd")) {
            map.get("interval")
                    .ifPresent(interval -> interval.problem("nobody asks again and again: the service tells"));
            return told;
        }
        Duration interval = map.or("interval", Durations::parsePositive, DEFAULT_INTERVAL);
        Optional<ProbeSpec> tcp = map.get("tcp").flatMap(target -> target.as(text -> tcp(text, timeout, interval)));
        Optional<ProbeSpec> http =
                map.get("http").flatMap(target -> target.as(text -> new ProbeSpec.Http(uri(text), timeout, interval)));
        return tcp.or(() -> http).map(probe -> new Located<>(probe, value.origin()));
    }

    private static Optional<ProbeSpec> told(YamlMap map, Duration timeout) {
        Optional<ProbeSpec> notify = map.get("notify")
                .flatMap(value -> value.as(Scalars::bool).flatMap(yes -> {
                    if (!yes) {
                        value.problem("only true makes sense here: without \"ready\" nothing is waited for");
                    }
                    return yes ? Optional.of(new ProbeSpec.Notify(timeout)) : Optional.empty();
                }));
        Optional<ProbeSpec> descriptor = map.get("fd")
                .flatMap(value -> value.as(Scalars.integer(FIRST_FREE, HIGHEST_DESCRIPTOR)))
                .map(number -> new ProbeSpec.Descriptor(number, timeout));
        return notify.or(() -> descriptor);
    }

    private static ProbeSpec tcp(String text, Duration timeout, Duration interval) throws BadValue {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? DEFAULT_HOST : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        if (host.isEmpty() || !bracketed && (host.indexOf(':') >= 0 || host.indexOf('/') >= 0)) {
            throw new BadValue(
                    "\"" + text + "\" is not a port or host:port; write 9092, db.local:9092 or \"[::1]:9092\"");
        }
        int port = port(text.substring(colon + 1));
        return new ProbeSpec.Tcp(bracketed ? host.substring(1, host.length() - 1) : host, port, timeout, interval);
    }

    private static int port(String text) throws BadValue {
        try {
            return Scalars.integer(1, HIGHEST_PORT).parse(text);
        } catch (BadValue ignored) { // said in the words of ports
            throw new BadValue("\"" + text + "\" is not a port from 1 to " + HIGHEST_PORT);
        }
    }

    static URI uri(String text) throws BadValue {
        try {
            URI uri = new URI(text);
            boolean goodPort = uri.getPort() != 0 && uri.getPort() <= HIGHEST_PORT;
            if ("http".equals(uri.getScheme()) && uri.getHost() != null && goodPort) {
                return uri;
            }
        } catch (URISyntaxException ignored) { // reported below, as another scheme is
        }
        throw new BadValue("\"" + text + "\" is not an http address; write http://127.0.0.1:8080/health");
    }
}
