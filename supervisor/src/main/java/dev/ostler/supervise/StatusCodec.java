package dev.ostler.supervise;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.service.DumpWatch;
import dev.ostler.service.Exit;
import dev.ostler.service.ExitCause;
import dev.ostler.service.Health;
import dev.ostler.service.HookRun;
import dev.ostler.service.Ladder;
import dev.ostler.service.Milestone;
import dev.ostler.service.Moment;
import dev.ostler.service.Notices;
import dev.ostler.service.OomRecord;
import dev.ostler.service.Requester;
import dev.ostler.service.RestartRecord;
import dev.ostler.service.Run;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.StartOutcome;
import dev.ostler.service.Wanted;
import dev.ostler.spec.HookSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A status as the bytes of a state record. Read only by the same version that wrote it, as both share one keeper. In front is
 * what clients read too: u8 bits of {@link Milestone}; name, state and reason, each with a u16 of its length, big-endian. Pure.
 */
final class StatusCodec {
    /** Texts are cut here, so that a record always fits; enough for call, object, errno and origin. */
    private static final int MAX_TEXT_BYTES = 512;

    /** Why a hook failed, the answer of a probe, what the service says of itself. */
    private static final int MAX_SHORT_TEXT_BYTES = 240;

    /** What most runs, services and probes have. */
    private static final byte[] NO_NOTICES = noNotices();

    private static final byte[] NO_DUMP = noDump();
    private static final byte[] NO_RESTARTS = noRestarts();

    private StatusCodec() {}

    private static byte[] noNotices() {
        RecordBytes out = new RecordBytes();
        written(out, Notices.NONE);
        return out.toByteArray();
    }

    private static byte[] noDump() {
        RecordBytes out = new RecordBytes();
        written(out, DumpWatch.NONE);
        return out.toByteArray();
    }

    private static byte[] noRestarts() {
        RecordBytes out = new RecordBytes();
        written(out, RestartRecord.NONE);
        return out.toByteArray();
    }

    static byte[] encode(ServiceStatus status) {
        RecordBytes out = new RecordBytes();
        out.putByte(Milestone.bits(status));
        text(out, status.name().value());
        text(out, status.state().toString());
        text(out, status.reason());
        out.putByte(status.state().ordinal());
        out.putByte(status.wanted().ordinal());
        moment(out, status.since());
        run(out, status.run());
        out.putInt(status.lastRun());
        out.putBoolean(status.hook().isPresent());
        if (status.hook().isPresent()) {
            hook(out, status.hook().get());
        }
        out.putBoolean(status.deadlineNanos().isPresent());
        out.putLong(status.deadlineNanos().orElse(0));
        out.putBoolean(status.ladder().isPresent());
        if (status.ladder().isPresent()) {
            ladder(out, status.ladder().get());
        }
        out.putBoolean(status.startAgain());
        restarts(out, status.restarts());
        out.putByte(status.startOutcome().kind().ordinal());
        text(out, status.startOutcome().text());
        health(out, status.health());
        out.putBoolean(status.lastExit().isPresent());
        if (status.lastExit().isPresent()) {
            exit(out, status.lastExit().get());
        }
        return out.toByteArray();
    }

