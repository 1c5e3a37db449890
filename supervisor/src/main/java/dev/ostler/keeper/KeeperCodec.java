package dev.ostler.keeper;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Bytes of the keeper protocol; mirrors launcher-native/src/proto.h. Pure. */
public final class KeeperCodec {
    /** Upper bound of a packet, both ways. */
    public static final int MAX_PACKET_BYTES = 64 * 1024;

    /** Version that HELLO must carry. */
    public static final int VERSION = 1;

    static final int HEADER_BYTES = 16;
    static final int NAME_BYTES = 128;
    private static final int SERVICE_BYTES = ServiceName.MAX_LENGTH + 1;
    private static final int REFUSAL_BYTES = 256;
    private static final int KEY_BYTES = 4 + SERVICE_BYTES;

    /** A bit for each of 256. */
    private static final int CODES_BYTES = 32;

    private static final int SPAWN_DECIDING = 1;
    private static final int SPAWN_CGROUP = 2;

    private KeeperCodec() {}

    /** One whole packet with one record. */
    public static ByteBuffer encode(int seq, KeeperRequest request) {
        ByteBuffer out = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        out.position(HEADER_BYTES);
        int type = writePayload(out, request);
        out.putInt(0, out.position()).putShort(4, (short) type).putInt(8, seq);
        return out.flip();
    }

    private static int writePayload(ByteBuffer out, KeeperRequest request) {
        if (request instanceof KeeperRequest.Spawn spawn) {
            putSpawn(out, spawn);
            return 1;
        } else if (request instanceof KeeperRequest.Store store) {
            putText(out, store.name(), NAME_BYTES);
            return 2;
        } else if (request instanceof KeeperRequest.Drop drop) {
            putText(out, drop.name(), NAME_BYTES);
            return 3;
        } else if (request instanceof KeeperRequest.Exit exit) {
            out.putInt(exit.code());
            return 4;
        } else if (request instanceof KeeperRequest.ListFrom list) {
            out.putInt(list.cursor());
            return 5;
        } else if (request instanceof KeeperRequest.Ack ack) {
            putKey(out, ack.key());
            return 6;
        } else if (request instanceof KeeperRequest.Detach detach) {
            out.putInt(detach.code());
            return 7;
        } else if (request instanceof KeeperRequest.Follow follow) {
            putKey(out, follow.key());
            out.putInt(follow.number());
            return 9;
        } else if (request instanceof KeeperRequest.Arm arm) {
            putSpawn(out, arm.spawn());
            out.putInt(arm.after()).putInt(0);
            out.putLong(arm.notBeforeNanos()).putLong(bits(arm.signals()));
            arm.codes().forEach(code -> setBit(out, code));
            out.position(out.position() + CODES_BYTES);
            return 10;
        } else if (request instanceof KeeperRequest.Disarm disarm) {
            putKey(out, disarm.after());
            return 11;
        } else if (request instanceof KeeperRequest.DisarmAll) {
            out.position(out.position() + KEY_BYTES); // a key of nobody
            return 11;
        }
        return 8; // Adopted has no payload
    }

    private static void putSpawn(ByteBuffer out, KeeperRequest.Spawn spawn) {
        putKey(out, spawn.key());
        out.putInt(spawn.stopSignal().number());
        out.putInt((int) Math.min(Integer.MAX_VALUE, spawn.grace().toMillis()));
        out.putInt(spawn.rank());
        out.putInt((spawn.deciding() ? SPAWN_DECIDING : 0) | (spawn.intoCgroup() ? SPAWN_CGROUP : 0));
    }

    /** Signal N is bit N - 1. */
    private static long bits(Set<Signal> signals) {
        long bits = 0;
        for (Signal signal : signals) {
            bits |= 1L << (signal.number() - 1);
        }
        return bits;
    }

    private static void setBit(ByteBuffer out, int bit) {
        int at = out.position() + bit / Byte.SIZE;
        out.put(at, (byte) (out.get(at) | 1 << bit % Byte.SIZE));
    }

    /**
     * All records of one packet.
     *
     * @throws IllegalArgumentException when the bytes are not of this protocol: the two programs do not belong together
     */
    public static List<KeeperEvent> decode(ByteBuffer packet) {
        try {
            return decodeAll(packet);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("keeper record is cut short", e);
        }
    }

