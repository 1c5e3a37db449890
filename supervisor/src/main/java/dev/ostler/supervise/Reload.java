package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Timer;
import dev.ostler.output.Logs;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.ReloadSpec;
import dev.ostler.spec.StopSpec;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run of a service reads its configuration again, step by step. It ends once: when all is done, with the first step that
 * fails, or when the run is not up any more. Loop thread only.
 */
final class Reload {
    /** A command ends by its own limit, and a request that gets a byte now and then by this one. */
    private static final Duration LATE = Duration.ofSeconds(1);

    private final Tools tools;
    private final CompiledService service;
    private final LiveRun run;
    private final Optional<Duration> readyWithin;
    private final Iterator<StopSpec.Step> steps;
    private final Consumer<Optional<String>> done;
    private int earlierReloads;
    private Optional<RunKey> command = Optional.empty();
    private Optional<Timer> timer = Optional.empty();
    private boolean over;

    /** Whom it works with. */
    record Tools(Supervisor supervisor, EventLoop loop, Clock clock, Logs logs, Asks asks) {}

    /** @param done gets why it failed; empty when it succeeded */
    Reload(Tools tools, CompiledService service, LiveRun run, ReloadSpec reload, Consumer<Optional<String>> done) {
        this.tools = tools;
        this.service = service;
        this.run = run;
        this.readyWithin = reload.ready();
        this.steps = reload.steps().iterator();
        this.done = done;
    }

    void begin() {
        earlierReloads = status().run().notices().reloads();
        tools.supervisor().when(() -> over || !isUp(), () -> fail(notUp(status())));
        goOn();
    }

    /** The steps up to the next one that takes time. */
    private void goOn() {
        while (!over && steps.hasNext()) {
            StopSpec.Step step = steps.next();
            if (step instanceof StopSpec.Step.Ask ask) {
                ask(ask);
                return;
            }
            send((StopSpec.Step.Send) step);
        }
        if (!over && readyWithin.isPresent()) {
            awaitReady(readyWithin.get());
        } else {
            end(Optional.empty());
        }
    }

    private void send(StopSpec.Step.Send send) {
        String text = send.signal() + " to " + RunSignals.whom(send.scope());
        try {
            if (RunSignals.send(run, send.signal(), send.scope())) {
                tools.logs().event(run.key, "reload: " + text);
            } else {
                fail(text + ": nobody is left to get it");
            }
        } catch (KernelException | UncheckedIOException e) {
            fail(text + ": " + e.getMessage());
        }
    }

    private void ask(StopSpec.Step.Ask ask) {
        Optional<Pid> main = run.exitSeen() ? Optional.empty() : run.pid();
        try {
            command = tools.asks().begin(service, main, ask, ask.timeout(), this::answered);
            failAfter(
                    ask.timeout().plus(LATE),
                    "no answer within " + ask.timeout().toMillis() + " ms");
        } catch (KernelException e) {
            fail(e.getMessage());
        }
    }

    private void answered(Asks.Answer answer) {
        if (over) {
            return;
        }
        command = Optional.empty();
        timer.ifPresent(Timer::cancel);
        if (answer.good()) {
            tools.logs().event(run.key, "reload: " + answer.text());
            goOn();
        } else {
            fail(answer.text());
        }
    }

    private void awaitReady(Duration within) {
        failAfter(within, "not ready again within " + within.toMillis() + " ms");
        tools.supervisor()
                .when(() -> over || status().run().notices().hasReloaded(earlierReloads), () -> end(Optional.empty()));
    }

    private void failAfter(Duration time, String why) {
        long until = tools.clock().monotonicNanos() + time.toNanos();
        timer = Optional.of(tools.loop().timers().schedule(until, () -> fail(why)));
    }

    private void fail(String why) {
        end(Optional.of(why));
    }

    private void end(Optional<String> failure) {
        if (over) {
            return;
        }
        over = true;
        timer.ifPresent(Timer::cancel);
        command.ifPresent(tools.asks()::abandon);
        tools.logs().event(run.key, failure.map(why -> "reload failed: " + why).orElse("reloaded"));
        done.accept(failure);
    }

    private ServiceStatus status() {
        return tools.supervisor().status(service.name());
    }

    private boolean isUp() {
        return status().state() == ServiceState.READY && status().run().number() == run.key.run();
    }

    /** Why a service in this state cannot be reloaded, or no further. */
    static String notUp(ServiceStatus status) {
        return "it is not up, it is " + status.state() + ": " + status.reason();
    }
}
