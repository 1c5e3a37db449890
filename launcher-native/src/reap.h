/*
 * What a subreaper needs: the end of any child, and a way to stop all descendants for good.
 * Raw system calls only; no memory is taken after descendants_open.
 */
#ifndef OSTLER_REAP_H
#define OSTLER_REAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct reaped {
	pid_t pid;
	int status; /* as of wait(2); with WUNTRACED it may be a stop */
	struct rusage usage; /* of the child and the children it had waited for */
};

/*
 * Reap one child that has ended. 1; 0: none has ended; -ECHILD: there is no child. options: 0 or
 * WUNTRACED.
 */
int reap_one(struct reaped *ret, int options);

struct process {
	pid_t pid, parent;
	char state;
	uint64_t start; /* with the pid this is the identity of a process */
};

/* A list of the descendants of the calling process, remade by each scan of /proc. */
struct descendants {
	int proc; /* /proc */
	struct process *list; /* all processes of the last scan */
	size_t n;
	uint64_t *marks; /* bitmap by pid: is a descendant */
	uint64_t *signalled; /* bitmap by pid: was stopped */
};

/* Reserve memory and open /proc. 0 or -errno of the call named in *ret_call. */
int descendants_open(struct descendants *ret, const char **ret_call);

/* SIGSTOP every descendant until a scan finds no new one: after that nothing forks. */
void descendants_stop(struct descendants *descendants);

/* SIGKILL every descendant that a scan finds. */
void descendants_kill(struct descendants *descendants);

#endif
