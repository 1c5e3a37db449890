package dev.ostler.yaml;

import dev.ostler.base.TextPattern;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeCheck.StatusRange;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code http} of a probe: an address, or a mapping. */
final class HttpCheckReader {
    private static final int LOWEST_STATUS = 100;
    private static final int HIGHEST_STATUS = 599;

    private HttpCheckReader() {}

    static Optional<ProbeCheck> read(Yaml value) {
        if (!value.isMapping()) {
            return value.as(text -> new ProbeCheck.Http(uri(text)));
        }
        return value.map(Schema.HTTP).flatMap(HttpCheckReader::mapping);
    }

    private static Optional<ProbeCheck> mapping(YamlMap map) {
        if (!map.has("url")) {
            map.missing("url");
        }
        Optional<URI> uri = map.get("url").flatMap(value -> value.as(HttpCheckReader::uri));
        List<StatusRange> status =
                map.get("status").map(HttpCheckReader::status).orElse(ProbeCheck.Http.GOOD);
        Optional<TextPattern> body = map.get("body").flatMap(value -> value.as(Scalars::pattern));
        Optional<Path> ca = map.get("ca")
                .flatMap(value -> value.as(Scalars.pathIn(map.context().directory())));
        boolean insecure = map.or("insecure", Scalars::bool, false);
        if (uri.isPresent() && !uri.get().getScheme().equals("https")) {
            onlyForTls(map, "ca");
            onlyForTls(map, "insecure");
        } else if (ca.isPresent() && insecure) {
            map.get("insecure").ifPresent(value -> value.problem("\"ca\" says whom to believe; leave one of them out"));
        }
        return uri.map(address -> new ProbeCheck.Http(address, status, body, ca, insecure));
    }

    private static void onlyForTls(YamlMap map, String key) {
        map.get(key).ifPresent(value -> value.problem("\"" + key + "\" is for https"));
    }

    private static List<StatusRange> status(Yaml value) {
        List<StatusRange> ranges = new ArrayList<>();
        if (value.isText()) {
            value.as(HttpCheckReader::range).ifPresent(ranges::add);
        } else {
            List<Yaml> items = value.list();
            if (value.isList() && items.isEmpty()) {
                value.problem("expected at least one status");
            }
            items.forEach(item -> item.as(HttpCheckReader::range).ifPresent(ranges::add));
        }
        return ranges;
    }

    private static StatusRange range(String text) throws BadValue {
        String[] ends = text.split("-", 2);
        TextParser<Integer> status = Scalars.integer(LOWEST_STATUS, HIGHEST_STATUS);
        try {
            StatusRange range = new StatusRange(status.parse(ends[0]), status.parse(ends[ends.length - 1]));
            if (range.from() <= range.to()) {
                return range;
            }
        } catch (BadValue ignored) { // said below, for both ends
        }
        throw new BadValue("\"" + text + "\" is not a status; write 200 or 200-299");
    }

    /** Without TLS. */
    static URI plainUri(String text) throws BadValue {
        URI uri = uri(text);
        if (!uri.getScheme().equals("http")) {
            throw notAnAddress(text);
        }
        return uri;
    }

    private static BadValue notAnAddress(String text) {
        return new BadValue("\"" + text + "\" is not an http address; write http://127.0.0.1:8080/health");
    }

    private static URI uri(String text) throws BadValue {
        try {
            URI uri = new URI(text);
            boolean goodPort = uri.getPort() != 0 && uri.getPort() <= CheckReader.HIGHEST_PORT;
            boolean web = uri.getScheme() != null && Set.of("http", "https").contains(uri.getScheme());
            if (web && uri.getHost() != null && goodPort) {
                return uri;
            }
        } catch (URISyntaxException ignored) { // reported below, as another scheme is
        }
        throw notAnAddress(text);
    }
}
