/*
 * ostler run: one command in a sandbox. The plan comes from the cache, or else from a JVM that
 * compiles it; either way this process runs it, so that no JVM is left beside the command.
 */
#include "cache.h"
#include "commands.h"
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUTS_MAX_BYTES = 1 << 20 };

static int cannot_run(const char *call)
{
	int error = errno;

	(void)dprintf(2, "cannot run: %s: %s (%s)\n", call, errno_name(error), strerror(error));
	return EXIT_OSTLER;
}

/* The JVM writes the plan and what it was made from into two memfds. 0 or an exit code. */
static int compile(int argc, char **argv, char **envp, int plan_fd, int inputs_fd)
{
	char plan_option[32], inputs_option[32];
	char *with_options[argc + 3];
	int n = 0, status;
	pid_t child;

	(void)snprintf(plan_option, sizeof(plan_option), "--plan-fd=%d", plan_fd);
	(void)snprintf(inputs_option, sizeof(inputs_option), "--inputs-fd=%d", inputs_fd);
	with_options[n++] = argv[0];
	with_options[n++] = plan_option;
	with_options[n++] = inputs_option;
	for (int i = 1; i < argc; i++)
		with_options[n++] = argv[i];
	with_options[n] = NULL;
	child = fork();
	if (child == 0)
		_exit(role_java(n, with_options, envp));
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return cannot_run(child < 0 ? "fork" : "waitpid");
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static ssize_t take(int fd, void *buf, size_t room)
{
	ssize_t n = pread(fd, buf, room, 0);

	(void)close(fd);
	return n;
}

/* argv ends with the command's name: the plan is the same whatever its arguments are. */
static int make_plan(int argc, char **argv, char **envp, uint8_t *buf, size_t *ret_size)
{
	struct cache_key key;
	bool cacheable = cache_key_make(argc, argv, &key) == 0;
	int plan_fd, inputs_fd, code;
	char *inputs;
	ssize_t n, inputs_size;

	if (cacheable && cache_find(&key, buf, ret_size) == 0)
		return 0;
	plan_fd = memfd_create("ostler-plan", 0); /* the JVM inherits both */
	inputs_fd = memfd_create("ostler-inputs", 0);
	if (plan_fd < 0 || inputs_fd < 0)
		return cannot_run("memfd_create");
	code = compile(argc, argv, envp, plan_fd, inputs_fd);
	n = take(plan_fd, buf, PLAN_MAX_BYTES);
	inputs = malloc(INPUTS_MAX_BYTES);
	inputs_size = inputs ? take(inputs_fd, inputs, INPUTS_MAX_BYTES) : 0;
	if (code != 0)
		return code;
	if (n <= 0)
		return cannot_run("pread");
	*ret_size = (size_t)n;
	/* without inputs the JVM says that this plan is not to be kept: it holds secrets */
	if (cacheable && inputs_size > 0 && inputs_size < INPUTS_MAX_BYTES)
		cache_store(&key, inputs, (size_t)inputs_size, buf, *ret_size);
	return 0;
}

/*
 * OPTION=FD among the arguments: *ret_fd is then kept from the JVM and the command. False after a
 * message.
 */
static bool take_descriptor(int argc, char **argv, const char *option, int *ret_fd)
{
	size_t length = strlen(option);
	char *end;
	long fd;
	int i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], option, length))
			continue;
		fd = strtol(argv[i] + length, &end, 10);
		if (!argv[i][length] || *end || fd <= 0 || fd > INT_MAX ||
		    fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0) {
			(void)dprintf(2, "\"%s\": no open descriptor\n", argv[i]);
			return false;
		}
		*ret_fd = (int)fd;
	}
	return true;
}

int role_run(int argc, char **argv, char **envp)
{
	uint8_t *buf = malloc(PLAN_MAX_BYTES);
	struct plan plan;
	const char *why;
	size_t size = 0;
	struct caller caller = { .pid = getppid() };
	int command = 1, code;

	while (command < argc && strcmp(argv[command], "--")) {
		if (!strcmp(argv[command], "--help") || !strcmp(argv[command], "-h"))
			return role_java(argc, argv, envp);
		command++;
	}
	if (++command >= argc) {
		(void)dprintf(2, "usage: ostler run [OPTIONS] -- COMMAND [ARG...]\n"
				 "see ostler run --help\n");
		return EXIT_USAGE;
	}
	if (!take_descriptor(command - 1, argv, "--started-fd=", &caller.started_fd) ||
	    !take_descriptor(command - 1, argv, "--status-fd=", &caller.status_fd))
		return EXIT_USAGE;
	if (!buf)
		return cannot_run("malloc");
	code = make_plan(command + 1, argv, envp, buf, &size);
	if (code != 0)
		return code;
	if (plan_decode(buf, size, &plan, &why) < 0) {
		(void)dprintf(2, "cannot run: the plan is not sound: %s\n", why);
		return EXIT_OSTLER;
	}
	return exec_plan(&plan, argv + command + 1, envp, &caller);
}