    static ServiceStatus decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            in.readByte(); // for those who wait
            ServiceName name = new ServiceName(text(in));
            text(in);
            String reason = text(in);
            return new ServiceStatus(
                    name,
                    ServiceState.values()[in.readByte()],
                    Wanted.values()[in.readByte()],
                    reason,
                    moment(in),
                    run(in),
                    in.readInt(),
                    in.readBoolean() ? Optional.of(hook(in)) : Optional.empty(),
                    deadline(in.readBoolean(), in.readLong()),
                    in.readBoolean() ? Optional.of(ladder(in)) : Optional.empty(),
                    in.readBoolean(),
                    restarts(in),
                    new StartOutcome(StartOutcome.Kind.values()[in.readByte()], text(in)),
                    health(in),
                    in.readBoolean() ? Optional.of(exit(in)) : Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException("state record cut short", e);
        }
    }

    private static OptionalLong deadline(boolean present, long nanos) {
        return present ? OptionalLong.of(nanos) : OptionalLong.empty();
    }

    private static void run(RecordBytes out, Run run) {
        out.putInt(run.number());
        out.putInt(run.pid().map(Pid::value).orElse(0));
        text(out, run.means());
        moment(out, run.started());
        out.putBoolean(run.mainExit().isPresent());
        if (run.mainExit().isPresent()) {
            out.putInt(run.mainExit().get().status().raw());
            out.putLong(run.mainExit().get().endedNanos());
        }
        out.putBoolean(run.treeGone());
        notices(out, run.notices());
        out.putBoolean(run.awaitsMain());
        dump(out, run.dump());
    }

    private static Run run(DataInputStream in) throws IOException {
        int number = in.readInt();
        int pid = in.readInt();
        return new Run(
                number,
                pid == 0 ? Optional.empty() : Optional.of(new Pid(pid)),
                text(in),
                moment(in),
                in.readBoolean()
                        ? Optional.of(new Run.MainExit(new ExitStatus(in.readInt()), in.readLong()))
                        : Optional.empty(),
                in.readBoolean(),
                notices(in),
                in.readBoolean(),
                dump(in));
    }

    private static void dump(RecordBytes out, DumpWatch dump) {
        if (dump == DumpWatch.NONE) {
            out.put(NO_DUMP, NO_DUMP.length);
        } else {
            written(out, dump);
        }
    }

    private static void written(RecordBytes out, DumpWatch dump) {
        out.putByte(dump.asked().map(Enum::ordinal).orElse(-1));
        out.putLong(dump.bytes());
        out.putLong(dump.sinceNanos());
        out.putLong(dump.lookedNanos());
    }

    private static DumpWatch dump(DataInputStream in) throws IOException {
        int asked = in.readByte();
        return new DumpWatch(
                asked < 0 ? Optional.empty() : Optional.of(DumpWatch.Decision.values()[asked]),
                in.readLong(),
                in.readLong(),
                in.readLong());
    }

    private static void notices(RecordBytes out, Notices notices) {
        if (notices == Notices.NONE) {
            out.put(NO_NOTICES, NO_NOTICES.length);
        } else {
            written(out, notices);
        }
    }

    private static void written(RecordBytes out, Notices notices) {
        out.putBoolean(notices.ready());
        out.putBoolean(notices.reloading());
        out.putBoolean(notices.stopping());
        text(out, notices.status(), MAX_SHORT_TEXT_BYTES);
        out.putInt(notices.errno());
        out.putBoolean(notices.watchdogPeriod().isPresent());
        out.putLong(notices.watchdogPeriod().map(Duration::toNanos).orElse(0L));
        out.putBoolean(notices.watchdogDueNanos().isPresent());
        out.putLong(notices.watchdogDueNanos().orElse(0));
        out.putInt(notices.mainPid().map(Pid::value).orElse(0));
        out.putInt(notices.reloads());
    }

    private static Notices notices(DataInputStream in) throws IOException {
        return new Notices(
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean(),
                text(in),
                in.readInt(),
                period(in.readBoolean(), in.readLong()),
                deadline(in.readBoolean(), in.readLong()),
                pid(in.readInt()),
                in.readInt());
    }

    private static Optional<Pid> pid(int number) {
        return number == 0 ? Optional.empty() : Optional.of(new Pid(number));
    }

    private static Optional<Duration> period(boolean present, long nanos) {
        return present ? Optional.of(Duration.ofNanos(nanos)) : Optional.empty();
    }

    private static void hook(RecordBytes out, HookRun hook) {
        out.putByte(hook.kind().ordinal());
        out.putInt(hook.run());
        out.putByte(hook.phase().ordinal());
        out.putInt(hook.pid().map(Pid::value).orElse(0));
        out.putBoolean(hook.exit().isPresent());
        out.putInt(hook.exit().map(ExitStatus::raw).orElse(0));
        out.putBoolean(hook.treeGone());
        out.putBoolean(hook.failure().isPresent());
        text(out, hook.failure().orElse(""), MAX_SHORT_TEXT_BYTES);
    }

    private static HookRun hook(DataInputStream in) throws IOException {
        HookSpec.Kind kind = HookSpec.Kind.values()[in.readByte()];
        int run = in.readInt();
        HookRun.Phase phase = HookRun.Phase.values()[in.readByte()];
        int pid = in.readInt();
        boolean ended = in.readBoolean();
        int raw = in.readInt();
        boolean treeGone = in.readBoolean();
        boolean failed = in.readBoolean();
        String failure = text(in);
        return new HookRun(
                kind,
                run,
                phase,
                pid == 0 ? Optional.empty() : Optional.of(new Pid(pid)),
                ended ? Optional.of(new ExitStatus(raw)) : Optional.empty(),
                treeGone,
                failed ? Optional.of(failure) : Optional.empty());
    }

    private static void ladder(RecordBytes out, Ladder ladder) {
        cause(out, ladder.cause());
        out.putInt(ladder.nextStep());
        out.putBoolean(ladder.killing());
        out.putInt(ladder.killed());
        out.putDouble(ladder.share());
    }

    private static Ladder ladder(DataInputStream in) throws IOException {
        return new Ladder(cause(in), in.readInt(), in.readBoolean(), in.readInt(), in.readDouble());
    }

    private static void restarts(RecordBytes out, RestartRecord record) {
        if (record == RestartRecord.NONE) {
            out.put(NO_RESTARTS, NO_RESTARTS.length);
        } else {
            written(out, record);
        }
    }

    private static void written(RecordBytes out, RestartRecord record) {
        out.putInt(record.automatic());
        out.putInt(record.inARow());
        out.putInt(record.delayed());
        List<Long> recent = record.recentNanos();
        int kept = Math.min(recent.size(), 100); // more than any sensible limit, and bounds the record
        out.putByte(kept);
        for (long nanos : recent.subList(recent.size() - kept, recent.size())) {
            out.putLong(nanos);
        }
        out.putBoolean(record.gaveUp());
        out.putLong(record.budgetNanos());
        out.putInt(record.oom().run());
        out.putLong(record.oom().ofRun());
        out.putLong(record.oom().total());
    }

    private static RestartRecord restarts(DataInputStream in) throws IOException {
        int automatic = in.readInt();
        int inARow = in.readInt();
        int delayed = in.readInt();
        List<Long> recent = new ArrayList<>();
        for (int left = in.readByte(); left > 0; left--) {
            recent.add(in.readLong());
        }
        return new RestartRecord(automatic, inARow, delayed, recent, in.readBoolean(), in.readLong(), oom(in));
    }

    private static OomRecord oom(DataInputStream in) throws IOException {
        return new OomRecord(in.readInt(), in.readLong(), in.readLong());
    }

    private static void health(RecordBytes out, Health health) {
        out.putByte(health.state().ordinal());
        moment(out, health.since());
        out.putInt(health.failures());
        out.putInt(health.successes());
        out.putBoolean(health.lastFailure().isPresent());
        if (health.lastFailure().isPresent()) {
            text(out, health.lastFailure().get().text(), MAX_SHORT_TEXT_BYTES);
            out.putLong(health.lastFailure().get().at().toEpochMilli());
        }
    }

    private static Health health(DataInputStream in) throws IOException {
        return new Health(
                Health.State.values()[in.readByte()],
                moment(in),
                in.readInt(),
                in.readInt(),
                in.readBoolean()
                        ? Optional.of(new Health.Failure(text(in), Instant.ofEpochMilli(in.readLong())))
                        : Optional.empty());
    }

    private static void exit(RecordBytes out, Exit exit) {
        out.putInt(exit.run());
        cause(out, exit.cause());
        out.putBoolean(exit.status().isPresent());
        out.putInt(exit.status().map(ExitStatus::raw).orElse(0));
        out.putLong(exit.ran().toNanos());
        out.putLong(exit.at().toEpochMilli());
    }

    private static Exit exit(DataInputStream in) throws IOException {
        int run = in.readInt();
        ExitCause cause = cause(in);
        boolean hasStatus = in.readBoolean();
        int raw = in.readInt();
        return new Exit(
                run,
                cause,
                hasStatus ? Optional.of(new ExitStatus(raw)) : Optional.empty(),
                Duration.ofNanos(in.readLong()),
                Instant.ofEpochMilli(in.readLong()));
    }

    private static void cause(RecordBytes out, ExitCause cause) {
        text(out, cause.kind());
        if (cause instanceof ExitCause.RequestedStop stop) {
            out.putByte(stop.by().ordinal());
            out.putBoolean(stop.immediately());
        } else if (cause instanceof ExitCause.StopTimeout timeout) {
            out.putByte(timeout.by().ordinal());
            out.putInt(timeout.killed());
        } else if (cause instanceof ExitCause.ExitCode code) {
            out.putInt(code.code());
        } else if (cause instanceof ExitCause.KilledBySignal signal) {
            out.putByte(signal.signal().number());
            out.putBoolean(signal.dumpedCore());
        } else if (cause instanceof ExitCause.OutOfMemory oom) {
            out.putBoolean(oom.main());
            text(out, oom.memory());
        } else if (cause instanceof ExitCause.JvmOutOfMemory jvm) {
            text(out, jvm.detail());
        } else if (cause instanceof ExitCause.JvmCrash crash) {
            text(out, crash.error());
            text(out, crash.report());
        } else if (cause instanceof ExitCause.PidsLimit pids) {
            out.putLong(pids.denied());
        } else if (cause instanceof ExitCause.ProbeTimeout probe) {
            out.putBoolean(false);
            out.putLong(probe.timeout().toNanos());
        } else if (cause instanceof ExitCause.Unhealthy unhealthy) {
            out.putBoolean(true);
            out.putInt(unhealthy.failures());
            text(out, unhealthy.lastFailure());
        } else if (cause instanceof ExitCause.Watchdog watchdog) {
            out.putLong(watchdog.silence().toNanos());
        } else if (cause instanceof ExitCause.Dependency dependency) {
            text(out, dependency.dependency().value());
            text(out, dependency.why());
        } else if (cause instanceof ExitCause.HookFailure failure) {
            out.putByte(failure.hook().ordinal());
            text(out, failure.why());
        } else if (cause instanceof ExitCause.LaunchFailure launch) {
            text(out, launch.text());
        }
    }

    private static ExitCause cause(DataInputStream in) throws IOException {
        String kind = text(in);
        return switch (kind) {
            case "requested-stop" -> new ExitCause.RequestedStop(Requester.values()[in.readByte()], in.readBoolean());
            case "stop-timeout" -> new ExitCause.StopTimeout(Requester.values()[in.readByte()], in.readInt());
            case "exit-code" -> new ExitCause.ExitCode(in.readInt());
            case "success" -> new ExitCause.DeclaredSuccess();
            case "signal" -> new ExitCause.KilledBySignal(new Signal(in.readByte()), in.readBoolean());
            case "external-stop" -> new ExitCause.ExternalStop();
            case "oom" -> new ExitCause.OutOfMemory(in.readBoolean(), text(in));
            case "jvm-oom" -> new ExitCause.JvmOutOfMemory(text(in));
            case "jvm-crash" -> new ExitCause.JvmCrash(text(in), text(in));
            case "pids-limit" -> new ExitCause.PidsLimit(in.readLong());
            case "probe" ->
                in.readBoolean()
                        ? new ExitCause.Unhealthy(in.readInt(), text(in))
                        : new ExitCause.ProbeTimeout(Duration.ofNanos(in.readLong()));
            case "watchdog" -> new ExitCause.Watchdog(Duration.ofNanos(in.readLong()));
            case "dependency" -> new ExitCause.Dependency(new ServiceName(text(in)), text(in));
            case "launch" -> new ExitCause.LaunchFailure(text(in));
            case "hook" -> new ExitCause.HookFailure(HookSpec.Kind.values()[in.readByte()], text(in));
            case "lost" -> new ExitCause.Lost();
            default -> throw new IllegalArgumentException("exit cause \"" + kind + "\" in a state record");
        };
    }

    private static void moment(RecordBytes out, Moment moment) {
        out.putLong(moment.monotonicNanos());
        out.putLong(moment.wall().toEpochMilli());
    }

    private static Moment moment(DataInputStream in) throws IOException {
        return new Moment(in.readLong(), Instant.ofEpochMilli(in.readLong()));
    }

    private static void text(RecordBytes out, String text) {
        text(out, text, MAX_TEXT_BYTES);
    }

    private static void text(RecordBytes out, String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, maxBytes);
        while (length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
            length--; // not within a character: 10xxxxxx is never the first byte of one (utf-8(7))
        }
        out.putShort(length);
        out.put(bytes, length);
    }

    private static String text(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
