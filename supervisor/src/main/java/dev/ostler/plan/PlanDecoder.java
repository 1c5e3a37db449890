package dev.ostler.plan;

import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.UlimitSpec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads a plan back, as strictly as the launcher does. Stateless, any thread. */
public final class PlanDecoder {
    private PlanDecoder() {}

    /** An op with its origin as people read it. */
    public record DecodedOp(Op op, String origin) {}

    /** A plan as it is on the wire, where origins are text and reasons are gone. */
    public record DecodedPlan(
            boolean copy,
            boolean guard,
            int passedDescriptors,
            Duration deadline,
            Optional<Signal> deathSignal,
            List<DecodedOp> ops) {
        public DecodedPlan {
            ops = List.copyOf(ops);
        }
    }

    /** Throws {@link IllegalArgumentException} that says what is wrong with the bytes. */
    public static DecodedPlan decode(byte[] bytes) {
        try {
            return decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        } catch (BufferUnderflowException | ArithmeticException e) {
            throw new IllegalArgumentException("truncated plan", e);
        }
    }

    private static DecodedPlan decode(ByteBuffer in) {
        int length = in.limit();
        check(in.getLong() == PlanFormat.MAGIC, "this is no plan");
        check(in.getInt() == PlanFormat.VERSION, "unknown version");
        check(in.getInt() == length && length <= PlanEncoder.MAX_BYTES, "the length differs");
        int flags = in.getInt();
        check((flags & ~(PlanFormat.FLAG_COPY | PlanFormat.FLAG_STAY)) == 0 && flags != 2, "unknown flags");
        int opCount = in.getInt();
        check(opCount >= 1 && opCount <= PlanFormat.MAX_OPS, "number of ops");
        ByteBuffer ops = section(in, in.getInt(), in.getInt());
        int originCount = in.getInt();
        ByteBuffer originTable = section(in, in.getInt(), in.getInt());
        int passed = in.getInt();
        check(passed >= 0 && passed <= Descriptors.MAX_PASSED, "number of descriptors");
        long deadlineMillis = in.getInt() & 0xffffffffL;
        int deathSignal = in.getInt();
        check(in.getLong() == 0, "reserved bytes");
        check(PlanFormat.HEADER_BYTES + ops.limit() + originTable.limit() == length, "gaps or overlaps");
        List<String> origins = strings(originTable, originCount);
        check(!originTable.hasRemaining(), "bytes after the origins");
        return new DecodedPlan(
                (flags & PlanFormat.FLAG_COPY) != 0,
                (flags & PlanFormat.FLAG_STAY) != 0,
                passed,
                Duration.ofMillis(deadlineMillis),
                deathSignal == 0 ? Optional.empty() : Optional.of(new Signal(deathSignal)),
                ops(ops, opCount, origins));
    }

    private static ByteBuffer section(ByteBuffer in, int offset, int length) {
        check(offset >= PlanFormat.HEADER_BYTES && length >= 0 && length <= in.limit() - offset, "section bounds");
        return in.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<DecodedOp> ops(ByteBuffer in, int count, List<String> origins) {
        List<DecodedOp> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int code = in.getShort() & 0xffff;
            check(in.getShort() == 0, "reserved bytes of op " + i);
            int origin = in.getInt();
            int length = in.getInt();
            check(origin >= 0 && origin < origins.size(), "origin of op " + i);
            check(length >= 0 && length <= in.remaining(), "length of op " + i);
            ByteBuffer arguments = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            in.position(in.position() + length);
            OpKind kind = OpKind.ofCode(code).orElseThrow(() -> new IllegalArgumentException("unknown op " + code));
            check((kind == OpKind.EXECVE) == (i == count - 1), "EXECVE is the last op");
            ops.add(new DecodedOp(op(kind, arguments), origins.get(origin)));
            check(!arguments.hasRemaining(), "bytes after the arguments of op " + i);
        }
        check(!in.hasRemaining(), "bytes after the ops");
        return ops;
    }

