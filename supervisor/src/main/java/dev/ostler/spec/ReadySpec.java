package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a service proves that it is ready; until then nobody asks whether it is healthy.
 *
 * @param timeout from the start of the process; afterwards the start has failed
 */
public record ReadySpec(Proof proof, Duration timeout, Origin origin) {
    public ReadySpec {
        Objects.requireNonNull(proof, "proof");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(origin, "origin");
    }

    /** What proves it. */
    public sealed interface Proof permits ProbeSpec, Told {}

    /** The service tells by itself: nobody asks. */
    public sealed interface Told extends Proof permits Notify, Descriptor {}

    /** It says so by sd_notify(3). */
    public record Notify() implements Told {}

    /** It has written a line to this descriptor, as s6 has it. */
    public record Descriptor(int number) implements Told {}

    /** What it is asked; empty when it tells by itself. */
    public Optional<ProbeSpec> probe() {
        return proof instanceof ProbeSpec probe ? Optional.of(probe) : Optional.empty();
    }
}
