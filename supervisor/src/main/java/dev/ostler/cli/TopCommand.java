package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.control.Session;
import dev.ostler.supervise.RunRoots;
import dev.ostler.supervise.Supervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code top} command. Loop thread, but the kernel is asked twice on a thread of its own. */
final class TopCommand {
    private static final Duration SPAN = Duration.ofMillis(500);
    private static final Logger LOG = LoggerFactory.getLogger(TopCommand.class);

    private final Supervisor supervisor;
    private final Consumer<Runnable> loop;

    TopCommand(Supervisor supervisor, Consumer<Runnable> loop) {
        this.supervisor = supervisor;
        this.loop = loop;
    }

    void run(List<ServiceName> names, Session session) {
        Map<ServiceName, RunRoots> roots = new LinkedHashMap<>();
        names.forEach(name -> supervisor.roots(name).ifPresent(root -> roots.put(name, root)));
        Thread thread = new Thread(() -> measure(names, roots, session), "top");
        thread.setDaemon(true);
        thread.start();
    }

    private void measure(List<ServiceName> names, Map<ServiceName, RunRoots> roots, Session session) {
        try {
            Map<ServiceName, UsageSample.Usage> before = UsageSample.take(roots);
            Thread.sleep(SPAN.toMillis());
            Map<ServiceName, TopText.Used> used = TopText.between(before, UsageSample.take(roots));
            loop.accept(() -> answer(names, used, session));
        } catch (InterruptedException ignored) { // nobody interrupts it
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("event=top-failed", e);
            loop.accept(() -> {
                session.err("cannot ask the kernel: " + e.getMessage() + "\n");
                session.exit(ExitCode.FAILED);
            });
        }
    }

    private void answer(List<ServiceName> names, Map<ServiceName, TopText.Used> used, Session session) {
        List<TopText.Row> rows = new ArrayList<>();
        for (ServiceName name : names) {
            if (supervisor.service(name).isPresent()) { // a change may have taken it away meanwhile
                var status = supervisor.status(name);
                rows.add(new TopText.Row(
                        name,
                        status.state().toString(),
                        status.restarts().automatic(),
                        Optional.ofNullable(used.get(name))));
            }
        }
        session.out(TopText.of(rows, SPAN));
        session.exit(ExitCode.OK);
    }
}