    private static Op op(OpKind kind, ByteBuffer in) {
        return switch (kind) {
            case FDS -> new Op.Fds(Descriptors.ofNumbers(numbers(in)));
            case SIGNALS -> new Op.Signals();
            case SETSID -> new Op.Setsid();
            case OOM_SCORE_ADJ -> new Op.OomScoreAdj(Math.toIntExact(in.getLong()));
            case RLIMIT -> new Op.Rlimit(resource(in.getLong()), in.getLong(), in.getLong());
            case NICE -> new Op.Nice(Math.toIntExact(in.getLong()));
            case AFFINITY ->
                new Op.Affinity(numbers(in).stream().map(Math::toIntExact).toList());
            case BOUNDING -> new Op.Bounding(in.getLong());
            case KEEPCAPS -> new Op.KeepCaps(in.getLong() != 0);
            case GROUPS -> new Op.Groups(numbers(in));
            case GID -> new Op.Gid(in.getLong());
            case UID -> new Op.Uid(in.getLong());
            case CAPSET -> new Op.CapSet(in.getLong(), in.getLong(), in.getLong());
            case AMBIENT -> new Op.Ambient(in.getLong());
            case SECUREBITS -> new Op.SecureBits(Math.toIntExact(in.getLong()));
            case DEATH_SIGNAL -> new Op.DeathSignal(new Signal(Math.toIntExact(in.getLong())));
            case UMASK -> new Op.Umask(Math.toIntExact(in.getLong()));
            case CHDIR -> new Op.Chdir(string(in));
            case NO_NEW_PRIVS -> new Op.NoNewPrivs();
            case EXECVE -> new Op.Execve(strings(in), strings(in), strings(in));
            case LANDLOCK ->
                new Op.Landlock(LandlockRuleset.of(
                        new long[] {in.getLong(), in.getLong(), in.getLong()},
                        strings(in),
                        numbers(in),
                        numbers(in),
                        strings(in)));
            case SECCOMP -> Op.Seccomp.of(in.getLong(), numbers(in));
            case NOTIFY_SOCKET -> new NotifyOp.Socket(Math.toIntExact(in.getLong()));
            case OWN_PID -> new NotifyOp.OwnPid(strings(in));
            case TERMINAL -> new TerminalOp(string(in), in.getLong(), in.getLong() != 0);
            case HOST_NETWORK, NETWORK -> network(kind, in);
            case CGROUP_JOIN ->
                new Op.CgroupJoin(numbers(in).stream().map(Math::toIntExact).toList());
            case SCHED_POLICY, IOPRIO, NUMA, TIMER_SLACK, THP, MDWE, CORE_SCHED, COREDUMP_FILTER, KEYRING, TSC ->
                resource(kind, in);
            default -> sandbox(kind, in);
        };
    }

    private static Op sandbox(OpKind kind, ByteBuffer in) {
        return switch (kind) {
            case NAMESPACES ->
                new SandboxOp.Namespaces(
                        in.getLong(),
                        in.getLong() != 0,
                        in.getLong(),
                        in.getLong(),
                        string(in),
                        string(in),
                        strings(in),
                        strings(in));
            case JOIN_PROCESS ->
                new SandboxOp.JoinProcess(Math.toIntExact(in.getLong()), in.getLong(), new ServiceName(string(in)));
            case JOIN -> new SandboxOp.Join(string(in), namespace(in.getLong()));
            case TIME_OFFSETS -> new SandboxOp.TimeOffsets(in.getLong(), in.getLong());
            case CGROUP_NAMESPACE -> new SandboxOp.CgroupNamespace();
            case ROOT ->
                new SandboxOp.Root(
                        ofNumber(SandboxOp.Root.Kind.values(), in.getLong()), string(in), strings(in), in.getLong());
            case BIND -> new SandboxOp.Bind(string(in), string(in), in.getLong(), string(in), string(in));
            case FILESYSTEM -> new SandboxOp.Filesystem(string(in), string(in), strings(in), in.getLong());
            case MKDIR -> new SandboxOp.Mkdir(string(in), Math.toIntExact(in.getLong()));
            case FILE -> new SandboxOp.File(string(in), Math.toIntExact(in.getLong()), string(in));
            case SYMLINK -> new SandboxOp.Symlink(string(in), string(in));
            case MASK -> new SandboxOp.Mask(string(in));
            case READ_ONLY -> new SandboxOp.ReadOnly(string(in), in.getLong() != 0);
            case PIVOT -> new SandboxOp.Pivot();
            case VERIFY_MOUNTS -> new SandboxOp.VerifyMounts();
            case HOSTNAME -> new SandboxOp.Hostname(string(in), string(in));
            case SYSCTL -> new SandboxOp.Sysctl(string(in), string(in));
            case LOOPBACK -> new SandboxOp.Loopback();
            case INIT -> new SandboxOp.Init();
            default -> throw new IllegalArgumentException("unknown op " + kind);
        };
    }

