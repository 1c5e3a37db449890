#include "commands.h"

#include "launch.h"

#include <stdio.h>
#include <string.h>

int cannot(const char *verb, const char *object, int error)
{
	(void)dprintf(2, "cannot %s \"%s\": %s (%s)\n", verb, object, errno_name(error),
		      strerror(error));
	return EXIT_FAILED;
}

void help_overview(int fd)
{
	(void)dprintf(fd, "%s",
		      "usage: ostler COMMAND [ARGUMENTS]\n"
		      "\n"
		      "Supervises the services of a project: the folder of an ostler.yaml.\n"
		      "\n"
		      "  up [-d] [-f FILE]    start the supervisor and all services\n"
		      "  down                 stop all services and the supervisor\n"
		      "  status [SERVICE...]  what runs, since when, and why not\n"
		      "  start [SERVICE...]   start services and what they depend on\n"
		      "  stop [SERVICE...]    stop services; others go on without them\n"
		      "  restart [SERVICE...] stop, then start\n"
		      "  logs [SERVICE...]    what services wrote\n"
		      "  diff                 what apply would do now\n"
		      "  apply, reload        bring the services to what the files say now\n"
		      "  reload SERVICE...    tell services to read their own configuration again\n"
		      "  signal SIGNAL SERVICE...  send a signal to services\n"
		      "  why SERVICE          why it is as it is, and what comes next\n"
		      "  wait --for STATE [SERVICE...]  until started, ready or stopped\n"
		      "  events [-f]          changes of state, as JSON\n"
		      "  tree                 who depends on whom\n"
		      "  top [SERVICE...]     CPU, memory and restarts\n"
		      "  audit SERVICE        what was asked beside what the kernel says\n"
		      "  run [-it] -- COMMAND one command in a sandbox\n"
		      "  check [FILE]         find all mistakes of a file\n"
		      "  plan [FILE]          the kernel operations that would start each service\n"
		      "  profiles [show NAME] what services can extend, and what one of it says\n"
		      "  doctor               what this kernel and these rights can give\n"
		      "\n"
		      "Without a supervisor and without Java:\n"
		      "\n"
		      "  exec PLAN [-- ARG...]     become what the plan describes\n"
		      "  init -- CMD, init PLAN    PID 1 of a container: one child, orphans reaped\n"
		      "\n"
		      "  help COMMAND, COMMAND --help    more about one\n"
		      "  --version                       the version\n"
		      "\n"
		      "Exit codes: 0 ok, 1 failed, 2 usage.\n");
}

void help_up(int fd)
{
	(void)dprintf(fd, "%s",
		      "usage: ostler up [-d] [-f FILE] [--max-children N] [--on-supervisor-loss keep|stop]\n"
		      "\n"
		      "Starts the supervisor of the project and all its services. In the foreground it prints\n"
		      "what they write; the first TERM or INT stops them in order, the second at once.\n"
		      "\n"
		      "  -d, --detach         return when all services are started, and leave them running\n"
		      "  -f, --file FILE      the YAML (default: ostler.yaml here); its folder is the project\n"
		      "  --max-children N     room for N processes at a time (default 8192)\n"
		      "  --on-supervisor-loss keep|stop\n"
		      "                       when the supervisor cannot be started again: keep the services\n"
		      "                       running (default) or stop them\n"
		      "  -h, --help           print this and exit\n"
		      "\n"
		      "The supervisor needs Java 17 or later: JAVA_HOME, or java in PATH.\n"
		      "Exit codes: 0 ok, 1 failed, 2 usage.\n");
}
