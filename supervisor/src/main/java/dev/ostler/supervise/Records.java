package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.linux.Fd;
import dev.ostler.service.ServiceStatus;
import dev.ostler.state.StateFile;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which state record belongs to which service: the record itself says so, by the name in it. Services come and go; a
 * number is used again. Loop thread only.
 */
final class Records {
    private final StateFile state;
    private final Map<ServiceName, Integer> numbers = new HashMap<>();
    private final BitSet taken = new BitSet();

    /** Finds the records that an earlier supervisor has written. */
    Records(StateFile state) {
        this.state = state;
        for (int number = 0; number < state.count(); number++) {
            Optional<ServiceStatus> status = state.read(number).map(StatusCodec::decode);
            if (status.isPresent()) {
                numbers.put(status.get().name(), number);
                taken.set(number);
            }
        }
    }

    /** Empty when nothing was ever written about the service. */
    Optional<ServiceStatus> read(ServiceName service) {
        return Optional.ofNullable(numbers.get(service)).flatMap(state::read).map(StatusCodec::decode);
    }

    void write(ServiceStatus status) {
        Integer number = numbers.get(status.name());
        if (number == null) {
            number = take();
            numbers.put(status.name(), number);
        }
        state.write(number, StatusCodec.encode(status));
    }

    /** The number of a record; one of a service that nothing was written about yet is written now. */
    int number(ServiceStatus status) {
        if (!numbers.containsKey(status.name())) {
            write(status);
        }
        return numbers.get(status.name());
    }

    private int take() {
        int number = taken.nextClearBit(0);
        taken.set(number);
        return number;
    }

    /** The records, for those who may only read; the caller's. */
    Fd readOnly() {
        return state.readOnly();
    }

    /** Nothing is written any more. */
    void end() {
        state.end();
    }

    /** The service is no more. */
    void forget(ServiceName service) {
        Integer number = numbers.remove(service);
        if (number != null) {
            state.clear(number);
            taken.clear(number);
        }
    }

    /** Forgets all that {@code known} does not hold: a supervisor was killed before it had done so itself. */
    void retain(Collection<ServiceName> known) {
        for (ServiceName name : List.copyOf(numbers.keySet())) {
            if (!known.contains(name)) {
                forget(name);
            }
        }
    }
}
