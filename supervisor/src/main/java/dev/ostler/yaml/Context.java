package dev.ostler.yaml;

import java.nio.file.Path;

/** What every reader of values needs. */
record Context(Problems problems, Interpolation interpolation, Path directory, ProjectFiles files) {}
