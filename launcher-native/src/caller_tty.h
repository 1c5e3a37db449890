/*
 * The caller's side of a relayed terminal (pty.h): keyboard and screen of whoever ran us. Its modes
 * are changed only while we have its foreground, and given back on every way out.
 */
#ifndef OSTLER_CALLER_TTY_H
#define OSTLER_CALLER_TTY_H

#include <stdbool.h>
#include <termios.h>

struct caller_tty {
	int in; /* the keyboard, -1 where the program does not get it */
	int out; /* the screen; -1: lost */
	int size_fd; /* the terminal whose size counts, or -1 */
	bool raw;
	struct termios before;
};

/* From 0 and 1. keyboard: 0 is a terminal. */
struct caller_tty caller_tty_open(bool keyboard);

/* Close both; what there was of it is gone. */
void caller_tty_lose(struct caller_tty *tty);

/* False in the background, where keys are another's. */
bool caller_tty_has_foreground(void);

/*
 * Raw mode, if we have the foreground and the keyboard. Also when it is raw already: a shell may
 * have changed that while we were stopped.
 */
void caller_tty_enter(struct caller_tty *tty);

/* The modes of before. */
void caller_tty_leave(struct caller_tty *tty);

/* Give a pty its size; the kernel tells the program when this is a change. */
void caller_tty_pass_size(const struct caller_tty *tty, int master);

/*
 * Give a pty the meaning of its control keys, and whether characters are UTF-8; all else stays as
 * of a new terminal.
 */
void caller_tty_pass_keys(const struct caller_tty *tty, int master);

bool caller_tty_is_lost(const struct caller_tty *tty);

/*
 * Stop by the default action of this signal, and go on after SIGCONT; nothing happens where nobody
 * could let us go on.
 */
void stop_self(int signal_number);

#endif
