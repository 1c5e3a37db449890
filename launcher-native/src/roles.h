/*
 * The roles that run without a keeper: exec and init. argv[0] is the name of the role.
 */
#ifndef OSTLER_ROLES_H
#define OSTLER_ROLES_H

#include "plan.h"

#include <sys/types.h>

enum exit_codes {
	EXIT_USAGE = 2,
	EXIT_OSTLER = 125, /* before the program's turn: bad plan, no memory */
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_REFUSED = 127, /* not found, or another op was refused */
};

extern const char exec_help[];
extern const char init_help[];

/*
 * ostler exec PLAN [-- ARG…]. Returns an exit code, only on failure or when it had to stay as the
 * parent.
 */
int role_exec(int argc, char **argv, char **envp);

/*
 * Run a plan in this process, argv (NULL-terminated) following that of the plan. Returns the exit
 * code, only on failure or when it had to stay as the parent.
 */
int exec_plan(const struct plan *plan, char *const *argv, char *const *envp);

/* ostler init [-g] [--] CMD…, ostler init PLAN. Returns the exit code. */
int role_init(int argc, char **argv, char **envp);

/* What init runs: a plan, or a command with its environment. */
struct init_program {
	const struct plan *plan; /* or NULL */
	/* of the command, or what is appended to argv of the plan; NULL-terminated */
	char *const *argv;
	char *const *envp;
	bool perhaps_plan; /* the command may be the name of a plan that is none */
	bool to_group; /* signals go to the process group of the child */
	bool leave_nothing; /* at the end kill what the program has left behind */
};

/* Stay as the parent: reap, forward signals, mirror the exit code. */
int init_run(const struct init_program *program);

/* Read and check a plan file. 0, or -errno after a message on standard error. */
int plan_load(const char *path, struct plan *ret);

/*
 * Run a plan, or with plan NULL a command, in the calling process, whose signals must all be
 * blocked. Returns an exit code, only on failure, after a message. parent: who must be the parent
 * for the death signal. release_fd: where a child in new namespaces waits for its maps, or -1.
 */
int run_in_place(const struct init_program *program, pid_t parent, int release_fd);

#endif
