package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.util.Optional;

/**
 * Who connected, as of connect(2) or socketpair(2); the process may have ended since.
 *
 * @param pid empty when it is in a pid namespace that this one cannot see
 */
public record PeerCredentials(Optional<Pid> pid, long uid, long gid) {}
