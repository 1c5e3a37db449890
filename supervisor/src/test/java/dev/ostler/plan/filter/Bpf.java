package dev.ostler.plan.filter;

import java.util.List;

/**
 * Runs classic BPF over struct seccomp_data as the kernel does, socket(7) and linux/bpf_common.h: all arithmetic, jump and
 * scratch memory instructions that seccomp_check_filter of the kernel lets through.
 */
final class Bpf {
    private static final int SCRATCH_WORDS = 16;
    private static final int MAX_INSTRUCTIONS = 4096;

    private Bpf() {}

    /** The value returned, unsigned. */
    static long run(List<Long> program, long architecture, long number, long... arguments) {
        long[] scratch = new long[SCRATCH_WORDS];
        long a = 0;
        long x = 0;
        int at = 0;
        for (int steps = 0; steps < MAX_INSTRUCTIONS; steps++) {
            long instruction = program.get(at++);
            int code = (int) instruction & 0xffff;
            int ifTrue = (int) (instruction >>> 16 & 0xff);
            int ifFalse = (int) (instruction >>> 24 & 0xff);
            long k = instruction >>> 32;
            switch (code) {
                case 0x20 -> a = word(k, architecture, number, arguments);
                case 0x00 -> a = k;
                case 0x01 -> x = k;
                case 0x60 -> a = scratch[(int) k];
                case 0x61 -> x = scratch[(int) k];
                case 0x02 -> scratch[(int) k] = a;
                case 0x03 -> scratch[(int) k] = x;
                case 0x04 -> a = a + k & 0xffffffffL;
                case 0x14 -> a = a - k & 0xffffffffL;
                case 0x44 -> a |= k;
                case 0x54 -> a &= k;
                case 0x5c -> a &= x;
                case 0x64 -> a = a << k & 0xffffffffL;
                case 0x74 -> a >>>= k;
                case 0x84 -> a = -a & 0xffffffffL;
                case 0x07 -> x = a;
                case 0x87 -> a = x;
                case 0x05 -> at += (int) k;
                case 0x15 -> at += a == k ? ifTrue : ifFalse;
                case 0x25 -> at += a > k ? ifTrue : ifFalse;
                case 0x35 -> at += a >= k ? ifTrue : ifFalse;
                case 0x45 -> at += (a & k) != 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return k;
                }
                case 0x16 -> {
                    return a;
                }
                default -> throw new AssertionError(String.format("instruction 0x%x at %d", code, at - 1));
            }
        }
        throw new AssertionError("no answer after " + MAX_INSTRUCTIONS + " instructions");
    }

    /** struct seccomp_data: number, architecture, instruction pointer, six arguments; little-endian. */
    private static long word(long offset, long architecture, long number, long[] arguments) {
        if (offset == 0) {
            return number & 0xffffffffL;
        }
        if (offset == 4) {
            return architecture & 0xffffffffL;
        }
        if (offset < 16) {
            return 0;
        }
        long argument = arguments[(int) (offset - 16) / 8];
        return (offset & 4) == 0 ? argument & 0xffffffffL : argument >>> 32;
    }
}
