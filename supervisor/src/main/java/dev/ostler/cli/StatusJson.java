package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.cgroup.CgroupUsage;
import dev.ostler.linux.Errno;
import dev.ostler.plan.Degraded;
import dev.ostler.service.Exit;
import dev.ostler.service.Health;
import dev.ostler.service.HookRun;
import dev.ostler.service.Notices;
import dev.ostler.service.ServiceStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** What {@code status --json} prints. Pure; the first use loads Jackson. */
final class StatusJson {
    private static final JsonFactory JSON = new JsonFactory();

    private StatusJson() {}

    static String of(List<StatusReport.Entry> entries) {
        return of(entries, List.of());
    }

    /** @param changed files that differ from what is in force */
    static String of(List<StatusReport.Entry> entries, List<String> changed) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeArrayFieldStart("services");
            for (StatusReport.Entry entry : entries) {
                write(json, entry);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("configuration_changed");
            for (String file : changed) {
                json.writeString(file);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }

    private static void write(JsonGenerator json, StatusReport.Entry entry) throws IOException {
        ServiceStatus status = entry.status();
        json.writeStartObject();
        json.writeStringField("name", status.name().value());
        json.writeStringField("state", status.state().toString());
        json.writeStringField("wanted", status.wanted().toString());
        json.writeStringField("reason", status.reason());
        json.writeNumberField("run", status.run().number());
        json.writeNumberField("restarts", status.restarts().automatic());
        json.writeBooleanField("gave_up", status.restarts().gaveUp());
        json.writeNumberField("oom_kills", status.restarts().oom().total());
        if (status.nextTry().isPresent()) {
            json.writeStringField(
                    "next_try",
                    status.nextTry().get().truncatedTo(ChronoUnit.MILLIS).toString());
        }
        if (entry.nextRun().isPresent()) {
            json.writeStringField(
                    "next_run",
                    entry.nextRun().get().truncatedTo(ChronoUnit.MILLIS).toString());
        }
        if (status.state().isAlive() && status.run().pid().isPresent()) {
            json.writeNumberField("pid", status.run().pid().map(Pid::value).orElseThrow());
            json.writeStringField(
                    "started",
                    status.run().started().wall().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("stop_by", status.run().means());
        }
        if (status.hook().isPresent()) {
            writeHook(json, status.hook().get());
        }
        if (status.state().isAlive()) {
            writeNotices(json, status.run().notices());
        }
        if (!entry.stored().isEmpty()) {
            json.writeArrayFieldStart("stored_descriptors");
            for (String name : entry.stored()) {
                json.writeString(name);
            }
            json.writeEndArray();
        }
        if (entry.usage().isPresent()) {
            writeUsage(json, entry.usage().get());
        }
        if (entry.probe().isPresent()) {
            json.writeStringField("probe", entry.probe().get());
        } else if (entry.heldUpBy().isPresent()) {
            json.writeStringField("obstacle", entry.heldUpBy().get());
        }
        if (entry.health().isPresent()) {
            writeHealth(json, entry.health().get());
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

    private static void writeHook(JsonGenerator json, HookRun hook) throws IOException {
        json.writeObjectFieldStart("hook");
        json.writeStringField("kind", hook.kind().toString());
        json.writeNumberField("run", hook.run());
        if (hook.pid().isPresent()) {
            json.writeNumberField("pid", hook.pid().get().value());
        }
        json.writeEndObject();
    }

    private static void writeNotices(JsonGenerator json, Notices notices) throws IOException {
        if (!notices.status().isEmpty()) {
            json.writeStringField("status_text", notices.status());
        }
        if (notices.errno() != 0) {
            json.writeStringField("errno", new Errno(notices.errno()).name());
        }
        if (notices.reloading()) {
            json.writeBooleanField("reloading", true);
        }
        if (notices.stopping()) {
            json.writeBooleanField("stopping", true);
        }
    }

    private static void writeUsage(JsonGenerator json, CgroupUsage usage) throws IOException {
        json.writeObjectFieldStart("cgroup");
        json.writeNumberField("id", usage.id());
        if (usage.memoryBytes().isPresent()) {
            json.writeNumberField("memory_bytes", usage.memoryBytes().get());
        }
        if (usage.pids().isPresent()) {
            json.writeNumberField("pids", usage.pids().get());
        }
        json.writeObjectFieldStart("pressure");
        for (Map.Entry<String, Double> share : usage.pressure().entrySet()) {
            json.writeNumberField(share.getKey(), share.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeHealth(JsonGenerator json, Health health) throws IOException {
        json.writeObjectFieldStart("health");
        json.writeStringField("state", health.state().toString());
        json.writeStringField(
                "since", health.since().wall().truncatedTo(ChronoUnit.MILLIS).toString());
        json.writeNumberField("failures", health.failures());
        if (health.lastFailure().isPresent()) {
            Health.Failure failure = health.lastFailure().get();
            json.writeObjectFieldStart("last_failure");
            json.writeStringField("text", failure.text());
            json.writeStringField(
                    "at", failure.at().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeEndObject();
        }
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
