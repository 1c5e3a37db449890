package dev.ostler.cli;

import dev.ostler.linux.Errno;
import dev.ostler.linux.Support;
import java.util.Optional;

/**
 * What kernel and C library answer when they are asked directly; a refusal says that something is not there.
 *
 * @param threads which thread library
 */
record KernelAnswers(
        Optional<String> threads, Optional<Errno> statmount, Optional<Errno> ioUring, Optional<Errno> cpuidFault) {
    static KernelAnswers ask() {
        return new KernelAnswers(Support.threads(), Support.statmount(), Support.ioUring(), Support.cpuidFault());
    }
}
