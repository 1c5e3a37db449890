package dev.ostler.daemon;

import dev.ostler.base.ServiceName;
import dev.ostler.linux.Accounts;
import dev.ostler.plan.Guard;
import dev.ostler.spec.Setting;
import dev.ostler.supervise.CompiledProject;
import dev.ostler.supervise.Difference;
import dev.ostler.supervise.ProjectCompiler;
import dev.ostler.supervise.SystemHostFacts;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ReadFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What became of reading the files while services run. */
sealed interface Reading {
    /**
     * They are sound, and can be had here.
     *
     * @param absent what was looked for and is not there
     * @param before settings of the services in force
     * @param after settings of the services that the files ask for
     * @param overall what has changed over all services
     */
    record Sound(
            CompiledProject project,
            List<ReadFile> files,
            List<Path> absent,
            Map<ServiceName, List<Setting>> before,
            Map<ServiceName, List<Setting>> after,
            List<Difference> overall,
            List<String> warnings)
            implements Reading {}

    /** All that stands against them. */
    record Refused(List<String> problems) implements Reading {
        private static Refused of(List<?> problems) {
            return new Refused(problems.stream().map(Object::toString).toList());
        }
    }

    /** Reads, parses and compiles. Blocks: for a thread that may. */
    static Reading of(Configuration configuration, Guard guard) {
        LoadResult result = configuration.fromDisk(true);
        if (result instanceof LoadResult.Refused refused) {
            return Refused.of(refused.problems());
        }
        LoadResult.Loaded loaded = (LoadResult.Loaded) result;
        ProjectCompiler.Result compiled =
                ProjectCompiler.compile(loaded.project(), SystemHostFacts.capture(new Accounts()), guard);
        if (!compiled.problems().isEmpty()) {
            return Refused.of(compiled.problems());
        }
        List<String> warnings = new ArrayList<>();
        loaded.warnings().forEach(warning -> warnings.add(warning.toString()));
        compiled.services().forEach(service -> service.degraded().forEach(item -> warnings.add(item.toString())));
        LoadResult.Loaded inForce = (LoadResult.Loaded) configuration.inForce(true);
        return new Sound(
                new CompiledProject(loaded.project(), compiled.services()),
                loaded.files(),
                loaded.absent(),
                inForce.settings(),
                loaded.settings(),
                Difference.between(inForce.projectSettings(), loaded.projectSettings()),
                warnings);
    }
}
