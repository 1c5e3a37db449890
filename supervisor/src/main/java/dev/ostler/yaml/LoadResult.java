package dev.ostler.yaml;

import dev.ostler.spec.ProjectSpec;
import java.util.List;

/** What became of a project file. */
public sealed interface LoadResult {
    /**
     * The project is sound.
     *
     * @param files every file that was read, the project file first; reading exactly these gives the same result
     * @param warnings worth a line, no reason to refuse
     */
    record Loaded(ProjectSpec project, List<ReadFile> files, List<Problem> warnings) implements LoadResult {
        public Loaded {
            files = List.copyOf(files);
            warnings = List.copyOf(warnings);
        }
    }

    /** All problems found, never none: those of the project file first, by line. */
    record Refused(List<Problem> problems) implements LoadResult {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
