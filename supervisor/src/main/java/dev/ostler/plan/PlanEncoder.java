package dev.ostler.plan;

import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a plan in the launcher's format. The same plan gives the same bytes. Stateless, any thread. */
public final class PlanEncoder {
    /** What one launch may map; the native side has the same limit. */
    public static final int MAX_BYTES = 1 << 20;

    private PlanEncoder() {}

    /** Throws {@link PlanTooLargeException} when the plan breaks a limit of the format. */
    public static byte[] encode(Plan plan) {
        if (plan.ops().size() > PlanFormat.MAX_OPS) {
            throw new PlanTooLargeException(
                    "the plan has " + plan.ops().size() + " ops, the limit is " + PlanFormat.MAX_OPS);
        }
        Map<String, Integer> origins = new LinkedHashMap<>();
        ByteSink ops = new ByteSink();
        for (PlannedOp planned : plan.ops()) {
            String origin = planned.origin().toString();
            origins.putIfAbsent(origin, origins.size());
            writeOp(ops, planned.op(), origins.get(origin));
        }
        ByteSink originTable = new ByteSink();
        origins.keySet().forEach(originTable::string);
        long total = (long) PlanFormat.HEADER_BYTES + ops.size() + originTable.size();
        if (total > MAX_BYTES) {
            throw new PlanTooLargeException("the plan has " + total + " bytes, the limit is " + MAX_BYTES);
        }
        ByteSink all = header(plan, ops.size(), origins.size(), originTable.size());
        all.append(ops);
        all.append(originTable);
        return all.toByteArray();
    }

    private static void writeOp(ByteSink sink, Op op, int origin) {
        ByteSink arguments = new ByteSink();
        op.writeTo(arguments);
        sink.u16(op.code());
        sink.u16(0);
        sink.u32(origin);
        sink.u32(arguments.size());
        sink.append(arguments);
    }

    private static ByteSink header(Plan plan, int opsBytes, int originCount, int originBytes) {
        ByteSink header = new ByteSink();
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
        header.u32(plan.deathSignal().map(signal -> signal.number()).orElse(0));
        header.u64(0);
        return header;
    }
}
