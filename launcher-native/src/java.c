/*
 * Commands that work in the caller's own process with the caller's own eyes: a JVM takes this
 * process's place.
 */
#include "commands.h"

#include "jvm.h"
#include "launch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIXED_ARGUMENTS = 7 }; /* java, the args file, two options, two properties, the class */

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

int role_java(int argc, char **argv, char **envp)
{
	static char class_name[] = "dev.ostler.cli.Main";
	/* it ends before the better code of the second compiler would be worth its making */
	static char first_compiler_only[] = "-XX:TieredStopAtLevel=1";
	char verb[64], args_file[32], home[PATH_MAX + 16];
	char cwd[PATH_MAX], cwd_property[PATH_MAX + 16];
	char *environment[count(envp) + 1];
	char *java_argv[FIXED_ARGUMENTS + argc + 1];
	struct jvm_place place;
	int n = 0;

	(void)snprintf(verb, sizeof(verb), "run \"%.32s\"", argv[0]);
	if (!getcwd(cwd, sizeof(cwd))) {
		(void)dprintf(2, "cannot %s: getcwd: %s (%s)\n", verb, errno_name(errno),
			      strerror(errno));
		return EXIT_FAILED;
	}
	if (jvm_find(verb, JVM_COMMAND, &place) < 0)
		return EXIT_FAILED;
	(void)snprintf(args_file, sizeof(args_file), "%s", place.args_file);
	(void)snprintf(home, sizeof(home), "-Dostler.home=%s", place.home);
	(void)snprintf(cwd_property, sizeof(cwd_property), "-Dostler.cwd=%s", cwd);
	java_argv[n++] = place.java;
	java_argv[n++] = args_file;
	java_argv[n++] = place.archive;
	java_argv[n++] = first_compiler_only;
	java_argv[n++] = home;
	java_argv[n++] = cwd_property;
	java_argv[n++] = class_name;
	for (int i = 0; i < argc; i++)
		java_argv[n++] = argv[i];
	java_argv[n] = NULL;
	jvm_environment(envp, environment);
	if (chdir(place.lib) == 0)
		(void)execve(place.java, java_argv, environment);
	(void)dprintf(2, "cannot %s: execve \"%s\": %s (%s)\n", verb, place.java, errno_name(errno),
		      strerror(errno));
	return EXIT_FAILED;
}
