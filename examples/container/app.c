/* A service that ends when it is asked to, and says who and where it is. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
	sigset_t term;
	int got;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	printf("pid %d, child of %d, user %d, no_new_privs %d\n", getpid(), getppid(), getuid(),
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	fflush(stdout);
	sigwait(&term, &got);
	printf("asked to end\n");
	return 0;
}
