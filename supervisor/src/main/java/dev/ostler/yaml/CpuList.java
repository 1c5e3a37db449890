package dev.ostler.yaml;

import java.util.SortedSet;
import java.util.TreeSet;

/** CPU lists in the kernel's form (cpuset(7), list format): {@code 0-1,3}. */
final class CpuList {
    /** The largest CONFIG_NR_CPUS of any kernel, so that a slip does not become a list of millions. */
    static final int HIGHEST_CPU = 8191;

    /** MAX_NUMNODES of the largest kernels, less one. */
    static final int HIGHEST_NODE = 1023;

    private CpuList() {}

    static SortedSet<Integer> parse(String text) throws BadValue {
        return parse(text, "a CPU list", HIGHEST_CPU);
    }

    /** NUMA nodes, written in the same way. */
    static SortedSet<Integer> parseNodes(String text) throws BadValue {
        return parse(text, "a node list", HIGHEST_NODE);
    }

    private static SortedSet<Integer> parse(String text, String what, int highest) throws BadValue {
        SortedSet<Integer> cpus = new TreeSet<>();
        for (String range : text.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = cpu(text, dash < 0 ? range : range.substring(0, dash), what, highest);
            int last = dash < 0 ? first : cpu(text, range.substring(dash + 1), what, highest);
            if (first > last) {
                throw new BadValue("\"" + text + "\" is not " + what + ": " + first + " comes after " + last);
            }
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private static int cpu(String list, String text, String what, int highest) throws BadValue {
        String number = text.strip();
        boolean good =
                !number.isEmpty() && number.length() <= 4 && number.chars().allMatch(c -> c >= '0' && c <= '9');
        int cpu = good ? Integer.parseInt(number) : highest + 1;
        if (cpu > highest) {
            throw new BadValue("\"" + list + "\" is not " + what + "; write 0, 0-1 or 0-1,3");
        }
        return cpu;
    }
}
