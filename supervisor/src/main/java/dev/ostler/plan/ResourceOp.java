package dev.ostler.plan;

import dev.ostler.spec.ResourceItem.IoClass;
import dev.ostler.spec.ResourceItem.NumaPolicy;
import dev.ostler.spec.ResourceItem.Policy;
import java.util.List;
import java.util.Locale;

/** Ops that say how processor, disk and memory are shared, and which keys are seen. */
public sealed interface ResourceOp extends Op {
    /** Without arguments unless it says otherwise. */
    @Override
    default void writeTo(ArgumentSink sink) {}

    @Override
    default String text() {
        return "";
    }

    /** A policy of sched(7); times in nanoseconds. */
    record SchedPolicy(Policy policy, int priority, boolean resetOnFork, long runtime, long deadline, long period)
            implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.SCHED_POLICY;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(policy.number());
            sink.unsigned(priority);
            sink.unsigned(resetOnFork ? 1 : 0);
            sink.unsigned(runtime);
            sink.unsigned(deadline);
            sink.unsigned(period);
        }

        @Override
        public String text() {
            return word(policy)
                    + (priority > 0 ? " priority=" + priority : "")
                    + (runtime > 0
                            ? " runtime=" + runtime + "ns deadline=" + deadline + "ns period=" + period + "ns"
                            : "")
                    + (resetOnFork ? " reset_on_fork" : "");
        }
    }

    /** The disk's order. */
    record IoPrio(IoClass ioClass, int level) implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.IOPRIO;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(ioClass.number());
            sink.unsigned(level);
        }

        @Override
        public String text() {
            return word(ioClass).replace('_', '-') + (ioClass == IoClass.IDLE ? "" : " " + level);
        }
    }

    /** Where memory comes from. */
    record Numa(NumaPolicy policy, List<Integer> nodes) implements ResourceOp {
        public Numa {
            nodes = List.copyOf(nodes);
        }

        @Override
        public OpKind kind() {
            return OpKind.NUMA;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(policy.number());
            sink.numbers(nodes.stream().map(Integer::longValue).toList());
        }

        @Override
        public String text() {
            return word(policy) + (nodes.isEmpty() ? "" : " " + PlanWords.cpus(nodes));
        }
    }

    /** By how many nanoseconds timers may be late. */
    record TimerSlack(long nanos) implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.TIMER_SLACK;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(nanos);
        }

        @Override
        public String text() {
            return nanos + "ns";
        }
    }

    /** Transparent huge pages off, or on as the system has them. */
    record Thp(boolean disabled) implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.THP;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(disabled ? 1 : 0);
        }

        @Override
        public String text() {
            return disabled ? "disabled" : "allowed";
        }
    }

    /** No gain of the right to execute memory. */
    record Mdwe() implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.MDWE;
        }
    }

    /** A core scheduling cookie of its own. */
    record CoreSched() implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.CORE_SCHED;
        }
    }

    /** What a core file holds, bits of core(5). */
    record CoredumpFilter(int mask) implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.COREDUMP_FILTER;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(mask);
        }

        @Override
        public String text() {
            return String.format("0x%x", mask);
        }
    }

    /** A session keyring of its own. */
    record Keyring() implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.KEYRING;
        }
    }

    /** Reading the time stamp counter is a fault. */
    record Tsc() implements ResourceOp {
        @Override
        public OpKind kind() {
            return OpKind.TSC;
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
