/*
 * What `ostler` can be besides exec and init (roles.h); its first argument picks one. Each gets the
 * arguments from its own name on and returns the exit code.
 */
#ifndef OSTLER_COMMANDS_H
#define OSTLER_COMMANDS_H

#include "roles.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1 }; /* 2 is EXIT_USAGE */

int role_up(int argc, char **argv, char **envp);

/* A command of the running supervisor; `logs` without one becomes a command of a JVM of its own. */
int role_client(int argc, char **argv, char **envp);

/*
 * A command that runs in a JVM of its own, in place of this process. Returns only when that fails.
 */
int role_java(int argc, char **argv, char **envp);

/* Say what this command cannot do: `cannot <verb> "<object>": <errno>`. Its exit code. */
int cannot(const char *verb, const char *object, int error);

/* One command in a sandbox. Returns as exec_plan does. */
int role_run(int argc, char **argv, char **envp);

void help_overview(int fd);
void help_up(int fd);

#endif
