package dev.ostler.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import jnr.ffi.Pointer;

/**
 * One look-up in the user database by getpwnam_r(3) or getpwuid_r(3). Its memory:
 *
 * <pre>
 * struct passwd {            offset, on all 64-bit architectures
 *     char *pw_name;          0
 *     char *pw_passwd;        8
 *     uid_t pw_uid;          16
 *     gid_t pw_gid;          20
 *     char *pw_gecos;        24
 *     char *pw_dir;          32
 *     char *pw_shell;        40
 * };                         48
 * </pre>
 *
 * behind it what the call has found, a pointer to this structure or NULL, and behind that mostly the texts. Blocks as the name service
 * does. Any platform thread.
 */
final class Passwd {
    private static final int NAME = 0;
    private static final int UID = 16;
    private static final int GID = 20;
    private static final int DIR = 32;
    private static final int SHELL = 40;
    private static final int FOUND = 48;
    private static final int TEXT = 56;

    /** Bytes. Entries are some hundred; the limit is for those of a directory service gone wrong. */
    private static final int FIRST_SIZE = 4096;

    private static final int MAX_SIZE = 1 << 20;

    private final NativeBuffer memory;

    private Passwd(NativeBuffer memory) {
        this.memory = memory;
    }

    /** Empty when there is no such user; {@link KernelException} for an error of the name service. */
    static Optional<Account> byName(String name) {
        NativeBuffer text = NativeBuffer.ofString(name);
        return find(
                "getpwnam_r",
                name,
                (memory, size) -> Native.C.getpwnam_r(
                        text.pointer(), memory.pointer(), memory.pointer(TEXT), size, memory.pointer(FOUND)));
    }

    /** Empty when there is no entry; {@link KernelException} for an error of the name service. */
    static Optional<Account> byUid(long uid) {
        return find(
                "getpwuid_r",
                Long.toString(uid),
                (memory, size) ->
                        Native.C.getpwuid_r(uid, memory.pointer(), memory.pointer(TEXT), size, memory.pointer(FOUND)));
    }

    private static Optional<Account> find(String call, String object, LookUp lookUp) {
        for (int size = FIRST_SIZE; ; size *= 4) {
            NativeBuffer memory = NativeBuffer.allocate(TEXT + size);
            Errno errno = new Errno(lookUp.ask(memory, size));
            if (errno.equals(Errno.ERANGE) && size < MAX_SIZE) {
                continue;
            }
            if (memory.bytes().getLong(FOUND) != 0) {
                return Optional.of(new Passwd(memory).account());
            }
            Accounts.requireNotFound(errno, call, object);
            return Optional.empty();
        }
    }

    private Account account() {
        ByteBuffer bytes = memory.bytes();
        return new Account(
                Integer.toUnsignedLong(bytes.getInt(UID)),
                OptionalLong.of(Integer.toUnsignedLong(bytes.getInt(GID))),
                text(NAME),
                text(DIR),
                text(SHELL));
    }

    /** What a pointer of the structure points to: text behind it, or a constant of the name service's; empty for NULL. */
    private Optional<String> text(int offset) {
        long address = memory.bytes().getLong(offset);
        Optional<String> text = address == 0
                ? Optional.empty()
                : Optional.of(Pointer.wrap(Native.RUNTIME, address).getString(0, MAX_SIZE, StandardCharsets.UTF_8));
        memory.keep();
        return text;
    }

    private interface LookUp {
        /** Gives an errno, 0 also when there is no entry. */
        int ask(NativeBuffer memory, int textSize);
    }
}
