package dev.ostler.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Facts for which files of the kernel have to be read: asked for once for all plans of a project. One thread. */
final class SlowFacts {
    private final HostFacts facts;
    private final Map<String, HostFacts.Controller> controllers = new HashMap<>();
    private Optional<String> userNamespaceObstacle;

    SlowFacts(HostFacts facts) {
        this.facts = facts;
    }

    /** As {@link HostFacts#controller}. */
    HostFacts.Controller controller(String name) {
        return controllers.computeIfAbsent(name, facts::controller);
    }

    /** As {@link HostFacts#userNamespaceObstacle}. */
    Optional<String> userNamespaceObstacle() {
        if (userNamespaceObstacle == null) {
            userNamespaceObstacle = facts.userNamespaceObstacle();
        }
        return userNamespaceObstacle;
    }
}
