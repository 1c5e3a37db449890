/*
 * Runs a plan for a test to its end, with a pipe as standard output of the service.
 */
#ifndef OSTLER_RUN_H
#define OSTLER_RUN_H

#include "build.h"

struct outcome {
	struct launch_report report;
	int status; /* wait status of the clone */
	char output[8192];
};

/* The FDS op of most tests: 0 = /dev/null, 1 = passed descriptor 0 (see run_plan), 2 = our own. */
void build_stdio(struct build *build);

/* The EXECVE of sh -c script. */
void build_script(struct build *build, const char *script);

/* Finish and launch; what it writes into passed descriptor 0 becomes output. */
void run_plan(struct build *build, struct outcome *ret);
void run_plan_in(struct build *build, int cgroup_fd, struct outcome *ret);

/*
 * Make a file in a fresh directory under /tmp, removed at the end of the test program; its path,
 * static.
 */
const char *temp_file(const char *name, const void *bytes, size_t size, int mode);

#endif
