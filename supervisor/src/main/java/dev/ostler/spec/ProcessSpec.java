package dev.ostler.spec;

import dev.ostler.base.Located;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is executed, where and as whom.
 *
 * @param command program and arguments, never empty; the program is looked up in the service's own PATH
 * @param environment declared variables, env files first, later entries already merged; names are unique
 * @param workingDirectory absolute
 * @param user empty = the supervisor's own user
 * @param groupAdd supplementary groups beside those of the user
 * @param directories created before the first launch, owned by the user, when missing
 */
public record ProcessSpec(
        Located<List<String>> command,
        List<EnvironmentVariable> environment,
        Located<Path> workingDirectory,
        Optional<UserSpec> user,
        List<Located<String>> groupAdd,
        Optional<Located<Integer>> umask,
        List<DirectorySpec> directories) {
    public ProcessSpec {
        command = new Located<>(List.copyOf(command.value()), command.origin());
        environment = List.copyOf(environment);
        groupAdd = List.copyOf(groupAdd);
        directories = List.copyOf(directories);
    }
}
