package dev.ostler.control;

import dev.ostler.base.Pid;
import dev.ostler.linux.PeerCredentials;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who may use the control socket: root and the supervisor's own user, and of these nobody who is part of a supervised
 * service. Credentials are those of the connection (SO_PEERCRED, unix(7)).
 */
public final class AccessPolicy {
    /** What the kernel shows for ids that have no number in this user namespace (user_namespaces(7)). */
    private static final long OVERFLOW_UID = 65534;

    private final long ownUid;
    private final Predicate<Pid> isSupervised;
    private final Predicate<Pid> exists;

    /**
     * @param isSupervised whether a process belongs to a service
     * @param exists whether there is a process of this number
     */
    public AccessPolicy(long ownUid, Predicate<Pid> isSupervised, Predicate<Pid> exists) {
        this.ownUid = ownUid;
        this.isSupervised = isSupervised;
        this.exists = exists;
    }

    /** Why this peer is refused; empty when it may go on. */
    public Optional<String> refusal(PeerCredentials peer) {
        boolean known = peer.uid() == 0 || (peer.uid() == ownUid && ownUid != OVERFLOW_UID);
        if (!known) {
            return Optional.of("user " + peer.uid() + " may not control a supervisor of user " + ownUid);
        }
        if (peer.pid().filter(isSupervised).isPresent()) {
            return Optional.of("a supervised service may not control its supervisor");
        }
        // Asked afterwards: of a process that is gone nobody can tell whose it was, and others may hold its connection.
        if (peer.pid().filter(exists.negate()).isPresent()) {
            return Optional.of("the process that has connected is gone");
        }
        return Optional.empty();
    }
}
