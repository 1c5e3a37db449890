package dev.ostler.supervise;

import dev.ostler.base.Pid;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the processes of a run are found.
 *
 * @param cgroup its cgroup, where it has one
 * @param ancestor its guard, which is not one of them; without one its main process, which is
 * @param guarded whether the ancestor is a guard
 */
public record RunRoots(Optional<Path> cgroup, Pid ancestor, boolean guarded) {}
