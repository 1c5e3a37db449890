package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.service.Event;

/** Takes events of services; what they lead to happens before or after the call returns, in the order of the calls. */
@FunctionalInterface
interface EventSink {
    void accept(ServiceName service, Event event);
}
