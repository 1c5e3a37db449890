#include "caller_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A description of our own that never makes us wait; to change the caller's would change it for
 * its shell. What cannot be opened again, of another user or a socket, is used as it is.
 */
static int open_again(int fd, int flags)
{
	struct stat st;
	char path[32];
	int again = -1;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (isatty(fd) || (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)))
		again = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return again >= 0 ? again : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

struct caller_tty caller_tty_open(bool keyboard)
{
	return (struct caller_tty){
		.in = keyboard ? open_again(0, O_RDONLY) : -1,
		.out = open_again(1, O_WRONLY),
		.size_fd = isatty(0) ? 0 : isatty(1) ? 1 : isatty(2) ? 2 : -1,
	};
}

void caller_tty_lose(struct caller_tty *tty)
{
	if (tty->in >= 0)
		(void)close(tty->in);
	if (tty->out >= 0)
		(void)close(tty->out);
	tty->in = tty->out = -1;
}

bool caller_tty_has_foreground(void)
{
	pid_t group = tcgetpgrp(0);

	/* a terminal that does not control us knows no foreground of ours */
	return group < 0 ? errno == ENOTTY : group == getpgrp();
}

void caller_tty_enter(struct caller_tty *tty)
{
	struct termios raw;

	if (tty->in < 0 || !caller_tty_has_foreground()) {
		tty->raw = false;
		return;
	}
	if (!tty->raw && tcgetattr(0, &tty->before) < 0)
		return;
	raw = tty->before;
	cfmakeraw(&raw);
	tty->raw = tcsetattr(0, TCSANOW, &raw) == 0;
}

void caller_tty_leave(struct caller_tty *tty)
{
	if (tty->raw && caller_tty_has_foreground())
		(void)tcsetattr(0, TCSANOW, &tty->before);
	tty->raw = false;
}

void caller_tty_pass_size(const struct caller_tty *tty, int master)
{
	struct winsize size;

	if (master >= 0 && tty->size_fd >= 0 && ioctl(tty->size_fd, TIOCGWINSZ, &size) == 0)
		(void)ioctl(master, TIOCSWINSZ, &size);
}

void caller_tty_pass_keys(const struct caller_tty *tty, int master)
{
	struct termios inside, outside;

	if (tty->in < 0 || tcgetattr(0, &outside) < 0 || tcgetattr(master, &inside) < 0)
		return;
	memcpy(inside.c_cc, outside.c_cc, sizeof(inside.c_cc));
	inside.c_iflag = (inside.c_iflag & ~(tcflag_t)IUTF8) | (outside.c_iflag & IUTF8);
	(void)tcsetattr(master, TCSANOW, &inside);
}

bool caller_tty_is_lost(const struct caller_tty *tty)
{
	struct pollfd in = { tty->in, 0, 0 };

	return tty->in >= 0 && poll(&in, 1, 0) > 0 && (in.revents & POLLHUP);
}

void stop_self(int signal_number)
{
	sigset_t set;

	(void)signal(signal_number, SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, signal_number);
	(void)kill(getpid(), signal_number);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}
