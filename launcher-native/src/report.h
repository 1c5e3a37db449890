/*
 * What `ostler run` tells its caller on descriptors: JSON objects whose members have the names that
 * bwrap(1) gives them.
 */
#ifndef OSTLER_REPORT_H
#define OSTLER_REPORT_H

#include <stdbool.h>
#include <sys/types.h>

/* The process that has started us, and descriptors for what it wants to be told; 0: none. */
struct caller {
	pid_t pid;
	int started_fd; /* gets the first object alone, a member a line, and is closed then */
	int status_fd; /* gets both, a line each */
};

bool caller_listens(const struct caller *caller);

/*
 * {"child-pid": 42, "ipc-namespace": 4026531839, …}: the first process of the program as this pid
 * namespace numbers it, and the namespaces it was cloned into.
 */
void report_started(const struct caller *caller, pid_t child);

/* {"exit-code": 3}: only when the program was executed. */
void report_ended(const struct caller *caller, int code);

#endif
