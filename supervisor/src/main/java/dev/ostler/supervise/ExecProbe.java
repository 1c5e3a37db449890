package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Timer;
import dev.ostler.plan.Plan;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * A probe that runs a command again and again until it is cancelled. Never two at a time: while something of the last one is
 * left, an attempt has failed. Loop thread only.
 */
final class ExecProbe {
    private final ServiceName service;
    private final ProbeSpec spec;
    private final Plan plan;
    private final CommandRuns runs;
    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<Optional<String>> listener;
    private Optional<RunKey> latest = Optional.empty();
    private Optional<Timer> timer = Optional.empty();
    private boolean cancelled;

    ExecProbe(
            ServiceName service,
            ProbeSpec spec,
            Plan plan,
            CommandRuns runs,
            EventLoop loop,
            Clock clock,
            Consumer<Optional<String>> listener) {
        this.service = service;
        this.spec = spec;
        this.plan = plan;
        this.runs = runs;
        this.loop = loop;
        this.clock = clock;
        this.listener = listener;
    }

    /** The first result comes later, never within this call. */
    void start() {
        schedule(0);
    }

    void cancel() {
        cancelled = true;
        timer.ifPresent(Timer::cancel);
        latest.ifPresent(runs::abandon);
    }

    private void schedule(long pauseNanos) {
        timer = Optional.of(loop.timers().schedule(clock.monotonicNanos() + pauseNanos, this::attempt));
    }

    private void attempt() {
        if (latest.filter(runs::isRunning).isPresent()) {
            finished(Optional.of("the last one is not gone yet"));
            return;
        }
        String program = ((ProbeCheck.Exec) spec.check()).command().program();
        latest = Optional.of(runs.start(service, program, plan, spec.attemptTimeout(), this::finished));
    }

    private void finished(Optional<String> failure) {
        if (cancelled) {
            return;
        }
        double share = 1 - spec.jitter() * ThreadLocalRandom.current().nextDouble();
        schedule((long) (spec.interval().toNanos() * share));
        listener.accept(failure.map(text -> spec.check().describe() + ": " + text));
    }
}
