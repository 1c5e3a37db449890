package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.ostler.state.StateFile;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a status says, the next supervisor reads the same. */
class StatusCodecTest {
    private static final ServiceName NAME = new ServiceName("web");

    @Property(tries = 300)
    void everyStatusComesBackAsItWas(@ForAll("statuses") ServiceStatus status) {
        byte[] bytes = StatusCodec.encode(status);

        assertThat(bytes.length).isLessThanOrEqualTo(StateFile.MAX_RECORD_BYTES);
        assertThat(StatusCodec.decode(bytes)).isEqualTo(status);
    }

    @Example
    void theArbitraryCausesAreAllThereAre() {
        assertThat(causes().allValues()).isEmpty(); // not a finite set, so every kind is tried by random
        assertThat(ExitCause.class.getPermittedSubclasses()).hasSize(17);
    }

    @Example
    void theLongestTextsAreCutAndStillFitIntoARecord() {
        String longest = "x".repeat(5_000);
        ExitCause cause = new ExitCause.LaunchFailure(longest);
        RestartRecord restarts = new RestartRecord(
                9_999, 9_999, 9_999, Collections.nCopies(9_999, Long.MAX_VALUE), true, 1, OomRecord.NONE);
        ServiceStatus status = status(
                ServiceState.CLEANING, longest, Optional.of(new Ladder(cause, 1, true, 1)), restarts, longest, cause);

        byte[] bytes = StatusCodec.encode(status);

        assertThat(bytes.length).isLessThanOrEqualTo(StateFile.MAX_RECORD_BYTES);
        ServiceStatus read = StatusCodec.decode(bytes);
        assertThat(longest).startsWith(read.reason());
        assertThat(read.reason()).hasSizeGreaterThan(500);
        assertThat(read.restarts().recentNanos()).hasSize(100);
    }

    @Example
    void aTextIsCutBetweenCharacters() {
        for (String character : List.of("x", "\u00e9", "\u20ac", "\ud83d\ude80")) {
            for (int shift = 0; shift < 4; shift++) {
                String longest = "x".repeat(shift) + character.repeat(1_000);
                ExitCause cause = new ExitCause.LaunchFailure(longest);
                ServiceStatus status =
                        status(ServiceState.FAILED, longest, Optional.empty(), RestartRecord.NONE, longest, cause);

                ServiceStatus read = StatusCodec.decode(StatusCodec.encode(status));

                assertThat(longest)
                        .startsWith(read.reason())
                        .startsWith(read.startOutcome().text());
                assertThat(read.reason().length()).isGreaterThan(600 / 4 - 1);
            }
        }
    }

