package dev.ostler.base;

import java.util.Collection;
import java.util.Optional;

/** Finds what was probably meant, by the number of letters that were typed wrong. */
public final class NearestWord {
    private NearestWord() {}

    /** {@code , did you mean "ready"?}, or nothing when no known word is near. */
    public static String hint(String word, Collection<String> known) {
        return of(word, known).map(near -> ", did you mean \"" + near + "\"?").orElse("");
    }

    /** The nearest known word when at most a third of its letters differ (at least one may, at most three). */
    public static Optional<String> of(String word, Collection<String> known) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int allowed = Math.max(1, Math.min(3, Math.min(word.length(), candidate.length()) / 3));
            if (Math.abs(word.length() - candidate.length()) > allowed) {
                continue;
            }
            int distance = distance(word, candidate);
            if (distance <= allowed && distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int different = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int cheapest = Math.min(cost[i - 1][j - 1] + different, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
            cheapest = Math.min(cheapest, cost[i - 2][j - 2] + 1);
        }
        return cheapest;
    }
}
