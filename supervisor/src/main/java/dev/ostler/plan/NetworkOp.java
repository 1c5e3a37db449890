package dev.ostler.plan;

import dev.ostler.base.IpAddress;
import dev.ostler.base.IpPrefix;
import java.util.Optional;

/**
 * Ops that make a network: interfaces, addresses, routes. Those on the host are done by the parent, the others inside.
 */
public sealed interface NetworkOp extends Op {
    /** Beside the interface: what the action is about, one more, and a number (launcher-native/README.md). */
    record Arguments(Action action, String networkInterface, String object, String extra, long number) {}

    /** In the order of their numbers. */
    enum Action {
        VETH,
        BRIDGE,
        ADDRESS,
        UP,
        ROUTE
    }

    /** Whether the parent does it, in the network of the host. */
    boolean onHost();

    Arguments arguments();

    @Override
    default OpKind kind() {
        return onHost() ? OpKind.HOST_NETWORK : OpKind.NETWORK;
    }

    @Override
    default void writeTo(ArgumentSink sink) {
        Arguments arguments = arguments();
        sink.unsigned(arguments.action().ordinal());
        sink.string(arguments.networkInterface());
        sink.string(arguments.object());
        sink.string(arguments.extra());
        sink.unsigned(arguments.number());
    }

    /** A pair of interfaces; {@code mac} is of the one inside, empty or 0 = as the kernel chooses. */
    record Veth(String host, String inside, String mac, int mtu) implements NetworkOp {
        @Override
        public boolean onHost() {
            return true;
        }

        @Override
        public Arguments arguments() {
            return new Arguments(Action.VETH, host, inside, mac, mtu);
        }

        @Override
        public String text() {
            return "veth " + inside + " and " + host + (mac.isEmpty() ? "" : " mac=" + mac)
                    + (mtu == 0 ? "" : " mtu=" + mtu);
        }
    }

    /** The end on the host becomes a port. */
    record Bridge(String host, String bridge) implements NetworkOp {
        @Override
        public boolean onHost() {
            return true;
        }

        @Override
        public Arguments arguments() {
            return new Arguments(Action.BRIDGE, host, bridge, "", 0);
        }

        @Override
        public String text() {
            return "bridge " + bridge + " with " + host;
        }
    }

    record Address(boolean onHost, String networkInterface, IpPrefix prefix) implements NetworkOp {
        @Override
        public Arguments arguments() {
            return new Arguments(
                    Action.ADDRESS, networkInterface, prefix.address().text(), "", prefix.length());
        }

        @Override
        public String text() {
            return prefix + " on " + networkInterface;
        }
    }

    record Up(boolean onHost, String networkInterface) implements NetworkOp {
        @Override
        public Arguments arguments() {
            return new Arguments(Action.UP, networkInterface, "", "", 0);
        }

        @Override
        public String text() {
            return "up " + networkInterface;
        }
    }

    /** @param to empty = everything else */
    record Route(String networkInterface, Optional<IpPrefix> to, Optional<IpAddress> via) implements NetworkOp {
        @Override
        public boolean onHost() {
            return false;
        }

        @Override
        public Arguments arguments() {
            return new Arguments(
                    Action.ROUTE,
                    networkInterface,
                    to.map(prefix -> prefix.address().text()).orElse(""),
                    via.map(IpAddress::text).orElse(""),
                    to.map(IpPrefix::length).orElse(0));
        }

        @Override
        public String text() {
            return to.map(IpPrefix::toString).orElse("default")
                    + via.map(gateway -> " via " + gateway).orElse("") + " on " + networkInterface;
        }
    }

    /** Reads one back; {@link IllegalArgumentException} when it cannot be. */
    static NetworkOp of(boolean onHost, Arguments arguments) {
        String object = arguments.object();
        String name = arguments.networkInterface();
        NetworkOp op =
                switch (arguments.action()) {
                    case VETH -> new Veth(name, object, arguments.extra(), Math.toIntExact(arguments.number()));
                    case BRIDGE -> new Bridge(name, object);
                    case ADDRESS -> new Address(onHost, name, prefix(object, arguments.number()));
                    case UP -> new Up(onHost, name);
                    case ROUTE ->
                        new Route(
                                name,
                                object.isEmpty() ? Optional.empty() : Optional.of(prefix(object, arguments.number())),
                                arguments.extra().isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(address(arguments.extra())));
                };
        if (op.onHost() != onHost || !op.arguments().equals(arguments)) {
            throw new IllegalArgumentException("malformed plan: network " + arguments);
        }
        return op;
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text).orElseThrow(() -> new IllegalArgumentException("malformed plan: address " + text));
    }

    private static IpPrefix prefix(String text, long length) {
        return IpPrefix.parse(text + "/" + length)
                .orElseThrow(() -> new IllegalArgumentException("malformed plan: address " + text + "/" + length));
    }
}
