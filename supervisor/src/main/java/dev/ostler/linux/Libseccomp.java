package dev.ostler.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

/**
 * libseccomp, which turns rules into a program for the kernel, seccomp_rule_add(3). The library is looked for with the
 * first {@link #load}, and needed by nothing else. One compilation at a time; any platform thread.
 */
public final class Libseccomp {
    /** The name that the library has kept since version 2.0. */
    private static final String SONAME = "libseccomp.so.2";

    /** More than the 4096 instructions of 8 bytes that the kernel takes, so that too many can be told from enough. */
    private static final int MAX_PROGRAM_BYTES = 1 << 20;

    private static final int FLTATR_ACT_BADARCH = 2;
    private static final int FLTATR_CTL_NNP = 3;
    private static final int FLTATR_CTL_OPTIMIZE = 8;
    private static final int BINARY_TREE = 2;
    private static final int CMP_MASKED_EQ = 7;

    /** struct scmp_arg_cmp: argument, operator, two numbers. */
    private static final int COMPARISON_BYTES = 24;

    /** Services of one profile have one filter; more kinds than these are compiled again. */
    private static final int MOST_KEPT = 16;

    private final LibSeccomp library;
    private final Map<Request, long[]> kept = new HashMap<>(); // guarded by this

    private Libseccomp(LibSeccomp library) {
        this.library = library;
    }

    /**
     * Public only for the generated class, which lives in another loader. Results are 0 or -errno; actions are unsigned
     * 32-bit numbers.
     */
    public interface LibSeccomp {
        Pointer seccomp_init(int defaultAction);

        void seccomp_release(Pointer context);

        int seccomp_attr_set(Pointer context, int attribute, int value);

        int seccomp_rule_add_exact_array(
                Pointer context, int action, int call, int comparisonCount, Pointer comparisons);

        int seccomp_export_bpf(Pointer context, int fd);
    }

    /** One comparison: {@code (argument & mask) == value}. */
    public record Comparison(int index, long mask, long value) {}

    /** A call by number, what its arguments must be, and what it then gets (SECCOMP_RET_*). */
    public record Rule(int call, List<Comparison> comparisons, int action) {
        public Rule {
            comparisons = List.copyOf(comparisons);
        }
    }

    private record Request(int defaultAction, int foreign, List<Rule> rules) {}

    /** Looked for once. */
    private static final class Loaded {
        private static final Optional<Libseccomp> LIBRARY = find();

        private static Optional<Libseccomp> find() {
            try {
                return Optional.of(new Libseccomp(
                        LibraryLoader.create(LibSeccomp.class).failImmediately().load(SONAME)));
            } catch (UnsatisfiedLinkError ignored) { // its message names every directory that was looked into
                return Optional.empty();
            }
        }
    }

    /** Empty when the library is not installed. */
    public static Optional<Libseccomp> load() {
        return Loaded.LIBRARY;
    }

    /**
     * The program for this architecture, struct sock_filter each. Calls of another architecture or ABI get {@code
     * foreign}. {@link KernelException} when the library refuses a rule.
     */
    public synchronized long[] program(int defaultAction, int foreign, List<Rule> rules) {
        Request request = new Request(defaultAction, foreign, List.copyOf(rules));
        long[] program = kept.get(request);
        if (program == null) {
            program = compile(request);
            if (kept.size() < MOST_KEPT) {
                kept.put(request, program);
            }
        }
        return program.clone();
    }

    private long[] compile(Request request) {
        Pointer context = library.seccomp_init(request.defaultAction());
        if (context == null) {
            throw new KernelException("seccomp_init", Integer.toHexString(request.defaultAction()), Errno.EINVAL);
        }
        try {
            check(
                    library.seccomp_attr_set(context, FLTATR_ACT_BADARCH, request.foreign()),
                    "seccomp_attr_set",
                    "bad arch");
            check(library.seccomp_attr_set(context, FLTATR_CTL_NNP, 0), "seccomp_attr_set", "no_new_privs");
            check(
                    library.seccomp_attr_set(context, FLTATR_CTL_OPTIMIZE, BINARY_TREE),
                    "seccomp_attr_set",
                    "optimization");
            for (Rule rule : request.rules()) {
                add(context, rule);
            }
            return export(context);
        } finally {
            library.seccomp_release(context);
        }
    }

    private void add(Pointer context, Rule rule) {
        int count = rule.comparisons().size();
        if (count == 0) { // most of them: nothing to allocate
            check(
                    library.seccomp_rule_add_exact_array(context, rule.action(), rule.call(), 0, null),
                    "seccomp_rule_add",
                    "system call " + rule.call());
            return;
        }
        NativeBuffer comparisons = NativeBuffer.allocate(count * COMPARISON_BYTES);
        for (int i = 0; i < count; i++) {
            Comparison comparison = rule.comparisons().get(i);
            int at = i * COMPARISON_BYTES;
            comparisons.bytes().putInt(at, comparison.index());
            comparisons.bytes().putInt(at + 4, CMP_MASKED_EQ);
            comparisons.bytes().putLong(at + 8, comparison.mask());
            comparisons.bytes().putLong(at + 16, comparison.value());
        }
        check(
                library.seccomp_rule_add_exact_array(context, rule.action(), rule.call(), count, comparisons.pointer()),
                "seccomp_rule_add",
                "system call " + rule.call());
    }

    private long[] export(Pointer context) {
        try (Fd file = Memfd.create("seccomp")) {
            check(library.seccomp_export_bpf(context, file.number()), "seccomp_export_bpf", "");
            byte[] bytes = Memfd.readAll(file, MAX_PROGRAM_BYTES);
            long[] program = new long[bytes.length / Long.BYTES];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(program);
            return program;
        }
    }

    private static void check(int result, String call, String object) {
        if (result < 0) {
            throw new KernelException(call, object, new Errno(-result));
        }
    }
}