    private static List<KeeperEvent> decodeAll(ByteBuffer packet) {
        ByteBuffer in = packet.slice().order(ByteOrder.LITTLE_ENDIAN);
        List<KeeperEvent> events = new ArrayList<>(1);
        while (in.hasRemaining()) {
            if (in.remaining() < HEADER_BYTES) {
                throw new IllegalArgumentException("keeper record of " + in.remaining() + " bytes");
            }
            int start = in.position();
            int length = in.getInt(start);
            if (length < HEADER_BYTES || length > in.remaining()) {
                throw new IllegalArgumentException("keeper record claims " + length + " bytes");
            }
            ByteBuffer payload =
                    in.slice(start + HEADER_BYTES, length - HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            events.add(decodeOne(in.getShort(start + 4), in.getInt(start + 8), payload));
            in.position(start + length);
        }
        return events;
    }

    private static KeeperEvent decodeOne(int type, int seq, ByteBuffer in) {
        return switch (type) {
            case 64 -> new KeeperEvent.Ok(seq);
            case 65 -> new KeeperEvent.Refused(seq, in.getInt());
            case 80 -> hello(in);
            case 81 -> spawned(in);
            case 82 -> new KeeperEvent.Running(key(in), in.getInt(), in.getInt());
            case 83 -> failed(in);
            case 84 -> exited(in);
            case 85 -> new KeeperEvent.Gone(key(in), in.getInt());
            case 86 -> new KeeperEvent.SignalReceived(new Signal(in.getInt()));
            case 87 -> new KeeperEvent.Followed(key(in), new Pid(in.getInt()), in.getInt());
            case 91 -> new KeeperEvent.Stored(text(in, NAME_BYTES));
            case 92 -> new KeeperEvent.ListEnd(in.getInt());
            default -> throw new IllegalArgumentException("keeper record type " + type);
        };
    }

    private static KeeperEvent hello(ByteBuffer in) {
        int version = in.getInt();
        int children = in.getInt();
        int stored = in.getInt();
        int flags = in.getInt();
        return new KeeperEvent.Hello(
                version,
                children,
                stored,
                (flags & 1) != 0,
                (flags & 2) != 0,
                (flags & 4) != 0,
                in.getInt(),
                in.getInt());
    }

    private static KeeperEvent spawned(ByteBuffer in) {
        RunKey key = key(in);
        Pid pid = new Pid(in.getInt());
        boolean guarded = in.getInt() == 1;
        return new KeeperEvent.Spawned(
                key, pid, guarded, in.getLong(), Instant.ofEpochMilli(in.getLong()), in.getInt(), in.getInt() == 1);
    }

    private static KeeperEvent failed(ByteBuffer in) {
        RunKey key = key(in);
        KeeperEvent.Failed.Kind kind = KeeperEvent.Failed.Kind.values()[in.getInt() - 1];
        int value = in.getInt();
        byte[] refusal = new byte[REFUSAL_BYTES];
        in.get(refusal);
        return new KeeperEvent.Failed(key, kind, value, refusal);
    }

    private static KeeperEvent exited(ByteBuffer in) {
        RunKey key = key(in);
        ExitStatus status = new ExitStatus(in.getInt());
        boolean gone = in.getInt() == 1;
        return new KeeperEvent.Exited(
                key, status, gone, micros(in.getLong()), micros(in.getLong()), in.getLong(), in.getLong(), in.getInt());
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }

    private static RunKey key(ByteBuffer in) {
        int run = in.getInt();
        return new RunKey(new ServiceName(text(in, SERVICE_BYTES)), run);
    }

    private static void putKey(ByteBuffer out, RunKey key) {
        out.putInt(key.run());
        putText(out, key.service().value(), SERVICE_BYTES);
    }

    private static void putText(ByteBuffer out, String text, int width) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= width) {
            throw new IllegalArgumentException("name longer than " + (width - 1) + " bytes: " + text);
        }
        out.put(bytes).position(out.position() + width - bytes.length);
    }

    private static String text(ByteBuffer in, int width) {
        byte[] bytes = new byte[width];
        in.get(bytes);
        int length = 0;
        while (length < width && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
