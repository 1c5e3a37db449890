package dev.ostler.yaml;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.Setting;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of a project file. */
public sealed interface LoadResult {
    /**
     * The project is sound.
     *
     * @param files every file that was read, the project file first; reading exactly these gives the same result
     * @param absent files that were looked for and not found; one of them might change the result
     * @param variables names of the environment that were asked for
     * @param settings of each service, empty unless the source wants them
     * @param projectSettings those of the project as a whole, likewise
     * @param warnings worth a line, no reason to refuse
     */
    record Loaded(
            ProjectSpec project,
            List<ReadFile> files,
            List<Path> absent,
            List<String> variables,
            Map<ServiceName, List<Setting>> settings,
            List<Setting> projectSettings,
            List<Problem> warnings)
            implements LoadResult {
        public Loaded {
            files = List.copyOf(files);
            absent = List.copyOf(absent);
            variables = List.copyOf(variables);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            projectSettings = List.copyOf(projectSettings);
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
