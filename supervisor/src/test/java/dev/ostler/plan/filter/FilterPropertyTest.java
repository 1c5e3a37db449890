package dev.ostler.plan.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Machine;
import dev.ostler.base.Origin;
import dev.ostler.base.Syscalls;
import dev.ostler.linux.Libseccomp;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.SeccompAction;
import dev.ostler.spec.SeccompCondition;
import dev.ostler.spec.SeccompCondition.Operator;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * The program of any filter does what its specification says, whatever number and arguments come: with comparisons in both
 * halves of 64 bits, which libseccomp once got wrong (CVE-2019-9893), and with bits set that the kernel ignores.
 */
class FilterPropertyTest {
    private static final Libseccomp LIBRARY = Libseccomp.load().orElseThrow();

    /** 32-bit, 16-bit and 64-bit arguments, calls that groups hold under conditions, and the newest ones. */
    private static final List<String> CALLS = List.of(
            "socket",
            "ioctl",
            "fcntl",
            "chmod",
            "mmap",
            "clone",
            "clone3",
            "unshare",
            "prctl",
            "lseek",
            "file_setattr",
            "mseal",
            "openat",
            "rseq_slice_yield");

    private static final List<String> GROUPS =
            List.of("@system-service", "@default", "@process", "@mount", "@io-uring", "@known", "@namespaces");

    private static final List<Long> NUMBERS = List.of(
            0L, 1L, 2L, 3L, 16L, 0x7fffffffL, 0x80000000L, 0xffffffffL, 1L << 32, -1L, 1L << 63, 0x541100005412L);

    @Provide
    Arbitrary<SeccompSpec> specs() {
        Arbitrary<List<SeccompItem>> items = items().list().ofMaxSize(5);
        Arbitrary<Optional<List<SeccompItem>>> allow = items.injectNull(0.3).map(Optional::ofNullable);
        return Combinators.combine(allow, items, actions())
                .as((allowed, denied, otherwise) ->
                        new SeccompSpec(allowed, denied, otherwise, IfUnsupported.FAIL, Origin.BUILT_IN));
    }

    private static Arbitrary<SeccompItem> items() {
        Arbitrary<Optional<SeccompAction>> action = actions().injectNull(0.5).map(Optional::ofNullable);
        Arbitrary<SeccompItem> groups = Combinators.combine(Arbitraries.of(GROUPS), action)
                .as((group, each) -> new SeccompItem(group, List.of(), each, Origin.BUILT_IN));
        Arbitrary<SeccompItem> calls = Combinators.combine(
                        Arbitraries.of(CALLS), conditions().list().ofMaxSize(3), action)
                .as((call, conditions, each) ->
                        new SeccompItem(call, call.equals("clone3") ? List.of() : conditions, each, Origin.BUILT_IN));
        return Arbitraries.frequencyOf(Tuple.of(1, groups), Tuple.of(4, calls));
    }

    private static Arbitrary<SeccompCondition> conditions() {
        Arbitrary<Long> values = Arbitraries.oneOf(Arbitraries.of(NUMBERS), Arbitraries.longs());
        return Combinators.combine(
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.of(Operator.class),
                        values,
                        values.list().ofMinSize(1).ofMaxSize(3))
                .as((index, operator, mask, list) -> new SeccompCondition(
                        index, operator, mask, operator == Operator.IN ? list : list.subList(0, 1)));
    }

    private static Arbitrary<SeccompAction> actions() {
        return Arbitraries.of("errno", "EACCES", "ENOSYS", "kill", "kill_thread", "trap", "log")
                .map(text -> SeccompAction.parse(text).orElseThrow());
    }

    @Property(tries = 400)
    void agreesWithTheSpecification(@ForAll("specs") SeccompSpec spec, @ForAll long seed) {
        List<Long> program;
        Evaluator evaluator;
        try {
            FilterRules rules = FilterRules.of(Machine.current(), spec);
            evaluator = new Evaluator(spec, rules.isAllowed("clone"));
            program = FilterProgram.of(rules, LIBRARY);
        } catch (TooManyComparisonsException tooLarge) {
            Statistics.label("filter").collect("too large");
            return; // refused with a message: nothing to run
        }
        Statistics.label("filter")
                .collect("compiled")
                .coverage(coverage -> coverage.check("compiled").percentage(share -> share > 60));
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            long number = number(random);
            long architecture =
                    random.nextInt(20) == 0 ? 0x40000003L : Machine.current().audit();
            long[] arguments = arguments(spec, random);

            long answer = Bpf.run(program, architecture, number, arguments);

            if (i < 20 && architecture == Machine.current().audit()) {
                assertThat(FilterOutcomes.of(program, Machine.current(), number))
                        .contains(answer);
            }
            assertThat(answer)
                    .as("number %d, arguments %s", number, Arrays.toString(arguments))
                    .isEqualTo(evaluator.evaluate(architecture, number, arguments));
        }
    }

    private static long number(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(500);
            case 1 ->
                List.of(1000L, 0x40000000L, 0x40000001L, 0xffffffffL, 0x7fffffffL, 0x80000000L, 400L)
                        .get(random.nextInt(7));
            default ->
                Syscalls.number(Machine.current(), CALLS.get(random.nextInt(CALLS.size())))
                        .orElse(1);
        };
    }

    /** Near the values that are compared with, in each half of the 64 bits, or anything. */
    private static long[] arguments(SeccompSpec spec, Random random) {
        List<Long> near = new ArrayList<>(NUMBERS);
        List<SeccompItem> items = new ArrayList<>(spec.deny());
        spec.allow().ifPresent(items::addAll);
        items.forEach(item -> item.conditions().forEach(condition -> near.addAll(condition.values())));
        long[] arguments = new long[6];
        for (int i = 0; i < arguments.length; i++) {
            long value = near.get(random.nextInt(near.size()));
            arguments[i] = switch (random.nextInt(6)) {
                case 0 -> random.nextLong();
                case 1 -> value + random.nextInt(3) - 1;
                case 2 -> value ^ 1L << random.nextInt(64);
                case 3 -> value & 0xffffffffL | (long) random.nextInt() << 32;
                default -> value;
            };
        }
        return arguments;
    }
}
