package dev.ostler.spec;

import dev.ostler.base.CronSchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What starts a service. */
public sealed interface Trigger {
    /** What it waits for while nothing of it runs, for people: {@code traffic}. */
    String awaited();

    /** It is started with the project. */
    record Boot() implements Trigger {
        @Override
        public String awaited() {
            return "the start of the project";
        }
    }

    /** Something comes in on one of its sockets. */
    record Traffic() implements Trigger {
        @Override
        public String awaited() {
            return "traffic on its sockets";
        }
    }

    /** Something is, or happens, at one of these paths, which are absolute. */
    record AtPath(Kind kind, List<Path> paths) implements Trigger {
        public AtPath {
            Objects.requireNonNull(kind, "kind");
            paths = List.copyOf(paths);
            if (paths.isEmpty()) {
                throw new IllegalArgumentException("no path");
            }
        }

        /** What is waited for. */
        public enum Kind {
            PATH_EXISTS("to exist"),
            /** Since the trigger came last. */
            PATH_CHANGED("to change"),
            DIRECTORY_NOT_EMPTY("not to be empty");

            private final String awaited;

            Kind(String awaited) {
                this.awaited = awaited;
            }

            /** {@code path_exists}, the key of the YAML. */
            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        /** {@code "/srv/in" not to be empty}. */
        @Override
        public String awaited() {
            return paths.stream().map(path -> "\"" + path + "\"").collect(Collectors.joining(" or ")) + " "
                    + kind.awaited;
        }
    }

    /** Its time comes, again and again. */
    sealed interface Timed extends Trigger {
        /** The longest delay, a part of which is drawn for each time. */
        Duration jitter();

        @Override
        default String awaited() {
            return "its time";
        }
    }

    /**
     * By CLOCK_MONOTONIC, counted from the start of its latest run.
     *
     * @param first until the first run, from the start of the project
     */
    record Every(Duration interval, Duration first, Duration jitter) implements Timed {
        public Every {
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(jitter, "jitter");
            if (interval.isZero() || interval.isNegative()) {
                throw new IllegalArgumentException("every " + interval);
            }
        }
    }

    /**
     * By the calendar.
     *
     * @param zone empty = the host's
     * @param persistent a time that passed while the project was down is made up for, once
     */
    record Calendar(CronSchedule schedule, Optional<ZoneId> zone, Duration jitter, boolean persistent)
            implements Timed {
        public Calendar {
            Objects.requireNonNull(schedule, "schedule");
            Objects.requireNonNull(zone, "zone");
            Objects.requireNonNull(jitter, "jitter");
        }
    }
}
