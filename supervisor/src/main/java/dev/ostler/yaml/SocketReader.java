package dev.ostler.yaml;

import dev.ostler.base.IpAddress;
import dev.ostler.base.Located;
import dev.ostler.spec.ActivationSpec;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.SocketSpec.Address;
import dev.ostler.spec.SocketSpec.MtuDiscovery;
import dev.ostler.spec.SocketSpec.UnixType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads {@code sockets}, and what starts a service that has some. */
final class SocketReader {
    /** Names are a list with colons in LISTEN_FDNAMES, and part of the names the keeper knows things by. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,40}");

    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();
    private static final int HIGHEST_PORT = 65535;
    private static final int DEFAULT_BACKLOG = 4096;
    private static final int DEFAULT_MODE = 0660;
    private static final List<String> OF_UNIX = List.of("type", "mode", "owner");
    private static final List<String> OF_TCP = List.of("defer_accept", "cork");
    private static final List<String> OF_INET = List.of("mtu_discover", "reuse_port");

    private SocketReader() {}

    /** {@code sockets}, {@code activation} and {@code conditions}. */
    static ActivationSpec readActivation(YamlMap service) {
        List<SocketSpec> sockets = read(service);
        return new ActivationSpec(sockets, TriggerReader.read(service, sockets), ConditionReader.read(service));
    }

    private static List<SocketSpec> read(YamlMap service) {
        List<SocketSpec> sockets = new ArrayList<>();
        for (YamlMap.Field field : service.get("sockets")
                .flatMap(Yaml::anyMap)
                .map(YamlMap::fields)
                .orElse(List.of())) {
            if (!NAME.matcher(field.name()).matches()) {
                service.context()
                        .problems()
                        .add(
                                field.origin(),
                                "\"" + field.name() + "\" is no name for a socket: 1 to 40 letters, digits"
                                        + " and . _ -");
            }
            field.value().map(Schema.SOCKET).flatMap(map -> socket(field, map)).ifPresent(sockets::add);
        }
        boolean onlyOne = sockets.stream().filter(SocketSpec::standardInput).count() <= 1;
        if (!onlyOne) {
            service.get("sockets").ifPresent(value -> value.problem("only one socket can be standard input"));
        }
        return sockets;
    }

    private static Optional<SocketSpec> socket(YamlMap.Field field, YamlMap map) {
        Yaml value = field.value();
        if (List.of("tcp", "udp", "unix").stream().filter(map::has).count() != 1) {
            value.problem("expected one of \"tcp\", \"udp\" and \"unix\"");
            return Optional.empty();
        }
        refuse(map, map.has("unix") ? List.of() : OF_UNIX, "a unix socket");
        refuse(map, map.has("tcp") ? List.of() : OF_TCP, "a tcp socket");
        refuse(map, map.has("unix") ? OF_INET : List.of(), "a tcp or udp socket");
        boolean standardInput = map.get("as")
                .flatMap(as -> as.as(Scalars.oneOf("place", List.of("stdin"))))
                .isPresent();
        SocketSpec.Options options = options(map);
        return address(map)
                .map(address -> new SocketSpec(field.name(), address, options, standardInput, value.origin()));
    }

    private static void refuse(YamlMap map, List<String> keys, String whose) {
        keys.forEach(key -> map.get(key).ifPresent(value -> value.problem("only for " + whose)));
    }

    private static Optional<Address> address(YamlMap map) {
        Optional<Address> tcp = map.get("tcp").flatMap(value -> value.as(text -> inet(text, true)));
        Optional<Address> udp = map.get("udp").flatMap(value -> value.as(text -> inet(text, false)));
        return tcp.or(() -> udp).or(() -> unix(map));
    }

    private static Address inet(String text, boolean tcp) throws BadValue {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        Optional<IpAddress> address = colon < 0
                ? Optional.of(LOOPBACK)
                : IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host)
                        .filter(ip -> ip.bits() == 32 != bracketed);
        int port = Scalars.integer(1, HIGHEST_PORT).parse(text.substring(colon + 1));
        return new SocketSpec.Inet(
                tcp,
                address.orElseThrow(() -> new BadValue("\"" + text + "\" is not a port or address:port; write 8080,"
                        + " \"0.0.0.0:8080\" or \"[::]:8080\"; names are not looked up")),
                port);
    }

    private static Optional<Address> unix(YamlMap map) {
        Optional<Path> path = map.get("unix")
                .flatMap(value -> value.as(Scalars.pathIn(map.context().directory())));
        UnixType type = map.get("type")
                .flatMap(value -> value.as(Scalars.oneOf("type", List.of("stream", "datagram", "seqpacket"))))
                .map(word -> UnixType.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(UnixType.STREAM);
        int mode = map.or("mode", Scalars.octal(0777), DEFAULT_MODE);
        Optional<Located<String>> owner = map.located("owner", Scalars::nonEmpty);
        return path.map(where -> new SocketSpec.Unix(type, where, mode, owner));
    }

    private static SocketSpec.Options options(YamlMap map) {
        Optional<Duration> deferAccept = map.get("defer_accept").flatMap(value -> value.as(Durations::parsePositive));
        Optional<MtuDiscovery> mtu = map.get("mtu_discover")
                .flatMap(value -> value.as(Scalars.oneOf("word", List.of("dont", "want", "do", "probe"))))
                .map(word -> MtuDiscovery.valueOf(word.toUpperCase(Locale.ROOT)));
        return new SocketSpec.Options(
                map.or("backlog", Scalars.integer(1, Integer.MAX_VALUE), DEFAULT_BACKLOG),
                deferAccept,
                map.or("cork", Scalars::bool, false),
                mtu,
                bytes(map, "receive_buffer"),
                bytes(map, "send_buffer"),
                map.or("reuse_port", Scalars::bool, false));
    }

    private static OptionalInt bytes(YamlMap map, String key) {
        Optional<Integer> bytes = map.get(key)
                .flatMap(value -> value.as(text -> {
                    long size = Sizes.parse(text).bytes();
                    if (size < 1 || size > Integer.MAX_VALUE / 2) {
                        throw new BadValue("\"" + text + "\" is no size of a buffer; at most 1023m");
                    }
                    return (int) size;
                }));
        return bytes.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
