package dev.ostler.cli;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.service.Event;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.Requester;
import dev.ostler.service.RestartGovernor;
import dev.ostler.service.ServiceMachine;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A project in which only that happens which the test says, at the time that the test says. */
final class PlayedProject {
    private static final Path FILE = Path.of("/project/ostler.yaml");
    private static final Instant BEGIN = Instant.parse("2026-01-31T12:00:00Z");

    final ProjectSpec spec;
    final Project project;
    private Duration elapsed = Duration.ZERO;

    PlayedProject(String yaml) {
        LoadResult result = YamlProject.load(new ProjectSource(
                FILE,
                "ostler.yaml",
                List.of(),
                Path.of("../profiles").toAbsolutePath(),
                Map.of(),
                path -> path.equals(FILE) ? yaml.getBytes(StandardCharsets.UTF_8) : Files.readAllBytes(path)));
        spec = ((LoadResult.Loaded) result).project();
        project = new Project(spec, new ServiceMachine(new RestartGovernor(() -> 0)), now());
    }

    Moment now() {
        return new Moment(Duration.ofHours(1).plus(elapsed).toNanos(), BEGIN.plus(elapsed));
    }

    PlayedProject after(Duration time) {
        elapsed = elapsed.plus(time);
        return this;
    }

    PlayedProject startAll() {
        project.startAll(now());
        return this;
    }

    PlayedProject stop(String service) {
        project.accept(new ServiceName(service), new Event.StopRequested(Requester.PERSON, false), now());
        return this;
    }

    ServiceStatus status(String service) {
        return project.status(new ServiceName(service));
    }

    /** Its program executes. */
    PlayedProject launched(String service) {
        ServiceName name = new ServiceName(service);
        int run = project.status(name).run().number();
        project.accept(
                name, new Event.Spawned(run, new Pid(100), "guard", now().monotonicNanos(), now().wall()), now());
        project.accept(name, new Event.LaunchSucceeded(run), now());
        return this;
    }

    PlayedProject exits(String service, int code) {
        ServiceName name = new ServiceName(service);
        int run = project.status(name).run().number();
        project.accept(name, new Event.MainExited(run, ExitStatus.exited(code), now().monotonicNanos(), true), now());
        return this;
    }
}
