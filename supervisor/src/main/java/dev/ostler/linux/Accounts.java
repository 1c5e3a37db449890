package dev.ostler.linux;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import jnr.ffi.Pointer;

/**
 * Looks up users and groups in the name service (nsswitch.conf(5)), which may block: not for the loop thread once it runs.
 * Any platform thread. The four calls are bound here and not taken from jnr-posix: its binding of all of POSIX costs a
 * fifth of the supervisor's start, and what it returns for an error is the same as for "not found".
 */
public final class Accounts {
    /** 4294967295 means "leave unchanged" to the kernel and is no id. */
    private static final long MAX_ID = 4_294_967_294L;

    /** NGROUPS_MAX of Linux; an answer cannot be longer. */
    private static final int MAX_GROUPS = 65_536;

    /** Of the strings of one entry; a group with many members needs more than this and gets it. */
    private static final int FIRST_TEXT_BYTES = 4096;

    private static final int MAX_TEXT_BYTES = 16 << 20;

    /** Not found is an answer, and getpwnam(3) lists the errors that mean it besides 0. */
    private static final Set<Errno> NOT_FOUND = Set.of(Errno.ENOENT, Errno.ESRCH, Errno.EBADF, Errno.EPERM);

    // struct passwd and struct group of 64-bit Linux
    static final int PASSWD_BYTES = 48;
    static final int PW_NAME = 0;
    static final int PW_UID = 16;
    static final int PW_GID = 20;
    static final int PW_DIR = 32;
    static final int PW_SHELL = 40;
    static final int GR_NAME = 0;
    static final int GR_GID = 16;

    /** One of getpwnam_r(3), getpwuid_r(3), getgrnam_r(3), getgrgid_r(3): 0 or the error. */
    private interface Call {
        int with(Pointer entry, Pointer text, long size, Pointer result);
    }

    /**
     * A user by name, else by number. A number needs no entry; a name without one is empty. An error of the name service
     * itself is a {@link KernelException}.
     */
    public Optional<Account> user(String nameOrNumber) {
        Pointer name = NativeBuffer.ofString(nameOrNumber).pointer();
        Optional<Account> byName = look(
                "getpwnam",
                nameOrNumber,
                (entry, text, size, result) -> Native.C.getpwnam_r(name, entry, text, size, result),
                Accounts::account);
        return byName.isPresent()
                ? byName
                : id(nameOrNumber).stream().mapToObj(this::user).findFirst();
    }

    /** A user by number, with or without an entry. */
    public Account user(long uid) {
        Optional<Account> found = look(
                "getpwuid",
                Long.toString(uid),
                (entry, text, size, result) -> Native.C.getpwuid_r(uid, entry, text, size, result),
                Accounts::account);
        return found.orElse(Account.ofNumber(uid));
    }

    /** The number of a group by name, else the number itself; empty for an unknown name. */
    public OptionalLong group(String nameOrNumber) {
        Pointer name = NativeBuffer.ofString(nameOrNumber).pointer();
        Optional<Long> byName = look(
                "getgrnam",
                nameOrNumber,
                (entry, text, size, result) -> Native.C.getgrnam_r(name, entry, text, size, result),
                entry -> unsigned(entry, GR_GID));
        return byName.isPresent() ? OptionalLong.of(byName.get()) : id(nameOrNumber);
    }

    /** Name of a group; empty when it has no entry. */
    public Optional<String> groupName(long gid) {
        return look(
                        "getgrgid",
                        Long.toString(gid),
                        (entry, text, size, result) -> Native.C.getgrgid_r(gid, entry, text, size, result),
                        entry -> string(entry, GR_NAME))
                .flatMap(name -> name);
    }

    /** All groups of a user by getgrouplist(3), {@code gid} among them. */
    public List<Long> groupList(String user, long gid) {
        NativeBuffer name = NativeBuffer.ofString(user);
        NativeBuffer count = NativeBuffer.allocate(4);
        for (int room = 64; room <= MAX_GROUPS; room *= 2) {
            NativeBuffer groups = NativeBuffer.allocate(room * 4);
            count.bytes().putInt(0, room);
            int result = Native.C.getgrouplist(name.pointer(), gid, groups.pointer(), count.pointer());
            if (result != -1) {
                return groups(groups, result);
            }
        }
        throw new KernelException("getgrouplist", user, Errno.EINVAL);
    }

    private static List<Long> groups(NativeBuffer buffer, int count) {
        List<Long> groups = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            groups.add(Integer.toUnsignedLong(buffer.bytes().getInt(i * 4)));
        }
        return List.copyOf(groups);
    }

    /** Asks with more and more room for the strings; {@code read} runs while they are there. */
    private static <T> Optional<T> look(String name, String object, Call call, Function<Pointer, T> read) {
        NativeBuffer entry = NativeBuffer.allocate(PASSWD_BYTES); // the larger one of the two
        NativeBuffer result = NativeBuffer.allocate(Long.BYTES);
        Errno errno = Errno.ERANGE;
        for (int room = FIRST_TEXT_BYTES; errno.equals(Errno.ERANGE) && room <= MAX_TEXT_BYTES; room *= 4) {
            NativeBuffer text = NativeBuffer.allocate(room);
            errno = new Errno(call.with(entry.pointer(), text.pointer(), room, result.pointer()));
            if (errno.number() == 0 && result.bytes().getLong(0) != 0) {
                T value = read.apply(entry.pointer());
                Reference.reachabilityFence(text);
                return Optional.of(value);
            }
        }
        if (errno.number() == 0 || NOT_FOUND.contains(errno)) {
            return Optional.empty();
        }
        throw new KernelException(name, object, errno);
    }

    private static Account account(Pointer entry) {
        return new Account(
                unsigned(entry, PW_UID),
                OptionalLong.of(unsigned(entry, PW_GID)),
                string(entry, PW_NAME),
                string(entry, PW_DIR),
                string(entry, PW_SHELL));
    }

    private static long unsigned(Pointer entry, int offset) {
        return Integer.toUnsignedLong(entry.getInt(offset));
    }

    private static Optional<String> string(Pointer entry, int offset) {
        return Optional.ofNullable(entry.getPointer(offset))
                .map(text -> text.getString(0, MAX_TEXT_BYTES, StandardCharsets.UTF_8));
    }

    private static OptionalLong id(String text) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > MAX_ID) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text));
    }
}
