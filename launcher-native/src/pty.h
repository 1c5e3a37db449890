/*
 * The relay between the caller's terminal and the pty of a program (terminal.h). One thread, no
 * heap. Once the program has its terminal this process keeps no right but that to send signals, and
 * nobody of the same user can trace it: from inside there is no way through it.
 */
#ifndef OSTLER_PTY_H
#define OSTLER_PTY_H

#include "caller_tty.h"
#include "plan.h"

#include <signal.h>

enum { PTY_BYTES = 4096 }; /* PIPE_BUF: a pipe that is ready takes all of it */

/* What was read in one direction and not yet written. */
struct pty_way {
	char bytes[PTY_BYTES];
	size_t at, end;
};

struct pty {
	struct caller_tty caller;
	int socket; /* of the launch; -1 once the program's init may go */
	int signal_fd;
	int master; /* -1: before the program has its terminal, and when it was hung up */
	bool suspends; /* the program has been stopped at its terminal */
	bool ended; /* the program has ended: what it has written is still to be shown */
	size_t left; /* then: bytes that are still taken */
	struct pty_way typed, shown;
};

/*
 * Prepare the relay for a plan that has a TERMINAL op. watched: the signals that pty_wait returns.
 * ret_inside: the launch's end of the socket. 0, or an exit code after a message.
 */
int pty_open(struct pty *ret, const struct plan *plan, const sigset_t *watched, int *ret_inside);

/*
 * Relay until there is a signal to act upon: its number. SIGTSTP: we are to be stopped, with
 * pty_suspend.
 */
int pty_wait(struct pty *pty);

/* Give the caller's terminal back, stop as its shell expects, go on after SIGCONT. */
void pty_suspend(struct pty *pty);

/* The launch has ended: show what is left, and give the caller's terminal back. */
void pty_close(struct pty *pty);

#endif
