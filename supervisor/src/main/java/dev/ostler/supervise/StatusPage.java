package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.linux.Fd;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client needs to look at the statuses of services by itself, as they are and as they become, with or without a
 * supervisor.
 *
 * @param file of the records, read-only; the receiver's
 * @param records their numbers in it
 */
public record StatusPage(Fd file, Map<ServiceName, Integer> records) {
    public StatusPage {
        records = new LinkedHashMap<>(records);
    }
}
