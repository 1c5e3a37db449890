/*
 * A program's own terminal: a pty whose slave is its 0, 1 and 2, and whose master is with the
 * process that relays (pty.h). Between the two a SOCK_SEQPACKET pair; README.md section 2.
 */
#ifndef OSTLER_TERMINAL_H
#define OSTLER_TERMINAL_H

#include "launch.h"

struct launch;

/* Messages of the launch, each a struct guard_message; the first two are answered by one byte. */
enum {
	TERMINAL_MASTER = 'T', /* with the master attached */
	TERMINAL_REFUSED = 'R', /* a message for people is to come */
	TERMINAL_STOPPED = 'S', /* the program was stopped by its terminal */
	TERMINAL_ENDED = 'E', /* the program has ended; its init waits for the end of the socket */
};

/* Flags of the TERMINAL op. */
enum { TERMINAL_KEYBOARD = 1, TERMINAL_FLAGS = 1 };

/*
 * Tell the relay something and, where it answers, wait for that. False: it is gone, or there is
 * none.
 */
bool terminal_tell(int socket, uint32_t kind, int attached);

/* Wait until the relay has shown all that was written, or is gone. */
void terminal_wait_shown(int socket);

/* In a child of the session's leader: its process group has the terminal from here on. */
void terminal_take_foreground(const struct launch *launch);

#endif