    private static Op network(OpKind kind, ByteBuffer in) {
        return NetworkOp.of(
                kind == OpKind.HOST_NETWORK,
                new NetworkOp.Arguments(
                        ofNumber(NetworkOp.Action.values(), in.getLong()),
                        string(in),
                        string(in),
                        string(in),
                        in.getLong()));
    }

    private static Op resource(OpKind kind, ByteBuffer in) {
        return switch (kind) {
            case SCHED_POLICY ->
                new ResourceOp.SchedPolicy(
                        policy(in.getLong()),
                        Math.toIntExact(in.getLong()),
                        in.getLong() != 0,
                        in.getLong(),
                        in.getLong(),
                        in.getLong());
            case IOPRIO ->
                new ResourceOp.IoPrio(
                        ofNumber(ResourceItem.IoClass.values(), in.getLong() - 1), Math.toIntExact(in.getLong()));
            case NUMA ->
                new ResourceOp.Numa(
                        ofNumber(ResourceItem.NumaPolicy.values(), in.getLong()),
                        numbers(in).stream().map(Math::toIntExact).toList());
            case TIMER_SLACK -> new ResourceOp.TimerSlack(in.getLong());
            case THP -> new ResourceOp.Thp(in.getLong() != 0);
            case MDWE -> new ResourceOp.Mdwe();
            case CORE_SCHED -> new ResourceOp.CoreSched();
            case COREDUMP_FILTER -> new ResourceOp.CoredumpFilter(Math.toIntExact(in.getLong()));
            case KEYRING -> new ResourceOp.Keyring();
            case TSC -> new ResourceOp.Tsc();
            default -> throw new IllegalArgumentException("unknown op " + kind);
        };
    }

    private static ResourceItem.Policy policy(long number) {
        return Arrays.stream(ResourceItem.Policy.values())
                .filter(policy -> policy.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("malformed plan: policy " + number));
    }

    private static <T extends Enum<T>> T ofNumber(T[] values, long number) {
        check(number >= 0 && number < values.length, "number " + number);
        return values[(int) number];
    }

    private static NamespaceType namespace(long flag) {
        return Arrays.stream(NamespaceType.values())
                .filter(type -> type.flag() == flag)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("malformed plan: namespace " + flag));
    }

    private static UlimitSpec.Resource resource(long number) {
        check(number >= 0 && number < UlimitSpec.Resource.values().length, "resource " + number);
        return UlimitSpec.Resource.values()[(int) number];
    }

    private static List<Long> numbers(ByteBuffer in) {
        int count = count(in);
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(in.getLong());
        }
        return numbers;
    }

    private static List<String> strings(ByteBuffer in) {
        return strings(in, count(in));
    }

    private static List<String> strings(ByteBuffer in, int count) {
        check(count >= 0 && count <= in.remaining(), "count");
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            strings.add(string(in));
        }
        return strings;
    }

    private static int count(ByteBuffer in) {
        int count = in.getInt();
        check(count >= 0 && count <= in.remaining(), "count");
        return count;
    }

    private static String string(ByteBuffer in) {
        int length = in.getInt();
        check(length >= 0 && length < in.remaining(), "length of a string");
        ByteBuffer text = in.slice(in.position(), length);
        in.position(in.position() + length);
        check(in.get() == 0, "end of a string");
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a string is not UTF-8", e);
        }
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException("malformed plan: " + what);
        }
    }
}
