package dev.ostler.supervise;

import dev.ostler.cgroup.Hierarchies;
import dev.ostler.plan.CgroupVersion;
import dev.ostler.plan.HostFacts;
import java.util.Optional;

/** Which cgroup controllers the services of this supervisor can have, as the plan compiler wants to know it. */
final class Controllers {
    private Controllers() {}

    static HostFacts.Controller find(Hierarchies hierarchies, String name) {
        Hierarchies.Place place = hierarchies.controller(name);
        if (!place.usable()) {
            return new HostFacts.Controller(Optional.empty(), place.obstacle());
        }
        return new HostFacts.Controller(Optional.of(place.first() ? CgroupVersion.V1 : CgroupVersion.V2), "");
    }
}
