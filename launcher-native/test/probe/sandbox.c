/*
 * Tries from inside a sandbox what a sandbox must not allow, and prints one line a probe: NAME ANSWER, where the answer
 * is an errno, "ok", "signal N" or words. The names begin with the numbers of the faults they are about.
 *
 *     sandbox-probe [NAME=VALUE...] [PREFIX...]    or a mode of sandbox_outside.c
 *
 * A PREFIX limits it to the probes that begin so: P10, C5., P22.packet. The values say what is outside:
 *
 *     outside=PID      a process outside                      tcp=PORT       something listens on 127.0.0.1
 *     abstract=NAME    and on this abstract socket            unix=PATH      and on this one
 *     secret=PATH      a file of the host                     key=NAME       a key of the caller's session
 *     readonly=DIR     a read-only mount                      nested=DIR     another mount below it
 *     setuid=PATH      this program, set-user-ID root         caps=PATH      and with file capabilities
 *     scratch=DIR      to fill, to the number of MiB in mib=N
 *     forks=N files=N  how many to ask for at most
 *
 * Probes whose value is not given are left out. Each runs in a process of its own, and what it made ends with it.
 */
#include "probe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID = 1, DEADLINE_SECONDS = 60 };

static char said[1024];
static char **arguments;

long say(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(said, sizeof(said), format, values);
	va_end(values);
	return SAID;
}

const char *given(const char *name)
{
	size_t length = strlen(name);

	for (char **argument = arguments; *argument; argument++)
		if (strncmp(*argument, name, length) == 0 && (*argument)[length] == '=')
			return *argument + length + 1;
	return NULL;
}

long given_number(const char *name)
{
	const char *value = given(name);

	return value ? atol(value) : 0;
}

static int is_asked_for(const char *name)
{
	int prefixes = 0;

	for (char **argument = arguments; *argument; argument++) {
		if (strchr(*argument, '='))
			continue;
		prefixes++;
		if (strncmp(name, *argument, strlen(*argument)) == 0)
			return 1;
	}
	return prefixes == 0;
}

static void answer(const struct probe *probe)
{
	long r = probe->run();

	if (r == SAID)
		(void)printf("%s %s\n", probe->name, said);
	else
		(void)printf("%s %s\n", probe->name, r < 0 ? strerrorname_np(errno) : "ok");
	(void)fflush(stdout);
}

static void try(const struct probe *probe)
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		(void)alarm(DEADLINE_SECONDS);
		answer(probe);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		(void)printf("%s cannot be tried: %s\n", probe->name, strerrorname_np(errno));
	else if (WIFSIGNALED(status))
		(void)printf("%s signal %d\n", probe->name, WTERMSIG(status));
}

int main(int argc, char **argv)
{
	static const struct probe *const all[] = { descriptor_probes, mount_probes, right_probes, call_probes,
						   memory_probes, network_probes, process_probes, limit_probes };
	int code = be_outside(argv + 1);

	(void)argc;
	if (code != NOT_OUTSIDE)
		return code;
	arguments = argv + 1;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (const struct probe *probe = all[i]; probe->name; probe++)
			if (is_asked_for(probe->name) && (!probe->needs || given(probe->needs)))
				try(probe);
	return fflush(stdout) < 0;
}
