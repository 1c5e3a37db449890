package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.linux.Datagram;
import dev.ostler.linux.Errno;
import dev.ostler.notify.NotifyMessage;
import dev.ostler.output.Logs;
import dev.ostler.service.Event;
import dev.ostler.service.Notice;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of the messages of services. Loop thread only. */
final class Notifications {
    /** Complaints about the messages of one run that are told; a program that only sends nonsense may send much of it. */
    private static final int MAX_COMPLAINTS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

    private final Senders senders;
    private final MainProcesses mains;
    private final Logs logs;
    private final DescriptorStore stored;
    private final EventSink events;

    Notifications(Senders senders, MainProcesses mains, Logs logs, DescriptorStore stored, EventSink events) {
        this.stored = stored;
        this.mains = mains;
        this.senders = senders;
        this.logs = logs;
        this.events = events;
    }

    /** Deals with one message of a run; its descriptors stay the caller's. */
    void accept(CompiledService service, LiveRun run, Datagram datagram) {
        Optional<String> objection = senders.objection(service, run, datagram);
        if (objection.isPresent()) {
            complain(run, "notification refused: " + objection.get());
            return;
        }
        NotifyMessage message = NotifyMessage.parse(datagram.bytes());
        message.problems().forEach(problem -> complain(run, "notification not understood: " + problem));
        if (datagram.truncated()) {
            complain(run, "notification cut: more than fits");
        }
        if (message.errno().isPresent()) {
            logs.event(run.key, "reports " + new Errno(message.errno().getAsInt()));
        }
        stored.accept(service, run.key, message.stored(), datagram.descriptors())
                .forEach(problem -> complain(run, problem));
        if (!message.barrier()) { // its descriptor is closed by the taking of the message, when all before is done
            Optional<Pid> main = mainPid(service, run, message);
            events.accept(run.key.service(), new Event.Notified(run.key.run(), notice(message, main)));
        }
    }

    private Optional<Pid> mainPid(CompiledService service, LiveRun run, NotifyMessage message) {
        if (message.mainPid().isEmpty()) {
            return Optional.empty();
        }
        int number = message.mainPid().getAsInt();
        NamedMain named = NamedMain.of(mains.members(), service, run, number);
        named.objection().ifPresent(why -> complain(run, "notification refused: MAINPID=" + number + ": " + why));
        return named.process();
    }

    private void complain(LiveRun run, String text) {
        RunKey key = run.key;
        int count = run.countComplaint();
        if (count <= MAX_COMPLAINTS) {
            LOG.warn("service={} run={} event=notification reason=\"{}\"", key.service(), key.run(), text);
            logs.event(key, count < MAX_COMPLAINTS ? text : text + "; further ones are not told");
        }
    }

    private static Notice notice(NotifyMessage message, Optional<Pid> mainPid) {
        return new Notice(
                message.ready(),
                message.reloading(),
                message.stopping(),
                message.status(),
                message.errno(),
                watchdog(message.watchdog()),
                message.watchdogPeriod(),
                message.extend(),
                mainPid);
    }

    private static Notice.Watchdog watchdog(NotifyMessage.Watchdog sign) {
        return switch (sign) {
            case NONE -> Notice.Watchdog.NONE;
            case ALIVE -> Notice.Watchdog.ALIVE;
            case TRIGGER -> Notice.Watchdog.TRIGGER;
        };
    }
}
