package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Signal;
import java.util.Optional;
import java.util.Set;

/**
 * Rights of the process.
 *
 * @param keep capabilities that survive, by kernel name without CAP_ (present, possibly empty = drop all others from
 *     all five sets; absent = leave what the user has)
 * @param securebits names as in capabilities(7) without SECBIT_, lower case ({@code noroot}, {@code noroot_locked}, …)
 * @param noNewPrivs absent = yes
 */
public record PrivilegeSpec(
        Optional<Located<Set<String>>> keep,
        Optional<Located<Set<String>>> securebits,
        Optional<Located<Boolean>> noNewPrivs,
        Optional<Located<Signal>> deathSignal) {}
