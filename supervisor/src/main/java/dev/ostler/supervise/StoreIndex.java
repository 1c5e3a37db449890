package dev.ostler.supervise;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the keeper is given beside the descriptors that one service has stored, as it knows nothing of them but a short name.
 *
 * @param items in the order in which they came
 * @param lastNumber the highest number that one of them ever had
 * @param run the latest run that was given some, 0 = none
 * @param given the names of those, in their order
 */
record StoreIndex(List<Item> items, int lastNumber, int run, List<String> given) {
    static final StoreIndex EMPTY = new StoreIndex(List.of(), 0, 0, List.of());

    /** More than any index has: names have 255 bytes at most, and there are few. */
    static final int MOST_BYTES = 1 << 20;

    /**
     * One descriptor.
     *
     * @param number names it in the keeper's store
     * @param name its service's for it
     * @param poll it is dropped when its other end is gone
     */
    record Item(int number, String name, boolean poll) {}

    StoreIndex {
        items = List.copyOf(items);
        given = List.copyOf(given);
    }

    List<String> names() {
        return items.stream().map(Item::name).toList();
    }

    StoreIndex with(String name, boolean poll) {
        List<Item> more = new ArrayList<>(items);
        more.add(new Item(lastNumber + 1, name, poll));
        return new StoreIndex(more, lastNumber + 1, run, given);
    }

    StoreIndex without(Item item) {
        return new StoreIndex(
                items.stream().filter(other -> !other.equals(item)).toList(), lastNumber, run, given);
    }

    StoreIndex givenTo(int aRun) {
        return new StoreIndex(items, lastNumber, aRun, names());
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(lastNumber);
            out.writeInt(run);
            out.writeInt(given.size());
            for (String name : given) {
                out.writeUTF(name);
            }
            out.writeInt(items.size());
            for (Item item : items) {
                out.writeInt(item.number());
                out.writeUTF(item.name());
                out.writeBoolean(item.poll());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    static StoreIndex decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int lastNumber = in.readInt();
            int run = in.readInt();
            List<String> given = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                given.add(in.readUTF());
            }
            List<Item> items = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                items.add(new Item(in.readInt(), in.readUTF(), in.readBoolean()));
            }
            return new StoreIndex(items, lastNumber, run, given);
        } catch (IOException e) {
            throw new UncheckedIOException("index of stored descriptors cut short", e);
        }
    }
}
