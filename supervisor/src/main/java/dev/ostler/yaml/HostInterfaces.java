package dev.ostler.yaml;

import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.NetworkSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names that services want on the host for their ends of veth pairs: each can be there once. */
final class HostInterfaces {
    private HostInterfaces() {}

    static void check(List<ServiceSpec> services, Problems problems) {
        Map<String, ServiceName> owners = new HashMap<>();
        for (ServiceSpec service : services) {
            service.sandbox()
                    .network()
                    .filter(NetworkSpec.Veth.class::isInstance)
                    .map(NetworkSpec.Veth.class::cast)
                    .ifPresent(veth -> {
                        check(service.name(), veth, owners, problems);
                        refuseHooksBeside(service, problems);
                    });
        }
    }

    /** A hook has a sandbox of its own, and the name is taken while the service runs. */
    private static void refuseHooksBeside(ServiceSpec service, Problems problems) {
        for (HookSpec.Kind kind : List.of(HookSpec.Kind.POST_START, HookSpec.Kind.PRE_STOP)) {
            service.lifecycle()
                    .hook(kind)
                    .ifPresent(hook -> problems.add(
                            hook.command().origin(),
                            "no " + kind + " beside a service with a network of its own: both would need the same"
                                    + " interface on the host"));
        }
    }

    private static void check(
            ServiceName service, NetworkSpec.Veth veth, Map<String, ServiceName> owners, Problems problems) {
        String name = veth.hostName(service);
        Origin origin = veth.hostOrigin();
        if (name.length() > NetworkReader.MOST_INTERFACE) {
            problems.add(
                    origin,
                    "\"host\" is missing: \"" + name + "\" would have more than " + NetworkReader.MOST_INTERFACE
                            + " characters");
        }
        ServiceName other = owners.putIfAbsent(name, service);
        if (other != null) {
            problems.add(
                    origin,
                    "\"" + other + "\" and \"" + service + "\" both have the interface \"" + name + "\" on the host");
        }
    }
}
