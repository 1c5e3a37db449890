package dev.ostler.spec;

import java.time.Duration;
import java.util.List;

/**
 * TCP ports that nobody may listen on when a service starts.
 *
 * @param within how long a start waits for that
 */
public record FreePortsSpec(List<Integer> ports, Duration within) {
    public static final FreePortsSpec NONE = new FreePortsSpec(List.of(), Duration.ZERO);

    public FreePortsSpec {
        ports = List.copyOf(ports);
    }
}
