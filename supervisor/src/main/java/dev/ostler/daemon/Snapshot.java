package dev.ostler.daemon;

import dev.ostler.linux.Fd;
import dev.ostler.linux.Memfd;
import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.ReadFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The exact bytes of every file a project was read from, in a sealed memfd that the keeper holds: a restarted supervisor
 * compiles from these, whatever is on the disk by then.
 */
final class Snapshot {
    /** More YAML than anybody writes; bounds what a restart reads back. */
    private static final int MAX_BYTES = 64 << 20;

    private Snapshot() {}

    static Fd write(List<ReadFile> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(files.size());
            for (ReadFile file : files) {
                out.writeUTF(file.path().toString());
                out.writeInt(file.bytes().length);
                out.write(file.bytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return Memfd.sealed("ostler-config", ByteBuffer.wrap(bytes.toByteArray()));
    }

    static FileReader read(Fd snapshot) {
        Map<Path, byte[]> files = files(snapshot);
        return new FileReader() {
            @Override
            public byte[] read(Path path) throws NoSuchFileException {
                byte[] bytes = files.get(path);
                if (bytes == null) {
                    throw new NoSuchFileException(path.toString());
                }
                return bytes;
            }

            @Override
            public List<Path> list(Path directory) {
                return files.keySet().stream()
                        .filter(path -> directory.equals(path.getParent()))
                        .toList();
            }
        };
    }

    /** Each file with its bytes. */
    static Map<Path, byte[]> files(Fd snapshot) {
        Map<Path, byte[]> files = new HashMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Memfd.readAll(snapshot, MAX_BYTES)))) {
            for (int left = in.readInt(); left > 0; left--) {
                Path path = Path.of(in.readUTF());
                byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                files.put(path, bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("configuration snapshot cut short", e);
        }
        return files;
    }
}
