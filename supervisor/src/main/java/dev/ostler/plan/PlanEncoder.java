package dev.ostler.plan;

import dev.ostler.base.Origin;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a plan in the launcher's format. The same plan gives the same bytes. Stateless, any thread. */
public final class PlanEncoder {
    /** What one launch may map; the native side has the same limit. */
    public static final int MAX_BYTES = 1 << 20;

    private PlanEncoder() {}

    /** Throws {@link PlanTooLargeException} when the plan breaks a limit of the format. */
    public static byte[] encode(Plan plan) {
        checkOps(plan);
        ByteSink sink = new ByteSink();
        sink.skip(PlanFormat.HEADER_BYTES);
        Map<String, Integer> origins = new LinkedHashMap<>();
        Origin latest = null;
        int number = 0;
        for (PlannedOp planned : plan.ops()) {
            if (planned.origin() != latest) { // ops that come of one thing stand together
                latest = planned.origin();
                number = number(latest.toString(), origins);
            }
            writeOp(sink, planned.op(), number);
        }
        int opsBytes = sink.size() - PlanFormat.HEADER_BYTES;
        for (String origin : origins.keySet()) {
            sink.string(origin);
        }
        if (sink.size() > MAX_BYTES) {
            throw new PlanTooLargeException("the plan has " + sink.size() + " bytes, the limit is " + MAX_BYTES);
        }
        sink.overwrite(0, header(plan, opsBytes, origins.size(), sink.size() - PlanFormat.HEADER_BYTES - opsBytes));
        return sink.toByteArray();
    }

    /** Throws {@link PlanTooLargeException} as {@link #encode} does. Writes only a plan that is by far larger than most. */
    static void check(Plan plan) {
        checkOps(plan);
        SizeSink most = new SizeSink();
        Origin latest = null;
        for (PlannedOp planned : plan.ops()) {
            most.bytes(PlanFormat.OP_HEADER_BYTES);
            planned.op().writeTo(most);
            if (planned.origin() != latest) {
                latest = planned.origin();
                most.origin(latest);
            }
        }
        if (PlanFormat.HEADER_BYTES + most.size() > MAX_BYTES) {
            encode(plan);
        }
    }

    private static void checkOps(Plan plan) {
        if (plan.ops().size() > PlanFormat.MAX_OPS) {
            throw new PlanTooLargeException(
                    "the plan has " + plan.ops().size() + " ops, the limit is " + PlanFormat.MAX_OPS);
        }
    }

    private static int number(String origin, Map<String, Integer> origins) {
        Integer known = origins.get(origin);
        if (known == null) {
            known = origins.size();
            origins.put(origin, known);
        }
        return known;
    }

    private static void writeOp(ByteSink sink, Op op, int origin) {
        sink.u16(op.code());
        sink.u16(0);
        sink.u32(origin);
        int length = sink.size();
        sink.u32(0);
        op.writeTo(sink);
        sink.overwriteU32(length, sink.size() - length - Integer.BYTES);
    }

    private static ByteSink header(Plan plan, int opsBytes, int originCount, int originBytes) {
        ByteSink header = new ByteSink(PlanFormat.HEADER_BYTES);
        header.u64(PlanFormat.MAGIC);
        header.u32(PlanFormat.VERSION);
        header.u32(PlanFormat.HEADER_BYTES + opsBytes + originBytes);
        header.u32((plan.copy() ? PlanFormat.FLAG_COPY : 0) | (plan.guard() ? PlanFormat.FLAG_STAY : 0));
        header.u32(plan.ops().size());
        header.u32(PlanFormat.HEADER_BYTES);
        header.u32(opsBytes);
        header.u32(originCount);
        header.u32(PlanFormat.HEADER_BYTES + opsBytes);
        header.u32(originBytes);
        header.u32(plan.passedDescriptors());
        header.u32(plan.deadline().toMillis());
        header.u32(plan.deathSignal().isPresent() ? plan.deathSignal().get().number() : 0);
        header.u64(0);
        return header;
    }
}
