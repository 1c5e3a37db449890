package dev.ostler.plan;

import dev.ostler.base.Machine;
import dev.ostler.base.Syscalls;
import dev.ostler.linux.Errno;
import dev.ostler.plan.filter.FilterOutcomes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A filter of system calls as people read it: how many known calls get which answer, read out of the program itself. */
final class SeccompText {
    private static final long ACTION = 0xffff0000L;
    private static final long ERRNO = 0x00050000L;

    private static final Map<Long, String> WORDS = Map.of(
            0x7fff0000L, "allowed",
            0x7ffc0000L, "logged",
            0x00030000L, "trap",
            0x00000000L, "kill_thread",
            0x80000000L, "kill");

    private SeccompText() {}

    /** {@code 291 calls allowed, 4 by their arguments, 86 EPERM, 1 ENOSYS; unknown calls ENOSYS; 688 instructions}. */
    static String of(List<Long> program) {
        Machine machine = Machine.current();
        String length = program.size() + " instructions";
        Map<String, Integer> counts = new TreeMap<>();
        try {
            for (int number : Syscalls.numbers(machine).keySet()) {
                Set<Long> outcomes = FilterOutcomes.of(program, machine, number);
                String word = outcomes.size() == 1 ? word(outcomes.iterator().next()) : "by their arguments";
                counts.merge(word, 1, Integer::sum);
            }
            List<String> parts = new ArrayList<>();
            for (String first : List.of("allowed", "by their arguments")) {
                if (counts.containsKey(first)) {
                    parts.add(counts.remove(first) + (parts.isEmpty() ? " calls " : " ") + first);
                }
            }
            counts.forEach((word, count) -> parts.add(count + (parts.isEmpty() ? " calls " : " ") + word));
            int unknown = Syscalls.numbers(machine).lastKey() + 1;
            String rest =
                    word(FilterOutcomes.of(program, machine, unknown).iterator().next());
            return String.join(", ", parts) + "; unknown calls " + rest + "; " + length;
        } catch (IllegalArgumentException ignored) { // of somebody else's making
            return length;
        }
    }

    private static String word(long outcome) {
        if ((outcome & ACTION) == ERRNO) {
            return new Errno((int) (outcome & 0xffff)).name();
        }
        return WORDS.getOrDefault(outcome & ACTION, String.format("0x%x", outcome));
    }
}