    @Example
    void aRecordThatIsCutShortIsAnError() {
        byte[] bytes = StatusCodec.encode(ServiceStatus.initial(NAME, new Moment(1, Instant.EPOCH)));

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> StatusCodec.decode(cut)).isInstanceOf(RuntimeException.class);
        }
    }

    private static ServiceStatus status(
            ServiceState state,
            String reason,
            Optional<Ladder> ladder,
            RestartRecord restarts,
            String outcome,
            ExitCause cause) {
        Moment moment = new Moment(123_456_789, Instant.ofEpochMilli(1_700_000_000_123L));
        ExitStatus killed = new ExitStatus(9);
        return new ServiceStatus(
                NAME,
                state,
                Wanted.UP,
                reason,
                moment,
                new Run(
                        7,
                        Optional.of(new Pid(4711)),
                        "guard",
                        moment,
                        Optional.of(new Run.MainExit(killed, 5)),
                        true,
                        notices(state, reason),
                        state == ServiceState.STARTED,
                        dump(reason)),
                8,
                state.isAlive() ? Optional.of(hook(outcome)) : Optional.empty(),
                state.ownsDeadline() ? OptionalLong.of(42) : OptionalLong.empty(),
                ladder,
                state.isEnding(),
                restarts,
                new StartOutcome(StartOutcome.Kind.FAILED, outcome),
                health(reason, moment),
                Optional.of(new Exit(6, cause, Optional.of(killed), Duration.ofNanos(17), moment.wall())));
    }

    /** One with a failure, one without. */
    private static HookRun hook(String failure) {
        boolean failed = failure.length() % 2 == 0 && failure.length() < 200;
        return new HookRun(
                HookSpec.Kind.POST_START,
                8,
                failed ? HookRun.Phase.KILLING : HookRun.Phase.AT_WORK,
                failed ? Optional.of(new Pid(12)) : Optional.empty(),
                failed ? Optional.of(new ExitStatus(256)) : Optional.empty(),
                failed,
                failed ? Optional.of(failure.substring(0, Math.min(failure.length(), 100))) : Optional.empty());
    }

    private static DumpWatch dump(String text) {
        return text.isEmpty()
                ? DumpWatch.NONE
                : new DumpWatch(Optional.of(DumpWatch.Decision.NO_SIGN_OF_LIFE), 5L << 32, 11, text.length());
    }

    private static Notices notices(ServiceState state, String text) {
        boolean ready = state == ServiceState.READY;
        return new Notices(
                ready,
                !ready,
                state.isEnding(),
                text,
                text.length(),
                ready ? Optional.of(Duration.ofNanos(3)) : Optional.empty(),
                ready ? OptionalLong.of(99) : OptionalLong.empty(),
                ready ? Optional.of(new Pid(4712)) : Optional.empty(),
                text.length());
    }

    private static Health health(String text, Moment moment) {
        Health.State state = Health.State.values()[text.length() % 3];
        Optional<Health.Failure> failure =
                text.isEmpty() ? Optional.empty() : Optional.of(new Health.Failure(text, moment.wall()));
        return new Health(state, moment, text.length(), 3, failure);
    }

    @Provide
    Arbitrary<ServiceStatus> statuses() {
        Arbitrary<ServiceState> states = Arbitraries.of(ServiceState.class);
        Arbitrary<RestartRecord> restarts = Arbitraries.longs()
                .list()
                .ofMaxSize(100)
                .map(recent -> new RestartRecord(
                        recent.size(),
                        recent.size(),
                        1,
                        recent,
                        recent.size() == 7,
                        recent.size(),
                        new OomRecord(recent.size(), 2, 3)));
        return Combinators.combine(
                        states,
                        texts(),
                        causes(),
                        restarts,
                        Arbitraries.integers().between(0, 9))
                .as((state, text, cause, record, step) -> status(
                        state,
                        text,
                        state.isEnding()
                                ? Optional.of(new Ladder(cause, step, step % 2 == 0, step, step / 9.0))
                                : Optional.empty(),
                        record,
                        text,
                        cause));
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.strings().withCharRange(' ', '\u07ff').ofMaxLength(120);
    }

    private static Arbitrary<ExitCause> causes() {
        Arbitrary<Requester> who = Arbitraries.of(Requester.class);
        Arbitrary<Integer> numbers = Arbitraries.integers();
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        return Arbitraries.oneOf(List.of(
                Combinators.combine(who, flags).as((by, now) -> (ExitCause) new ExitCause.RequestedStop(by, now)),
                Combinators.combine(who, numbers).as((by, killed) -> (ExitCause) new ExitCause.StopTimeout(by, killed)),
                numbers.map(ExitCause.ExitCode::new),
                Combinators.combine(Arbitraries.integers().between(1, 64), flags)
                        .as((signal, core) -> (ExitCause) new ExitCause.KilledBySignal(new Signal(signal), core)),
                Arbitraries.just(new ExitCause.ExternalStop()),
                Arbitraries.just(new ExitCause.DeclaredSuccess()),
                Combinators.combine(flags, texts()).as((main, text) -> new ExitCause.OutOfMemory(main, text)),
                texts().map(ExitCause.JvmOutOfMemory::new),
                texts().map(text -> new ExitCause.JvmCrash(text, text)),
                numbers.map(ExitCause.PidsLimit::new),
                Arbitraries.longs().map(nanos -> new ExitCause.ProbeTimeout(Duration.ofNanos(nanos))),
                Combinators.combine(numbers, texts())
                        .as((failures, text) -> (ExitCause) new ExitCause.Unhealthy(failures, text)),
                texts().map(text -> new ExitCause.Dependency(new ServiceName("db"), text)),
                Arbitraries.longs().map(nanos -> new ExitCause.Watchdog(Duration.ofNanos(nanos))),
                texts().map(ExitCause.LaunchFailure::new),
                texts().map(text -> new ExitCause.HookFailure(HookSpec.Kind.PRE_START, text)),
                Arbitraries.just(new ExitCause.Lost())));
    }
}
