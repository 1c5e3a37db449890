package dev.ostler.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * Looks up users and groups in the name service (nsswitch.conf(5)), which may block: not for the loop thread. One look-up
 * at a time, as libc answers about groups in a static buffer; any platform thread. Groups are asked for by jnr-posix, users by
 * {@link Passwd}: each start looks one up, and jnr-posix takes longer to load than all of that start's other work.
 */
public final class Accounts {
    /** 4294967295 means "leave unchanged" to the kernel and is no id. */
    private static final long MAX_ID = 4_294_967_294L;

    /** NGROUPS_MAX of Linux; an answer cannot be longer. */
    private static final int MAX_GROUPS = 65_536;

    private static final Set<Errno> NOT_FOUND = Set.of(Errno.ENOENT, Errno.ESRCH, Errno.EBADF, Errno.EPERM);

    private POSIX posix;

    /** errno is cleared, as a look-up without an answer leaves it alone. */
    private POSIX posix() {
        if (posix == null) {
            posix = POSIXFactory.getNativePOSIX();
        }
        posix.errno(0);
        return posix;
    }

    /** Not found is an answer, and getpwnam(3) lists the errnos that mean it. */
    private <T> Optional<T> answer(T entry, String call, String object) {
        if (entry != null) {
            return Optional.of(entry);
        }
        requireNotFound(new Errno(posix.errno()), call, object);
        return Optional.empty();
    }

    static void requireNotFound(Errno errno, String call, String object) {
        if (errno.number() != 0 && !NOT_FOUND.contains(errno)) {
            throw new KernelException(call, object, errno);
        }
    }

    /**
     * A user by name, else by number. A number needs no entry; a name without one is empty. An error of the name service
     * itself is a {@link KernelException}.
     */
    public synchronized Optional<Account> user(String nameOrNumber) {
        Optional<Account> byName = Passwd.byName(nameOrNumber);
        if (byName.isPresent()) {
            return byName;
        }
        OptionalLong number = id(nameOrNumber);
        return number.isPresent() ? Optional.of(user(number.getAsLong())) : Optional.empty();
    }

    /** A user by number, with or without an entry. */
    public synchronized Account user(long uid) {
        return Passwd.byUid(uid).orElse(Account.ofNumber(uid));
    }

    /** The number of a group by name, else the number itself; empty for an unknown name. */
    public synchronized OptionalLong group(String nameOrNumber) {
        Optional<Group> byName = answer(posix().getgrnam(nameOrNumber), "getgrnam", nameOrNumber);
        return byName.isPresent()
                ? OptionalLong.of(Integer.toUnsignedLong((int) byName.get().getGID()))
                : id(nameOrNumber);
    }

    /** Name of a group; empty when it has no entry. */
    public synchronized Optional<String> groupName(long gid) {
        return answer(posix().getgrgid((int) gid), "getgrgid", Long.toString(gid))
                .map(Group::getName);
    }

    /** All groups of a user by getgrouplist(3), {@code gid} among them. */
    public synchronized List<Long> groupList(String user, long gid) {
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

    private static OptionalLong id(String text) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > MAX_ID) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text));
    }
}
