package dev.ostler.plan.filter;

import java.util.ArrayList;
import java.util.List;

/** Some of the arguments that a system call can have, as cubes of which no two overlap. Immutable. */
final class Region {
    /** More cubes than any sensible filter has for one call; the kernel takes 4096 instructions for all of them. */
    static final int MAX_CUBES = 512;

    static final Region NONE = new Region(List.of());
    static final Region ALL = new Region(List.of(Cube.ALL));

    private final List<Cube> cubes;

    private Region(List<Cube> cubes) {
        if (cubes.size() > MAX_CUBES) {
            throw new TooManyComparisonsException(
                    "more than " + MAX_CUBES + " comparisons are needed for one system call");
        }
        this.cubes = cubes;
    }

    static Region of(Cube cube) {
        return new Region(List.of(cube));
    }

    List<Cube> cubes() {
        return cubes;
    }

    boolean isNone() {
        return cubes.isEmpty();
    }

    boolean isAll() {
        return cubes.size() == 1 && cubes.get(0).isAll();
    }

    Region or(Region other) {
        if (isAll() || other.isNone()) {
            return this;
        }
        if (other.isAll()) {
            return ALL;
        }
        List<Cube> all = new ArrayList<>(cubes);
        all.addAll(other.minus(this).cubes);
        return new Region(all);
    }

    Region and(Region other) {
        List<Cube> both = new ArrayList<>();
        for (Cube cube : cubes) {
            other.cubes.forEach(each -> cube.and(each).ifPresent(both::add));
        }
        return new Region(both);
    }

    Region minus(Region other) {
        List<Cube> left = cubes;
        for (Cube taken : other.cubes) {
            List<Cube> next = new ArrayList<>();
            left.forEach(cube -> next.addAll(cube.minus(taken)));
            left = new Region(next).cubes;
        }
        return new Region(left);
    }
}
