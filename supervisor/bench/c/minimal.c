/*
 * minimal COMMAND...: the least that a supervisor can be. Starts the command by vfork and execve, waits
 * for its end, and starts it again, for ever: the limit that restart times are compared with.
 */
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	for (;;) {
		pid_t pid = vfork();

		if (pid == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing is left when the measurement ends */
			(void)execv(argv[1], argv + 1);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
}
