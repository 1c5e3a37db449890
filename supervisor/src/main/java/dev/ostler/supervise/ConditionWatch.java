package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Accounts;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Link;
import dev.ostler.linux.LinkEvents;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Registration;
import dev.ostler.loop.Timer;
import dev.ostler.plan.HostFacts;
import dev.ostler.service.ConditionOutlook;
import dev.ostler.service.Event;
import dev.ostler.spec.ConditionSpec;
import dev.ostler.spec.KernelCondition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the conditions of services that are to be started, and at links as long as one waits for them: the kernel tells of
 * their changes, so waiting costs nothing. Loop thread only; files are looked at on other threads.
 */
final class ConditionWatch {
    /** A look that takes longer is told of: a network's file system may hang. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ConditionWatch.class);

    private final EventLoop loop;
    private final Clock clock;
    private final OffLoop offLoop;
    private final Predicate<ServiceName> isWaiting;
    private final EventSink events;
    private final Map<ServiceName, Look> looks = new HashMap<>();
    private Optional<LinkEvents> links = Optional.empty();
    private Optional<Registration> registration = Optional.empty();

    /** One look: the answer of an earlier one does not count. */
    private static final class Look {
        final List<ConditionSpec> conditions;
        Optional<Timer> patience = Optional.empty();

        Look(List<ConditionSpec> conditions) {
            this.conditions = conditions;
        }

        boolean needs(Set<String> names) {
            return conditions.stream()
                    .anyMatch(condition ->
                            condition.kind() == ConditionSpec.Kind.LINK_UP && names.contains(condition.object()));
        }
    }

    /** @param again it could not be looked at for now */
    private record Answer(ConditionOutlook outlook, boolean again) {}

    /** @param isWaiting whether a service is still to be started */
    ConditionWatch(EventLoop loop, Clock clock, OffLoop offLoop, Predicate<ServiceName> isWaiting, EventSink events) {
        this.loop = loop;
        this.clock = clock;
        this.offLoop = offLoop;
        this.isWaiting = isWaiting;
        this.events = events;
    }

    void check(CompiledService service) {
        check(service.name(), service.spec().activation().conditions());
    }

    private void check(ServiceName service, List<ConditionSpec> conditions) {
        boolean needsLinks = conditions.stream().anyMatch(each -> each.kind() == ConditionSpec.Kind.LINK_UP);
        if (needsLinks && links.isEmpty()) {
            try {
                listen(); // before the first look, so that no change is missed
            } catch (KernelException e) { // out of descriptors: it may be better soon
                String why = "waiting until links can be watched: " + e.getMessage();
                events.accept(service, new Event.ConditionsChecked(new ConditionOutlook.Pending(why)));
                retryLater(service, conditions);
                return;
            }
        }
        Look look = new Look(conditions);
        looks.put(service, look);
        long late = clock.monotonicNanos() + PATIENCE.toNanos();
        look.patience = Optional.of(loop.timers().schedule(late, () -> hangs(service, look)));
        offLoop.ask(service, () -> answer(conditions), answer -> seen(service, look, answer));
    }

    private void retryLater(ServiceName service, List<ConditionSpec> conditions) {
        long then = clock.monotonicNanos() + RETRY_INTERVAL.toNanos();
        loop.timers().schedule(then, () -> retry(service, conditions));
    }

    private void retry(ServiceName service, List<ConditionSpec> conditions) {
        if (isWaiting.test(service) && !looks.containsKey(service)) {
            check(service, conditions);
        }
    }

    private void listen() {
        LinkEvents opened = LinkEvents.open();
        registration = Optional.of(loop.registerOrClose(opened.fd(), opened::close, (events, now) -> read()));
        links = Optional.of(opened);
    }

