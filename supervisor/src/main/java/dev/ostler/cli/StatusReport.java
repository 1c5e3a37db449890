package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.plan.Degraded;
import dev.ostler.service.Exit;
import dev.ostler.service.ServiceStatus;
import dev.ostler.supervise.CompiledService;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code status} prints. Pure. */
final class StatusReport {
    private static final List<String> HEAD =
            List.of("SERVICE", "STATE", "PID", "UPTIME", "RESTARTS", "STOP BY", "REASON");
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * One service.
     *
     * @param probe why its probe has not succeeded yet
     */
    record Entry(CompiledService service, ServiceStatus status, Optional<String> probe) {}

    private StatusReport() {}

    static String text(List<Entry> entries, long nowNanos) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        entries.forEach(entry -> rows.add(row(entry, nowNanos)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        rows.forEach(row -> appendRow(out, row, widths));
        entries.forEach(entry -> entry.service()
                .degraded()
                .forEach(text -> out.append("degraded: ").append(text).append('\n')));
        return out.toString();
    }

    private static void appendRow(StringBuilder out, List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static List<String> row(Entry entry, long nowNanos) {
        ServiceStatus status = entry.status();
        boolean alive = status.state().isAlive() && status.run().pid().isPresent();
        return List.of(
                status.name().value(),
                status.state().toString(),
                alive ? status.run().pid().orElseThrow().toString() : "-",
                alive ? uptime(nowNanos - status.run().started().monotonicNanos()) : "-",
                Integer.toString(status.restarts().automatic()),
                alive ? status.run().means() : "-",
                entry.probe().map(failure -> status.reason() + "; " + failure).orElse(status.reason()));
    }

    private static String uptime(long nanos) {
        Duration up = Duration.ofNanos(Math.max(0, nanos));
        if (up.toDays() > 0) {
            return up.toDays() + "d" + up.toHoursPart() + "h";
        }
        if (up.toHours() > 0) {
            return up.toHours() + "h" + up.toMinutesPart() + "m";
        }
        return up.toMinutes() > 0 ? up.toMinutes() + "m" + up.toSecondsPart() + "s" : up.toSeconds() + "s";
    }

    static String json(List<Entry> entries) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeArrayFieldStart("services");
            for (Entry entry : entries) {
                write(json, entry);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }

    private static void write(JsonGenerator json, Entry entry) throws IOException {
        ServiceStatus status = entry.status();
        json.writeStartObject();
        json.writeStringField("name", status.name().value());
        json.writeStringField("state", status.state().toString());
        json.writeStringField("wanted", status.wanted().toString());
        json.writeStringField("reason", status.reason());
        json.writeNumberField("run", status.run().number());
        json.writeNumberField("restarts", status.restarts().automatic());
        if (status.state().isAlive() && status.run().pid().isPresent()) {
            json.writeNumberField("pid", status.run().pid().map(Pid::value).orElseThrow());
            json.writeStringField(
                    "started",
                    status.run().started().wall().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("stop_by", status.run().means());
        }
        if (entry.probe().isPresent()) {
            json.writeStringField("probe", entry.probe().get());
        }
        if (status.lastExit().isPresent()) {
            writeExit(json, status.lastExit().get());
        }
        json.writeArrayFieldStart("degraded");
        for (Degraded degraded : entry.service().degraded()) {
            json.writeString(degraded.toString());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeExit(JsonGenerator json, Exit exit) throws IOException {
        json.writeObjectFieldStart("last_exit");
        json.writeNumberField("run", exit.run());
        json.writeStringField("cause", exit.cause().kind());
        json.writeStringField("text", exit.describe());
        if (exit.status().isPresent()) {
            ExitStatus status = exit.status().get();
            if (status.isExited()) {
                json.writeNumberField("code", status.code());
            } else {
                json.writeStringField("signal", status.signal().orElseThrow().toString());
                json.writeBooleanField("core", status.dumpedCore());
            }
        }
        json.writeNumberField("ran_ms", exit.ran().toMillis());
        json.writeStringField("at", exit.at().truncatedTo(ChronoUnit.MILLIS).toString());
        json.writeEndObject();
    }
}
