package dev.ostler.plan;

import dev.ostler.base.Origin;
import java.util.Objects;

/**
 * An op in its place.
 *
 * @param origin what asked for it
 * @param reason why it stands here and not elsewhere
 */
public record PlannedOp(Op op, Origin origin, String reason) {
    public PlannedOp {
        Objects.requireNonNull(op, "op");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(reason, "reason");
    }
}
