package dev.ostler.plan;

import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.SocketSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A descriptor that a supervised service is born with beside input, output and errors. They are passed behind those, in
 * this order.
 *
 * @param name of a socket; else empty
 * @param target its number in the service
 */
public record PassedDescriptor(Kind kind, String name, int target) {
    /** What it is for. */
    public enum Kind {
        /** A socket that was opened for it. */
        SOCKET,
        /** The write end of a pipe: a line on it says that the service is ready. */
        READY,
        /** Where the launch sends the socket of sd_notify(3) to; closed before the program runs. */
        NOTIFY
    }

    /** Behind input, output and errors. */
    static final int FIRST = 3;

    /** Those of a service: sockets from descriptor 3 on, without a gap (sd_listen_fds(3)). */
    public static List<PassedDescriptor> of(ServiceSpec service) {
        Optional<ReadySpec> ready = service.ready();
        if (service.activation().sockets().isEmpty()
                && ready.isEmpty()
                && service.notifications().isEmpty()) {
            return List.of();
        }
        List<PassedDescriptor> passed = new ArrayList<>();
        int next = FIRST;
        for (SocketSpec socket : service.activation().sockets()) {
            passed.add(new PassedDescriptor(Kind.SOCKET, socket.name(), socket.standardInput() ? 0 : next++));
        }
        ready.map(ReadySpec::proof).ifPresent(proof -> {
            if (proof instanceof ReadySpec.Descriptor descriptor) {
                passed.add(new PassedDescriptor(Kind.READY, "", descriptor.number()));
            }
        });
        if (service.notifications().isPresent()) {
            passed.add(new PassedDescriptor(Kind.NOTIFY, "", firstFree(passed, StoredDescriptors.end(service))));
        }
        return passed;
    }

    private static int firstFree(List<PassedDescriptor> taken, int least) {
        int highest = taken.stream().mapToInt(PassedDescriptor::target).max().orElse(0);
        return Math.max(least, highest + 1);
    }

    Descriptors.Entry entry(int passed) {
        return new Descriptors.Entry(
                target,
                Descriptors.Source.PASSED,
                passed,
                kind == Kind.READY ? Descriptors.S_IFIFO : Descriptors.S_IFSOCK);
    }
}
