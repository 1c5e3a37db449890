package dev.ostler.plan;

import dev.ostler.base.Signal;
import dev.ostler.spec.UlimitSpec;
import java.util.List;
import java.util.stream.Collectors;

/** One kernel action with its arguments; what each one does is told in launcher-native/README.md. Immutable. */
public sealed interface Op
        permits Op.Fds,
                Op.Signals,
                Op.Setsid,
                Op.OomScoreAdj,
                Op.Rlimit,
                Op.Nice,
                Op.Affinity,
                Op.Bounding,
                Op.KeepCaps,
                Op.Groups,
                Op.Gid,
                Op.Uid,
                Op.CapSet,
                Op.Ambient,
                Op.SecureBits,
                Op.DeathSignal,
                Op.Umask,
                Op.Chdir,
                Op.NoNewPrivs,
                Op.Execve,
                Op.Landlock,
                Op.Seccomp,
                Op.CgroupJoin,
                TerminalOp,
                NotifyOp,
                SandboxOp,
                NetworkOp,
                ResourceOp {
    OpKind kind();

    /** Hands over the arguments in the order of the signature. */
    void writeTo(ArgumentSink sink);

    /** The arguments as people read them; empty when there are none. */
    String text();

    default int code() {
        return kind().code();
    }

    default String name() {
        return kind().name();
    }

    default String signature() {
        return kind().signature();
    }

    /** Takes the arguments of an op, one call per letter of its signature. */
    interface ArgumentSink {
        void unsigned(long value);

        void signed(long value);

        void string(String value);

        void strings(List<String> values);

        void numbers(List<Long> values);
    }

    /** Places descriptors and marks every other one close-on-exec. */
    record Fds(Descriptors descriptors) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.FDS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.numbers(descriptors.numbers());
        }

        @Override
        public String text() {
            return descriptors.toString();
        }
    }

    /**
     * The process moves itself into cgroups of version 1.
     *
     * @param passed positions of the descriptors of their cgroup.procs
     */
    record CgroupJoin(List<Integer> passed) implements Op {
        public CgroupJoin {
            passed = List.copyOf(passed);
        }

        @Override
        public OpKind kind() {
            return OpKind.CGROUP_JOIN;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.numbers(passed.stream().map(Integer::longValue).toList());
        }

        @Override
        public String text() {
            return passed.stream().map(place -> "passed[" + place + "]").collect(Collectors.joining(" "));
        }
    }

    /** Every disposition back to default; the mask stays full. */
    record Signals() implements Op {
        @Override
        public OpKind kind() {
            return OpKind.SIGNALS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /** A session of its own, without terminal. */
    record Setsid() implements Op {
        @Override
        public OpKind kind() {
            return OpKind.SETSID;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /** Weight for the OOM killer, -1000 to 1000. */
    record OomScoreAdj(int value) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.OOM_SCORE_ADJ;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.signed(value);
        }

        @Override
        public String text() {
            return Integer.toString(value);
        }
    }

    /** One resource limit in the kernel's units; -1 = no limit. */
    record Rlimit(UlimitSpec.Resource resource, long soft, long hard) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.RLIMIT;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(resource.number());
            sink.unsigned(soft);
            sink.unsigned(hard);
        }

        @Override
        public String text() {
            return resource + " soft=" + PlanWords.limit(soft) + " hard=" + PlanWords.limit(hard);
        }
    }

    /** Nice value, -20 to 19. */
    record Nice(int value) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.NICE;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.signed(value);
        }

        @Override
        public String text() {
            return Integer.toString(value);
        }
    }

    /** CPUs the process may run on. */
    record Affinity(List<Integer> cpus) implements Op {
        public Affinity {
            cpus = List.copyOf(cpus);
        }

        @Override
        public OpKind kind() {
            return OpKind.AFFINITY;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.numbers(cpus.stream().map(Integer::longValue).toList());
        }

        @Override
        public String text() {
            return PlanWords.cpus(cpus);
        }
    }

    /** The bounding set becomes this mask. */
    record Bounding(long capabilities) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.BOUNDING;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(capabilities);
        }

        @Override
        public String text() {
            return PlanWords.capabilities(capabilities);
        }
    }

    /** Whether the permitted set survives the change to a user that is not root. */
    record KeepCaps(boolean on) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.KEEPCAPS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(on ? 1 : 0);
        }

        @Override
        public String text() {
            return on ? "on" : "off";
        }
    }

    /** Supplementary groups. */
    record Groups(List<Long> gids) implements Op {
        public Groups {
            gids = List.copyOf(gids);
        }

        @Override
        public OpKind kind() {
            return OpKind.GROUPS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.numbers(gids);
        }

        @Override
        public String text() {
            return gids.isEmpty() ? "none" : PlanWords.joined(gids);
        }
    }

    /** Real, effective and saved group id. */
    record Gid(long gid) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.GID;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(gid);
        }

        @Override
        public String text() {
            return Long.toString(gid);
        }
    }

    /** Real, effective and saved user id. */
    record Uid(long uid) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.UID;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(uid);
        }

        @Override
        public String text() {
            return Long.toString(uid);
        }
    }

    /** Effective, permitted and inheritable set, as masks. */
    record CapSet(long effective, long permitted, long inheritable) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.CAPSET;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(effective);
            sink.unsigned(permitted);
            sink.unsigned(inheritable);
        }

        @Override
        public String text() {
            return "effective=" + PlanWords.capabilities(effective)
                    + " permitted=" + PlanWords.capabilities(permitted)
                    + " inheritable=" + PlanWords.capabilities(inheritable);
        }
    }

    /** The ambient set, as a mask. */
    record Ambient(long capabilities) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.AMBIENT;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(capabilities);
        }

        @Override
        public String text() {
            return PlanWords.capabilities(capabilities);
        }
    }

    /** Securebits, as a mask. */
    record SecureBits(int bits) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.SECUREBITS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(bits);
        }

        @Override
        public String text() {
            return PlanWords.securebits(bits);
        }
    }

    /** The signal that the kernel sends when the parent has died. */
    record DeathSignal(Signal signal) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.DEATH_SIGNAL;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(signal.number());
        }

        @Override
        public String text() {
            return signal.toString();
        }
    }

    /** File mode creation mask. */
    record Umask(int mask) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.UMASK;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(mask);
        }

        @Override
        public String text() {
            return String.format("%04o", mask);
        }
    }

    /** Working directory, absolute. */
    record Chdir(String path) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.CHDIR;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.string(path);
        }

        @Override
        public String text() {
            return PlanWords.quoted(path);
        }
    }

    /** No program run from here on gains rights by set-id bits or file capabilities. */
    record NoNewPrivs() implements Op {
        @Override
        public OpKind kind() {
            return OpKind.NO_NEW_PRIVS;
        }

        @Override
        public void writeTo(ArgumentSink sink) {}

        @Override
        public String text() {
            return "";
        }
    }

    /**
     * A filter that the kernel runs before each system call, from here on and in every descendant.
     *
     * @param quiet after it the launcher makes no call but execve, write and exit_group; others would bring a signal
     * @param program struct sock_filter each
     */
    record Seccomp(boolean quiet, List<Long> program) implements Op {
        /** Above what the kernel takes as flags: a word to the launcher. */
        private static final long QUIET = 1L << 32;

        public Seccomp {
            program = List.copyOf(program);
        }

        static Seccomp of(long flags, List<Long> program) {
            if ((flags & ~QUIET) != 0) {
                throw new IllegalArgumentException("malformed plan: flags of SECCOMP");
            }
            return new Seccomp(flags != 0, program);
        }

        @Override
        public OpKind kind() {
            return OpKind.SECCOMP;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.unsigned(quiet ? QUIET : 0);
            sink.numbers(program);
        }

        @Override
        public String text() {
            return SeccompText.of(program);
        }
    }

    /**
     * The program itself.
     *
     * @param candidates absolute paths, tried in order
     * @param environment {@code NAME=value} each
     */
    record Execve(List<String> candidates, List<String> arguments, List<String> environment) implements Op {
        public Execve {
            candidates = List.copyOf(candidates);
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }

        @Override
        public OpKind kind() {
            return OpKind.EXECVE;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            sink.strings(candidates);
            sink.strings(arguments);
            sink.strings(environment);
        }

        /** Candidates and arguments; the environment may hold secrets and is left to {@link PlanText}. */
        @Override
        public String text() {
            return "candidates=" + PlanWords.quotedList(candidates) + " argv=" + PlanWords.quotedList(arguments);
        }
    }

    /** What the process may reach from here on: files, TCP ports, other processes. */
    record Landlock(LandlockRuleset ruleset) implements Op {
        @Override
        public OpKind kind() {
            return OpKind.LANDLOCK;
        }

        @Override
        public void writeTo(ArgumentSink sink) {
            ruleset.writeTo(sink);
        }

        @Override
        public String text() {
            return ruleset.text();
        }
    }
}
