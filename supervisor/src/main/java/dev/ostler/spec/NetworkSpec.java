package dev.ostler.spec;

import dev.ostler.base.IpAddress;
import dev.ostler.base.IpPrefix;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import java.util.List;
import java.util.Optional;

/** The network of a sandbox. */
public sealed interface NetworkSpec {
    Origin origin();

    /** Whether it is another than that of the supervisor. */
    boolean ofItsOwn();

    /** One that needs no more than a word. */
    record Plain(NetworkMode mode, Origin origin) implements NetworkSpec {
        @Override
        public boolean ofItsOwn() {
            return mode != NetworkMode.HOST;
        }
    }

    /**
     * One of its own with a veth pair: an interface inside, whose other end is on the host.
     *
     * @param name of the interface inside
     * @param host name of the end on the host
     * @param bridge of the host, of which that end is a port
     * @param mtu 0 = the kernel's
     * @param mac hardware address inside; empty = the kernel's choice
     * @param hostAddresses of the end on the host
     */
    record Veth(
            Located<String> name,
            Optional<Located<String>> host,
            Optional<Located<String>> bridge,
            int mtu,
            String mac,
            List<Located<IpPrefix>> addresses,
            List<Located<IpPrefix>> hostAddresses,
            List<Route> routes,
            Origin origin)
            implements NetworkSpec {
        public Veth {
            addresses = List.copyOf(addresses);
            hostAddresses = List.copyOf(hostAddresses);
            routes = List.copyOf(routes);
        }

        @Override
        public boolean ofItsOwn() {
            return true;
        }

        public String hostName(ServiceName service) {
            return host.map(Located::value).orElse("ve-" + service);
        }

        /** What to point at when it is about the end on the host. */
        public Origin hostOrigin() {
            return host.map(Located::origin).orElse(origin);
        }
    }

    /**
     * @param to empty = everything else
     * @param via empty = directly by the interface
     */
    record Route(Optional<IpPrefix> to, Optional<IpAddress> via, Origin origin) {}
}