    private void hangs(ServiceName service, Look look) {
        if (looks.get(service) == look && isWaiting.test(service)) {
            String objects = look.conditions.stream().map(ConditionSpec::object).collect(Collectors.joining(", "));
            String since =
                    clock.wall().minus(PATIENCE).truncatedTo(ChronoUnit.SECONDS).toString();
            events.accept(
                    service,
                    new Event.ConditionsChecked(
                            new ConditionOutlook.Pending("looking at " + objects + " since " + since)));
        }
    }

    private void seen(ServiceName service, Look look, Answer answer) {
        look.patience.ifPresent(Timer::cancel);
        if (looks.get(service) != look) {
            return;
        }
        if (answer.again() || !(answer.outlook() instanceof ConditionOutlook.Pending)) {
            looks.remove(service);
        }
        if (answer.again()) {
            retryLater(service, look.conditions);
        }
        events.accept(service, new Event.ConditionsChecked(answer.outlook()));
        closeUnlessNeeded();
    }

    private void read() {
        Optional<Set<String>> changed = links.orElseThrow().read();
        looks.keySet().removeIf(service -> !isWaiting.test(service));
        Map.copyOf(looks).forEach((service, look) -> {
            if (changed.map(look::needs).orElse(true)) {
                check(service, look.conditions);
            }
        });
        closeUnlessNeeded();
    }

    private void closeUnlessNeeded() {
        if (looks.isEmpty() && links.isPresent()) {
            registration.orElseThrow().close();
            links.get().close();
            registration = Optional.empty();
            links = Optional.empty();
        }
    }

    private static Answer answer(List<ConditionSpec> conditions) {
        try {
            return new Answer(outlook(conditions), false);
        } catch (KernelException e) { // out of descriptors or memory: it may be better soon
            String why = "waiting until its conditions can be looked at: " + e.getMessage();
            return new Answer(new ConditionOutlook.Pending(why), true);
        }
    }

    private static boolean mayPass(KernelException e) {
        return e.is(Errno.EMFILE) || e.is(Errno.ENFILE) || e.is(Errno.ENOMEM) || e.is(Errno.ENOBUFS);
    }

    private static ConditionOutlook outlook(List<ConditionSpec> conditions) {
        for (ConditionSpec condition : conditions) {
            Optional<ConditionOutlook> obstacle = obstacle(condition);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
        }
        return new ConditionOutlook.Met();
    }

    private static Optional<ConditionOutlook> obstacle(ConditionSpec condition) {
        return switch (condition.kind()) {
            case PATH_EXISTS -> unmet(condition, Files.exists(Path.of(condition.object())), "");
            case PATH_ABSENT -> unmet(condition, Files.notExists(Path.of(condition.object())), "");
            case KERNEL -> kernel(condition);
            case LINK_UP -> link(condition);
        };
    }

    private static Optional<ConditionOutlook> unmet(ConditionSpec condition, boolean holds, String why) {
        return holds ? Optional.empty() : Optional.of(new ConditionOutlook.Unmet(condition.unmet(why)));
    }

    private static Optional<ConditionOutlook> kernel(ConditionSpec condition) {
        try {
            HostFacts facts = SystemHostFacts.capture(new Accounts());
            Optional<String> why = KernelConditions.obstacle(KernelCondition.of(condition.object()), facts);
            return unmet(condition, why.isEmpty(), why.orElse(""));
        } catch (KernelException e) { // /proc cannot be read
            if (mayPass(e)) {
                throw e;
            }
            return unmet(condition, false, e.getMessage());
        }
    }

    private static Optional<ConditionOutlook> link(ConditionSpec condition) {
        try {
            Link.State state = Link.state(condition.object());
            return state == Link.State.UP
                    ? Optional.empty()
                    : Optional.of(new ConditionOutlook.Pending(condition.awaited(state == Link.State.MISSING)));
        } catch (KernelException e) {
            if (mayPass(e)) {
                throw e;
            }
            LOG.warn("event=link-not-known link=\"{}\" reason=\"{}\"", condition.object(), e.getMessage());
            return unmet(condition, false, e.getMessage());
        }
    }
}
