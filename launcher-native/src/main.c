#include "commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#ifndef OSTLER_VERSION
#define OSTLER_VERSION "0.1.0"
#endif

enum role { ROLE_RUN, ROLE_EXEC, ROLE_INIT, ROLE_UP, ROLE_CLIENT, ROLE_JAVA, ROLE_HELP };

static const struct command {
	const char *name;
	enum role role;
} commands[] = {
	{ "exec", ROLE_EXEC },
	{ "init", ROLE_INIT },
	{ "up", ROLE_UP },
	{ "status", ROLE_CLIENT },
	{ "start", ROLE_CLIENT },
	{ "stop", ROLE_CLIENT },
	{ "restart", ROLE_CLIENT },
	{ "logs", ROLE_CLIENT },
	{ "down", ROLE_CLIENT },
	{ "diff", ROLE_CLIENT },
	{ "apply", ROLE_CLIENT },
	{ "reload", ROLE_CLIENT },
	{ "signal", ROLE_CLIENT },
	{ "why", ROLE_CLIENT },
	{ "wait", ROLE_CLIENT },
	{ "events", ROLE_CLIENT },
	{ "tree", ROLE_CLIENT },
	{ "top", ROLE_CLIENT },
	{ "audit", ROLE_CLIENT },
	{ "run", ROLE_RUN },
	{ "check", ROLE_JAVA },
	{ "plan", ROLE_JAVA },
	{ "profiles", ROLE_JAVA },
	{ "doctor", ROLE_JAVA },
	{ "help", ROLE_HELP },
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]), LONGEST_NAME = 16, NEAR = 2 };

static const struct command *find_command(const char *name)
{
	for (int i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein distance; b is at most LONGEST_NAME long. */
static int distance(const char *a, const char *b)
{
	int row[LONGEST_NAME + 1];
	int length = (int)strlen(b);

	for (int j = 0; j <= length; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= length; j++) {
			int above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[length];
}

/* Near is what shares a letter with the name and differs by NEAR at most. */
static const char *nearest_command(const char *name)
{
	int length = (int)strlen(name);
	const char *nearest = NULL;
	int best = NEAR + 1;

	for (int i = 0; i < N_COMMANDS && length <= LONGEST_NAME; i++) {
		int known = (int)strlen(commands[i].name);
		int d = distance(name, commands[i].name);

		if (d < best && d < length && d < known) {
			best = d;
			nearest = commands[i].name;
		}
	}
	return nearest;
}

static int unknown_command(const char *name)
{
	const char *nearest = nearest_command(name);

	if (nearest)
		(void)dprintf(2, "unknown command \"%s\", did you mean \"%s\"?\n", name, nearest);
	else
		(void)dprintf(2, "unknown command \"%s\"\n", name);
	(void)dprintf(2, "see ostler --help\n");
	return EXIT_USAGE;
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static int run(const struct command *command, int argc, char **argv, char **envp)
{
	switch (command->role) {
	case ROLE_RUN:
		return role_run(argc, argv, envp);
	case ROLE_EXEC:
		return role_exec(argc, argv, envp);
	case ROLE_INIT:
		return role_init(argc, argv, envp);
	case ROLE_UP:
		return role_up(argc, argv, envp);
	case ROLE_CLIENT:
		return asks_help(argc, argv) ? role_java(argc, argv, envp)
					     : role_client(argc, argv, envp);
	case ROLE_JAVA:
		return role_java(argc, argv, envp);
	case ROLE_HELP:
		break;
	}
	help_overview(1);
	return EXIT_OK;
}

/* `help COMMAND` is `COMMAND --help`. */
static int help(char **argv, char **envp)
{
	static char option[] = "--help";
	char *asked[] = { argv[1], option, NULL };
	const struct command *command = find_command(argv[1]);

	return command ? run(command, 2, asked, envp) : unknown_command(argv[1]);
}

/*
 * There is no set-user-ID mode: whoever is trusted with more rights would have to be trusted by a
 * name, a path and a variable that somebody else chose.
 */
static int refuse_rights_of_the_file(void)
{
	(void)dprintf(2, "ostler has rights by its file (a set-user-ID or set-group-ID bit, or file "
			 "capabilities), and does not run so\n");
	return EXIT_FAILED;
}

int main(int argc, char **argv, char **envp)
{
	const struct command *command;

	if (getauxval(AT_SECURE))
		return refuse_rights_of_the_file();
	if (argc < 2) {
		help_overview(2);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help_overview(1);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		(void)dprintf(1, "ostler %s\n", OSTLER_VERSION);
		return EXIT_OK;
	}
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	if (command->role == ROLE_HELP && argc > 2)
		return help(argv + 1, envp);
	return run(command, argc - 1, argv + 1, envp);
}
