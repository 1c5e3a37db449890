package dev.ostler.audit;

import java.util.ArrayList;
import java.util.List;

/** An audit as people read it: a table, one line an item. Stateless, any thread. */
public final class AuditText {
    /** Longer cells push the rest of their line to the right, not everybody's. */
    private static final int MAX_WIDTH = 44;

    private static final String GAP = "  ";

    private AuditText() {}

    /**
     * The table with its headings; each line begins with the mark of its verdict.
     *
     * @return lines, each ended by a line feed
     */
    public static String table(List<Finding> findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(" ", "ITEM", "ASKED", "TRUE", "ORIGIN"));
        for (Finding finding : findings) {
            rows.add(List.of(
                    String.valueOf(finding.verdict().mark()),
                    finding.item(),
                    finding.asked(),
                    finding.truth(),
                    finding.origin()));
        }
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.min(
                        MAX_WIDTH, Math.max(widths[column], row.get(column).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> append(text, row, widths));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            line.append(cell).append(" ".repeat(Math.max(0, widths[column] - cell.length())));
            line.append(column == 0 ? " " : GAP);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
