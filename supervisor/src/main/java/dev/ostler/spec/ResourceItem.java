package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.time.Duration;
import java.util.List;

/**
 * A share of processor, disk or memory, or another attribute of a process, that not every kernel or user can give. A
 * service has at most one of each kind.
 */
public sealed interface ResourceItem {
    /** What happens where it cannot be given. */
    default IfUnsupported ifUnsupported() {
        return IfUnsupported.FAIL;
    }

    Origin origin();

    /** Policies of sched(7). */
    enum Policy {
        OTHER(0),
        FIFO(1),
        RR(2),
        BATCH(3),
        IDLE(5),
        DEADLINE(6);

        private final int number;

        Policy(int number) {
            this.number = number;
        }

        /** SCHED_*. */
        public int number() {
            return number;
        }

        /** Whether it has a priority. */
        public boolean isRealTime() {
            return this == FIFO || this == RR;
        }
    }

    /**
     * How the processor is shared.
     *
     * @param priority 1 to 99 with {@code FIFO} and {@code RR}, else 0
     * @param resetOnFork children start with the ordinary policy
     * @param runtime of {@code DEADLINE}, at most the deadline, which is at most the period; else all zero
     */
    record Scheduling(
            Policy policy,
            int priority,
            boolean resetOnFork,
            Duration runtime,
            Duration deadline,
            Duration period,
            IfUnsupported ifUnsupported,
            Origin origin)
            implements ResourceItem {}

    /** Classes of ioprio_set(2); the ordinal is the kernel's number less one. */
    enum IoClass {
        REALTIME,
        BEST_EFFORT,
        IDLE;

        /** IOPRIO_CLASS_*. */
        public int number() {
            return ordinal() + 1;
        }
    }

    /**
     * How the disk is shared.
     *
     * @param level 0 to 7, 0 is served first; 0 with {@code IDLE}
     */
    record IoPriority(IoClass ioClass, int level, IfUnsupported ifUnsupported, Origin origin) implements ResourceItem {}

    /** Policies of set_mempolicy(2); the ordinal is the kernel's number. */
    enum NumaPolicy {
        DEFAULT,
        PREFERRED,
        BIND,
        INTERLEAVE,
        LOCAL;

        /** MPOL_*. */
        public int number() {
            return ordinal();
        }

        public boolean hasNodes() {
            return this == PREFERRED || this == BIND || this == INTERLEAVE;
        }
    }

    /**
     * Where memory comes from.
     *
     * @param nodes ascending; one with {@code PREFERRED}, at least one with {@code BIND} and {@code INTERLEAVE}, else none
     */
    record Numa(NumaPolicy policy, List<Integer> nodes, IfUnsupported ifUnsupported, Origin origin)
            implements ResourceItem {
        public Numa {
            nodes = List.copyOf(nodes);
        }
    }

    /** By how much timers may be late, at least a nanosecond. */
    record TimerSlack(Duration slack, Origin origin) implements ResourceItem {}

    /** Whether the kernel may use huge pages without being asked. */
    record TransparentHugepages(boolean allowed, Origin origin) implements ResourceItem {}

    /**
     * Memory that is or was writable never becomes executable.
     *
     * @param force even for a JVM
     */
    record MemoryDenyWriteExecute(boolean force, IfUnsupported ifUnsupported, Origin origin) implements ResourceItem {
        /** What is said of a JVM without {@code force}. */
        public String refusesJvm() {
            return "a JVM writes the code that it executes, and does not start with memory_deny_write_execute;"
                    + " force: true tries it all the same";
        }
    }

    /** Never on one core with a stranger: threads of a core only run together when they belong to the service. */
    record CoreScheduling(IfUnsupported ifUnsupported, Origin origin) implements ResourceItem {}

    /**
     * What of the memory a core file holds.
     *
     * @param mask bits of core(5)
     */
    record CoredumpFilter(int mask, IfUnsupported ifUnsupported, Origin origin) implements ResourceItem {}

    /** The session keyring: an empty one of its own, or that of the supervisor. */
    record Keyring(boolean own, IfUnsupported ifUnsupported, Origin origin) implements ResourceItem {}

    /** Reading the time stamp counter is a fault. */
    record DenyTsc(IfUnsupported ifUnsupported, Origin origin) implements ResourceItem {}
}
