/*
 * The roles that run without a keeper: exec and init. argv[0] is the name of the role.
 */
#ifndef OSTLER_ROLES_H
#define OSTLER_ROLES_H

#include "plan.h"
#include "report.h"

#include <sys/types.h>

struct launch;

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
 * Run a plan in this process, argv (NULL-terminated) following that of the plan. It stays
 * as the parent where the plan needs that or the caller listens. Returns the exit code, only on
 * failure or when it had to stay.
 */
int exec_plan(const struct plan *plan, char *const *argv, char *const *envp,
	      const struct caller *caller);

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
	struct caller caller; /* is told that the program exists, and that it has ended */
};

/* Stay as the parent: reap, forward signals, mirror the exit code. */
int init_run(const struct init_program *program);

/* Read and check a plan file. 0, or -errno after a message on standard error. */
int plan_load(const char *path, struct plan *ret);

/* What a process has from the one that cloned it for a program. */
struct start {
	pid_t parent; /* who must be the parent for the death signal */
	int terminal_fd; /* to the relay of its terminal, or -1 */
	int exec_pipe; /* gets the records of a launch (README section 2), or -1 */
	const struct launch *prepared; /* made for a child in new namespaces, or NULL */
};

/*
 * Run a plan, or with plan NULL a command, in the calling process, whose signals must all be
 * blocked. Returns an exit code, only on failure, after a message.
 */
int run_in_place(const struct init_program *program, const struct start *start);

#endif
