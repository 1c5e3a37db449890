package dev.ostler.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which project is meant. The client finds its supervisor by this option; the supervisor itself has no use for it. */
@Command
final class ProjectOption {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The YAML of the project (default: ostler.yaml in the current directory).")
    private String file;
}
