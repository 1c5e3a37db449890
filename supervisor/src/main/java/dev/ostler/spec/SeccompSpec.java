package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.List;
import java.util.Optional;

/**
 * Which system calls the process may make.
 *
 * @param allow the only ones; absent = all that are not denied
 * @param deny taken away from these
 * @param otherwise what a call that may not be made gets, unless its own item says something else
 * @param origin of the key {@code seccomp}
 */
public record SeccompSpec(
        Optional<List<SeccompItem>> allow,
        List<SeccompItem> deny,
        SeccompAction otherwise,
        IfUnsupported ifUnsupported,
        Origin origin) {
    public SeccompSpec {
        allow = allow.map(List::copyOf);
        deny = List.copyOf(deny);
    }
}
