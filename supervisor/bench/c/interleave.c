/*
 * interleave WARM_UP RUNS COMMAND... -- COMMAND... [-- COMMAND...]
 *
 * Runs the commands in turn, each by vfork and execve with its output to /dev/null, and prints the wall
 * time of every run after the warm-up: one line a round, one column a command, nanoseconds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 8, FIRST_COMMAND = 3 };

static int64_t now(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at); /* cannot fail */
	return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static int64_t run(char **command)
{
	int64_t before = now();
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execv(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		(void)dprintf(2, "cannot run \"%s\"\n", command[0]);
		exit(1);
	}
	return now() - before;
}

int main(int argc, char **argv)
{
	char **commands[MAX_COMMANDS];
	int n = 0, warm_up, runs;
	FILE *out;

	if (argc <= FIRST_COMMAND)
		return 2;
	warm_up = atoi(argv[1]);
	runs = atoi(argv[2]);
	commands[n++] = argv + FIRST_COMMAND;
	for (int i = FIRST_COMMAND; i < argc && n < MAX_COMMANDS; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		commands[n++] = argv + i + 1;
	}
	out = fdopen(fcntl(1, F_DUPFD_CLOEXEC, 3), "w");
	if (!out || dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1) < 0)
		return 1;
	for (int i = 0; i < warm_up + runs; i++) {
		for (int c = 0; c < n; c++) {
			int64_t nanos = run(commands[c]);

			if (i >= warm_up)
				(void)fprintf(out, "%lld%c", (long long)nanos, c + 1 < n ? '\t' : '\n');
		}
	}
	return fclose(out) ? 1 : 0;
}
