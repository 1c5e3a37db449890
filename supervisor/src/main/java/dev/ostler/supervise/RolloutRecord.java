package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a supervisor that takes over in the middle of a change must know beside both configurations.
 *
 * @param back the change has failed, and this is the way back
 * @param restart services that need another run, with the number of their latest run when the change began
 * @param start services that are new, or were stopped and come back
 * @param wereUp services that the change stops, and that somebody had wanted up
 */
public record RolloutRecord(
        boolean back, Map<ServiceName, Integer> restart, Set<ServiceName> start, Set<ServiceName> wereUp) {
    public RolloutRecord {
        restart = Map.copyOf(restart);
        start = Set.copyOf(start);
        wereUp = Set.copyOf(wereUp);
    }

    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeBoolean(back);
            out.writeInt(restart.size());
            for (Map.Entry<ServiceName, Integer> entry : restart.entrySet()) {
                out.writeUTF(entry.getKey().value());
                out.writeInt(entry.getValue());
            }
            names(out, start);
            names(out, wereUp);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    public static RolloutRecord decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            boolean back = in.readBoolean();
            Map<ServiceName, Integer> restart = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                restart.put(new ServiceName(in.readUTF()), in.readInt());
            }
            return new RolloutRecord(back, restart, names(in), names(in));
        } catch (IOException e) {
            throw new UncheckedIOException("record of a change cut short", e);
        }
    }

    private static void names(DataOutputStream out, Set<ServiceName> names) throws IOException {
        out.writeInt(names.size());
        for (ServiceName name : names) {
            out.writeUTF(name.value());
        }
    }

    private static Set<ServiceName> names(DataInputStream in) throws IOException {
        Set<ServiceName> names = new LinkedHashSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            names.add(new ServiceName(in.readUTF()));
        }
        return names;
    }
}
