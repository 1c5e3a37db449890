package dev.ostler.service;

import dev.ostler.spec.Dependency.Condition;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.RestartSpec.Policy;
import java.time.Duration;
import java.util.Random;

/** Projects of one to four services that may need one another in every way there is, with hooks of all kinds. */
final class RandomProjects {
    private static final Policy[] FOR_ONESHOTS = {Policy.ON_FAILURE, Policy.NEVER};

    private RandomProjects() {}

    static ProjectSpec project(Random random) {
        Specs[] services = new Specs[1 + random.nextInt(4)];
        boolean[] disabled = new boolean[services.length];
        boolean[] ends = new boolean[services.length];
        for (int i = 0; i < services.length; i++) {
            Specs service = Specs.service("s" + i).limit(random.nextInt(3));
            boolean oneshot = random.nextInt(3) == 0;
            Policy policy = oneshot ? one(random, FOR_ONESHOTS) : one(random, Policy.values());
            ends[i] = policy != Policy.ALWAYS;
            service.restart(policy);
            if (oneshot) {
                service.oneshot(random.nextBoolean());
            } else if (random.nextBoolean()) {
                service.readyWithin(Duration.ofSeconds(5));
            }
            if (!oneshot && random.nextInt(4) == 0) {
                service.forking();
            }
            for (HookSpec.Kind kind : HookSpec.Kind.values()) {
                if (random.nextInt(4) == 0 && !(oneshot && kind == HookSpec.Kind.POST_START)) {
                    service.hooks(kind);
                }
            }
            if (random.nextInt(5) == 0) {
                service.condition();
            }
            if (random.nextInt(5) == 0) {
                service.heapDumpGrace(Duration.ofSeconds(12));
            }
            disabled[i] = random.nextInt(6) == 0;
            if (disabled[i]) {
                service.disabled();
            }
            for (int j = 0; j < i; j++) {
                if (random.nextInt(2) == 0) {
                    depend(service, "s" + j, ends[j], disabled[j] && !disabled[i], random);
                }
            }
            services[i] = service;
        }
        return Specs.project(services);
    }

    private static void depend(Specs service, String on, boolean ends, boolean soft, Random random) {
        Condition[] conditions = ends ? Condition.values() : new Condition[] {Condition.STARTED, Condition.READY};
        service.needs(on, one(random, conditions), !soft && random.nextInt(3) > 0, random.nextInt(3) == 0);
    }

    private static <T> T one(Random random, T[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
