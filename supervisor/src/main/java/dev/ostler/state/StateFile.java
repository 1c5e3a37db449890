package dev.ostler.state;

import static dev.ostler.linux.LinuxConstants.F_SEAL_SEAL;
import static dev.ostler.linux.LinuxConstants.F_SEAL_SHRINK;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Futex;
import dev.ostler.linux.Memfd;
import dev.ostler.linux.NativeBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Numbered records in a memfd. Each record has two slots; a write goes into the older one and takes effect only when all
 * of it is there, so that a supervisor killed in the middle leaves the value before. Slot layout, little-endian: u64 seq,
 * u32 length, u32 CRC-32 of seq, length and bytes, then the bytes.
 *
 * <p>In front of them is a page with {@code OSTLPAGE}, a number that each write raises, and whether there will be no other (u32
 * each). Who has the file open may read, and wait on the number (futex(2)): a record that is written in the meantime has a checksum
 * that does not fit, and the other slot holds. Loop thread only.
 */
public final class StateFile implements AutoCloseable {
    /** Payload of one slot; a status with its longest texts fits. */
    public static final int MAX_RECORD_BYTES = 4096 - 16;

    private static final long NOT_KNOWN = 0;
    private static final long NEVER_WRITTEN = 1;
    private static final int SLOT_BYTES = 4096;
    private static final int HEADER_BYTES = 16;
    private static final long MAGIC = 0x454741504c54534fL; // OSTLPAGE
    private static final int NUMBER_AT = 8;
    private static final int OVER_AT = 12;

    /** Nobody who gets the file to read can open it to write, but root. */
    private static final int MODE = 0444;

    private final Fd fd;
    private final NativeBuffer buffer = NativeBuffer.allocate(SLOT_BYTES);

    private final Futex number;
    private final CRC32 crc = new CRC32();
    private final byte[] image = new byte[SLOT_BYTES];

    /** What is known of record N: the seq of its newest slot, twice that and one more when it is the second; or one of the next. */
    private long[] newest = new long[0];

    private final long atFirst;

    /** @param atFirst what is known of each record */
    private StateFile(Fd fd, long atFirst) {
        this.fd = fd;
        this.atFirst = atFirst;
        buffer.bytes().order(ByteOrder.LITTLE_ENDIAN);
        number = Futex.map(fd, NUMBER_AT);
    }

    private record Slot(long seq, byte[] bytes) {}

    /** A new one without records. */
    public static StateFile create() {
        Fd fd = Memfd.create("ostler-state");
        NativeBuffer page = NativeBuffer.allocate(SLOT_BYTES);
        page.bytes().putLong(0, MAGIC);
        Descriptors.pwrite(fd, page, 0, SLOT_BYTES, 0);
        Memfd.seal(fd, F_SEAL_SHRINK | F_SEAL_SEAL);
        Memfd.setMode(fd, MODE);
        return new StateFile(fd, NEVER_WRITTEN);
    }

    /** Takes over that of an earlier supervisor, which may have been killed between a write and telling of it. */
    public static StateFile adopt(Fd fd) {
        StateFile state = new StateFile(fd, NOT_KNOWN);
        state.number.advance();
        return state;
    }

    /** For those who only read and wait; the caller's. */
    public Fd readOnly() {
        return Memfd.readOnly(fd);
    }

    /** Nothing is written any more: nobody need wait. */
    public void end() {
        NativeBuffer over = NativeBuffer.allocate(4);
        over.bytes().putInt(0, 1);
        Descriptors.pwrite(fd, over, 0, 4, OVER_AT);
        number.advance();
    }

    /** To be stored with the keeper; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    /** The last complete value; empty when there never was one, or it was cleared. */
    public Optional<byte[]> read(int index) {
        Slot first = readSlot(index, 0);
        Slot second = readSlot(index, 1);
        Slot newer = first.seq() > second.seq() ? first : second;
        return newer.bytes().length == 0 ? Optional.empty() : Optional.of(newer.bytes());
    }

    /** One above the number of the last record that was ever written. */
    public int count() {
        return (int) ((Descriptors.identity(fd).size() - SLOT_BYTES + 2L * SLOT_BYTES - 1) / (2L * SLOT_BYTES));
    }

    /** From now on there is no such record. */
    public void clear(int index) {
        write(index, new byte[0]);
    }

    /** Replaces record {@code index}, from 0. */
    public void write(int index, byte[] bytes) {
        int length = bytes.length;
        if (length > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("state record of " + length + " bytes");
        }
        long known = newest(index);
        int older = (int) (known & 1) ^ 1;
        long seq = (known >>> 1) + 1;
        System.arraycopy(bytes, 0, image, HEADER_BYTES, length);
        putNumber(0, (int) seq);
        putNumber(4, (int) (seq >>> Integer.SIZE));
        putNumber(8, length);
        putNumber(12, checksum(length));
        int whole = HEADER_BYTES + length;
        buffer.bytes().put(0, image, 0, whole);
        newest[index] = NOT_KNOWN; // until all of it is there
        int written = Descriptors.pwrite(fd, buffer, 0, whole, position(index, older));
        if (written != whole) {
            throw new IllegalStateException("state record cut short at " + written + " of " + whole + " bytes");
        }
        newest[index] = seq << 1 | older;
        number.add();
    }

    /** Whoever waits looks at what was written since the last time: after some writes, before this process sleeps. */
    public void tell() {
        number.tell();
    }

    /** Nobody else writes, so each record is looked at once. */
    private long newest(int index) {
        if (index >= newest.length) {
            int known = newest.length;
            newest = Arrays.copyOf(newest, Math.max(index + 64, newest.length * 2));
            Arrays.fill(newest, known, newest.length, atFirst);
        }
        if (newest[index] == NOT_KNOWN) {
            long first = readSlot(index, 0).seq();
            long second = readSlot(index, 1).seq();
            newest[index] = first > second ? first << 1 : second << 1 | 1;
        }
        return newest[index];
    }

    /** A slot that is missing or damaged reads as seq 0. */
    private Slot readSlot(int index, int slot) {
        int got = Descriptors.pread(fd, buffer, 0, SLOT_BYTES, position(index, slot));
        Slot none = new Slot(0, new byte[0]);
        if (got < HEADER_BYTES) {
            return none;
        }
        buffer.bytes().get(0, image, 0, got);
        long seq = buffer.bytes().getLong(0);
        int length = buffer.bytes().getInt(8);
        if (length < 0 || length > got - HEADER_BYTES) {
            return none;
        }
        byte[] bytes = Arrays.copyOfRange(image, HEADER_BYTES, HEADER_BYTES + length);
        return checksum(length) == buffer.bytes().getInt(12) ? new Slot(seq, bytes) : none;
    }

    private void putNumber(int at, int value) {
        image[at] = (byte) value;
        image[at + 1] = (byte) (value >>> 8);
        image[at + 2] = (byte) (value >>> 16);
        image[at + 3] = (byte) (value >>> 24);
    }

    /** Of what is in {@link #image}: seq, the lowest byte of the length, and that many bytes. */
    private int checksum(int length) {
        crc.reset();
        crc.update(image, 0, Long.BYTES + 1);
        crc.update(image, HEADER_BYTES, length);
        return (int) crc.getValue();
    }

    private static long position(int index, int slot) {
        return (1 + (long) index * 2 + slot) * SLOT_BYTES;
    }

    @Override
    public void close() {
        fd.close();
    }
}
