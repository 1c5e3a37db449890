package dev.ostler.daemon;

import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Fd;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What this supervisor supervises: read from the disk once, from the keeper's snapshot ever after. Loop thread, before it runs. */
final class Configuration {
    private static final Path SYSTEM_PROFILES = Path.of("/etc/ostler/profiles");

    private final StartArguments arguments;
    private final KeeperClient keeper;
    private final Map<String, String> environment;
    private final Optional<Fd> snapshot;
    private Optional<ProjectSpec> project = Optional.empty();

    Configuration(StartArguments arguments, Handover handover, KeeperClient keeper) {
        this.arguments = arguments;
        this.keeper = keeper;
        this.environment =
                handover.take("environ").map(Configuration::readAndClose).orElse(Map.of());
        this.snapshot = handover.take("config");
    }

    private static Map<String, String> readAndClose(Fd stored) {
        try (stored) {
            return CapturedEnvironment.read(stored);
        }
    }

    Map<String, String> environment() {
        return environment;
    }

    ProjectSpec project() {
        return project.orElseThrow();
    }

    /** False when there are problems; they are on standard error then. */
    boolean load() {
        FileReader reader = snapshot.map(Snapshot::read).orElse(Files::readAllBytes);
        LoadResult result = YamlProject.load(new ProjectSource(
                arguments.file(),
                arguments.displayName(),
                List.of(SYSTEM_PROFILES),
                arguments.home().resolve("profiles"),
                environment,
                reader));
        if (result instanceof LoadResult.Refused refused) {
            refused.problems().forEach(problem -> System.err.println(problem));
            return false;
        }
        LoadResult.Loaded loaded = (LoadResult.Loaded) result;
        project = Optional.of(loaded.project());
        if (snapshot.isEmpty()) {
            loaded.warnings().forEach(warning -> System.err.println("warning: " + warning));
            keeper.send(new KeeperRequest.Store("config"), List.of(Snapshot.write(loaded.files())));
        }
        snapshot.ifPresent(Fd::close);
        return true;
    }
}
