package dev.ostler.plan;

import dev.ostler.base.IpPrefix;
import dev.ostler.base.Located;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.NetworkSpec;
import java.util.List;

/** What is in the network of a service, and how the host reaches it. */
final class Networks {
    private Networks() {}

    /** Before a user namespace is entered: the end on the host is made with the rights of the supervisor. */
    static void compile(Draft draft) {
        draft.service().sandbox().network().ifPresent(network -> {
            if (network instanceof NetworkSpec.Veth veth) {
                veth(draft, veth);
            } else if (network instanceof NetworkSpec.Plain plain && plain.mode() == NetworkMode.LOOPBACK) {
                loopback(draft, plain);
            }
        });
    }

    private static void loopback(Draft draft, NetworkSpec network) {
        draft.op(LaunchOrder.LOOPBACK, new SandboxOp.Loopback(), network.origin());
    }

    private static void veth(Draft draft, NetworkSpec.Veth veth) {
        requireRights(draft, veth);
        String host = veth.hostName(draft.service().name());
        String inside = veth.name().value();
        draft.op(LaunchOrder.HOST_NETWORK, new NetworkOp.Veth(host, inside, veth.mac(), veth.mtu()), veth.hostOrigin());
        veth.bridge()
                .ifPresent(bridge -> draft.op(
                        LaunchOrder.HOST_NETWORK, new NetworkOp.Bridge(host, bridge.value()), bridge.origin()));
        addresses(draft, LaunchOrder.HOST_NETWORK, host, veth.hostAddresses());
        draft.op(LaunchOrder.HOST_NETWORK, new NetworkOp.Up(true, host), veth.hostOrigin());
        loopback(draft, veth);
        addresses(draft, LaunchOrder.NETWORK, inside, veth.addresses());
        draft.op(
                LaunchOrder.NETWORK,
                new NetworkOp.Up(false, inside),
                veth.name().origin());
        for (NetworkSpec.Route route : veth.routes()) {
            draft.op(LaunchOrder.NETWORK, new NetworkOp.Route(inside, route.to(), route.via()), route.origin());
        }
    }

    private static void addresses(Draft draft, LaunchOrder place, String name, List<Located<IpPrefix>> addresses) {
        for (Located<IpPrefix> address : addresses) {
            draft.op(
                    place,
                    new NetworkOp.Address(place == LaunchOrder.HOST_NETWORK, name, address.value()),
                    address.origin());
        }
    }

    private static void requireRights(Draft draft, NetworkSpec.Veth veth) {
        String what = "cannot make a veth pair for \"" + draft.service().name() + "\": ";
        if (!draft.may(PlanWords.CAP_NET_ADMIN)) {
            draft.problem(veth.origin(), what + draft.lacks(List.of(PlanWords.CAP_NET_ADMIN)));
        } else if (!draft.facts().ownsNetwork()) {
            draft.problem(
                    veth.origin(),
                    what + "needs CAP_NET_ADMIN where the network of this supervisor belongs to, outside of its user"
                            + " namespace");
        }
    }
}
