package dev.ostler.yaml;

import dev.ostler.base.IpAddress;
import dev.ostler.base.IpPrefix;
import dev.ostler.base.Located;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.NetworkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code sandbox.network}: a word, or a mapping with the pair that leads outside. */
final class NetworkReader {
    /** IFNAMSIZ without its NUL. */
    static final int MOST_INTERFACE = 15;

    private static final String DEFAULT_NAME = "eth0";
    private static final String DEFAULT_ROUTE = "default";
    /** The kernel's bounds of a veth. */
    private static final int LEAST_MTU = 68;

    private static final int MOST_MTU = 65535;
    private static final Pattern INTERFACE = Pattern.compile("[!-~&&[^/:%]]{1," + MOST_INTERFACE + "}");
    /** Not that of a group, whose first byte is odd. */
    private static final Pattern MAC = Pattern.compile("[0-9a-f][02468ace](:[0-9a-f]{2}){5}");

    private static final String NO_MAC = "00:00:00:00:00:00";

    private NetworkReader() {}

    static Optional<NetworkSpec> read(YamlMap sandbox) {
        Optional<Yaml> value = sandbox.get("network");
        if (value.filter(Yaml::isMapping).isPresent()) {
            return value.flatMap(mapping -> mapping.map(Schema.NETWORK)).flatMap(NetworkReader::veth);
        }
        return value.flatMap(
                word -> word.as(NetworkReader::mode).map(mode -> new NetworkSpec.Plain(mode, word.origin())));
    }

    private static NetworkMode mode(String text) throws BadValue {
        List<String> modes = Arrays.stream(NetworkMode.values())
                .map(mode -> mode.name().toLowerCase(Locale.ROOT))
                .toList();
        return NetworkMode.valueOf(Scalars.oneOf("network", modes).parse(text).toUpperCase(Locale.ROOT));
    }

    private static Optional<NetworkSpec> veth(YamlMap network) {
        if (!network.has("veth")) {
            network.missing("veth");
        }
        return network.get("veth").flatMap(value -> value.map(Schema.VETH).map(map -> veth(value, map)));
    }

    private static NetworkSpec veth(Yaml value, YamlMap map) {
        Optional<Located<String>> bridge = map.located("bridge", NetworkReader::newInterface);
        List<Located<IpPrefix>> hostAddresses = addresses(map, "host_addresses");
        if (bridge.isPresent() && !hostAddresses.isEmpty()) {
            map.context()
                    .problems()
                    .add(
                            hostAddresses.get(0).origin(),
                            "\"host_addresses\" does not go with \"bridge\": of a bridge and its ports the bridge has"
                                    + " the addresses");
        }
        return new NetworkSpec.Veth(
                map.located("name", NetworkReader::newInterface)
                        .orElseGet(() -> new Located<>(DEFAULT_NAME, value.origin())),
                map.located("host", NetworkReader::newInterface),
                bridge,
                map.or("mtu", Scalars.integer(LEAST_MTU, MOST_MTU), 0),
                map.or("mac", NetworkReader::mac, ""),
                addresses(map, "addresses"),
                hostAddresses,
                routes(map),
                value.origin());
    }

    static String interfaceName(String text) throws BadValue {
        if (!INTERFACE.matcher(text).matches() || text.equals(".") || text.equals("..")) {
            throw new BadValue("\"" + text + "\" is not the name of an interface: 1 to " + MOST_INTERFACE
                    + " characters, no blank, slash, colon or percent sign");
        }
        return text;
    }

    private static String newInterface(String text) throws BadValue {
        if (text.equals("lo")) {
            throw new BadValue("\"lo\" is the loopback interface");
        }
        return interfaceName(text);
    }

    private static String mac(String text) throws BadValue {
        String mac = text.toLowerCase(Locale.ROOT);
        if (!MAC.matcher(mac).matches() || mac.equals(NO_MAC)) {
            throw new BadValue(
                    "\"" + text + "\" is not the hardware address of one interface; write 02:00:00:00:00:01");
        }
        return mac;
    }

    private static List<Located<IpPrefix>> addresses(YamlMap map, String key) {
        List<Located<IpPrefix>> addresses = new ArrayList<>();
        for (Yaml item : map.list(key)) {
            item.located(NetworkReader::prefix).ifPresent(addresses::add);
        }
        return addresses;
    }

    private static IpPrefix prefix(String text) throws BadValue {
        Optional<IpPrefix> prefix = IpPrefix.parse(text);
        if (prefix.isPresent()) {
            return prefix.get();
        }
        Optional<IpAddress> address = IpAddress.parse(text.replaceFirst("/.*", ""));
        if (address.isEmpty()) {
            throw new BadValue("\"" + text + "\" is not an address with the length of its prefix; write 10.1.0.2/24 or"
                    + " fd00::2/64");
        }
        throw new BadValue("\"" + text + "\" lacks the length of the prefix, /0 to /"
                + address.get().bits());
    }

    private static List<NetworkSpec.Route> routes(YamlMap map) {
        List<NetworkSpec.Route> routes = new ArrayList<>();
        for (Yaml item : map.list("routes")) {
            item.map(Schema.ROUTE)
                    .flatMap(route -> route(item, route))
                    .filter(route -> isRoute(item, route))
                    .ifPresent(routes::add);
        }
        return routes;
    }

    private static Optional<NetworkSpec.Route> route(Yaml item, YamlMap map) {
        if (!map.has("to")) {
            map.missing("to");
        }
        Optional<Optional<IpPrefix>> to = map.get("to").flatMap(value -> value.as(NetworkReader::destination));
        Optional<IpAddress> via = map.get("via").flatMap(value -> value.as(NetworkReader::address));
        return to.filter(destination -> map.has("via") == via.isPresent())
                .map(destination -> new NetworkSpec.Route(destination, via, item.origin()));
    }

    private static Optional<IpPrefix> destination(String text) throws BadValue {
        return text.equals(DEFAULT_ROUTE) ? Optional.empty() : Optional.of(prefix(text));
    }

    private static IpAddress address(String text) throws BadValue {
        return IpAddress.parse(text)
                .orElseThrow(() -> new BadValue("\"" + text + "\" is not an address; write 10.1.0.1 or fd00::1"));
    }

    private static boolean isRoute(Yaml item, NetworkSpec.Route route) {
        if (route.to().isEmpty() && route.via().isEmpty()) {
            item.problem("a default route needs \"via\"");
            return false;
        }
        if (route.to().isPresent()
                && route.via().isPresent()
                && route.to().get().address().bits() != route.via().get().bits()) {
            item.problem("\"to\" and \"via\" are of different versions of IP");
            return false;
        }
        return true;
    }
}
