package dev.ostler.linux;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A user as the name service knows it.
 *
 * @param uid unsigned 32-bit
 * @param gid the user's own group; empty for a number without an entry
 * @param name empty for a number without an entry, and so are home and shell
 */
public record Account(
        long uid, OptionalLong gid, Optional<String> name, Optional<String> home, Optional<String> shell) {
    static Account ofNumber(long uid) {
        return new Account(uid, OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
