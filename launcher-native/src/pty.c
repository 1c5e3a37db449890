#include "pty.h"

#include "guard.h"
#include "ops.h"
#include "roles.h"
#include "terminal.h"

#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Of a program that has ended more is not shown: far more than a pty can hold, so it bounds only
 * what its children go on writing.
 */
enum { LEFT_MAX_BYTES = 1 << 20 };

enum { WAIT_SIGNALS, WAIT_SOCKET, WAIT_MASTER, WAIT_IN, WAIT_OUT, N_WAITS };

static bool is_empty(const struct pty_way *way)
{
	return way->at == way->end;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static bool wants_keyboard(const struct plan *plan)
{
	const uint8_t *at = plan->ops;
	struct plan_op op;

	do
		at = plan_next_op(at, &op);
	while (op.code != OP_TERMINAL);
	(void)arg_string(&op.args);
	(void)arg_u64(&op.args);
	return arg_u64(&op.args) & TERMINAL_KEYBOARD;
}

static int cannot_relay(const char *call)
{
	int error = errno;

	(void)dprintf(2, "cannot relay the terminal: %s: %s (%s)\n", call, errno_name(error),
		      strerror(error));
	return EXIT_OSTLER;
}

int pty_open(struct pty *ret, const struct plan *plan, const sigset_t *watched, int *ret_inside)
{
	bool keyboard = wants_keyboard(plan);
	int pair[2];

	if (keyboard && !isatty(0)) {
		(void)dprintf(2, "cannot relay the terminal: standard input is not a terminal; "
				 "-t alone needs none\n");
		return EXIT_USAGE;
	}
	*ret = (struct pty){ .socket = -1, .signal_fd = -1, .master = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return cannot_relay("socketpair");
	ret->socket = pair[0];
	*ret_inside = pair[1];
	ret->signal_fd = signalfd(-1, watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ret->signal_fd < 0)
		return cannot_relay("signalfd");
	ret->caller = caller_tty_open(keyboard);
	/* a screen that is gone is an errno of write; the launch makes all signals default */
	(void)signal(SIGPIPE, SIG_IGN);
	return 0;
}

/* Forwarding signals to another user is all that is still to be done. */
static void keep_one_right(void)
{
	(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
	(void)sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
	keep_one_capability(CAP_KILL);
}

static void begin(struct pty *pty, int master)
{
	pty->master = master;
	(void)fcntl(master, F_SETFL, O_NONBLOCK);
	keep_one_right();
	if (pty->caller.in >= 0 && !caller_tty_has_foreground())
		stop_self(SIGTTIN); /* as whoever reads from the background */
	caller_tty_pass_keys(&pty->caller, master);
	caller_tty_pass_size(&pty->caller, master);
	caller_tty_enter(&pty->caller);
}

/* The caller's terminal is gone, or whoever read our output: so is the program's. */
static void lose(struct pty *pty)
{
	caller_tty_leave(&pty->caller);
	caller_tty_lose(&pty->caller);
	close_fd(&pty->master);
	pty->shown.at = pty->shown.end = 0;
}

static int take_descriptor(struct msghdr *packet)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(packet);
	int fd = -1;

	if (control && control->cmsg_type == SCM_RIGHTS &&
	    control->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(control), sizeof(fd));
	return fd;
}

static void answer(const struct pty *pty)
{
	(void)send(pty->socket, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void act_upon(struct pty *pty, uint32_t kind, int attached)
{
	switch (kind) {
	case TERMINAL_MASTER:
		if (attached < 0 || pty->master >= 0)
			return;
		begin(pty, attached);
		answer(pty);
		break;
	case TERMINAL_REFUSED:
		caller_tty_leave(&pty->caller);
		answer(pty);
		break;
	case TERMINAL_STOPPED:
		pty->suspends = true;
		break;
	case TERMINAL_ENDED:
		pty->ended = true;
		pty->left = LEFT_MAX_BYTES;
		break;
	default:
		break;
	}
}

static void take_message(struct pty *pty)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct guard_message message = { 0 };
	struct iovec part = { &message, sizeof(message) };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				 .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(pty->socket, &packet, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n == 0)
		close_fd(&pty->socket);
	if (n == (ssize_t)sizeof(message))
		act_upon(pty, message.kind, take_descriptor(&packet));
}

/* False: there is nothing for now, or never again. */
static bool fill(struct pty_way *way, int fd)
{
	ssize_t n = read(fd, way->bytes, sizeof(way->bytes));

	way->at = 0;
	way->end = n > 0 ? (size_t)n : 0;
	if (n == 0)
		errno = EIO;
	return n > 0;
}

/* False: it can never be written. */
static bool empty(struct pty_way *way, int fd)
{
	ssize_t n = write(fd, way->bytes + way->at, way->end - way->at);

	if (n >= 0)
		way->at += (size_t)n;
	return n >= 0 || errno == EAGAIN;
}

static void show(struct pty *pty)
{
	if (!is_empty(&pty->shown) && !empty(&pty->shown, pty->caller.out))
		lose(pty);
}

static void type(struct pty *pty)
{
	if (!is_empty(&pty->typed) && !empty(&pty->typed, pty->master))
		pty->typed.at = pty->typed.end;
}

static void take_shown(struct pty *pty)
{
	if (fill(&pty->shown, pty->master))
		show(pty);
	else if (errno == EIO) /* nobody has it open any more */
		close_fd(&pty->master);
}

static void take_typed(struct pty *pty)
{
	if (fill(&pty->typed, pty->caller.in))
		type(pty);
	else if (errno == EIO)
		lose(pty);
}

/*
 * What the program has written before its end is there at once (n_tty_read waits for it), so the
 * first time that nothing is there is the end. Then its init may go, and hang up whoever is left.
 */
static void drain(struct pty *pty)
{
	while (pty->master >= 0 && is_empty(&pty->shown)) {
		if (pty->left < PTY_BYTES || !fill(&pty->shown, pty->master)) {
			close_fd(&pty->master);
			break;
		}
		pty->left -= pty->shown.end;
		show(pty);
	}
	if (pty->master < 0 && is_empty(&pty->shown))
		close_fd(&pty->socket);
}

/* The number of a signal that somebody else is to act upon, or 0. */
static int take_signal(struct pty *pty)
{
	struct signalfd_siginfo info;

	if (read(pty->signal_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	switch (info.ssi_signo) {
	case SIGWINCH:
		caller_tty_pass_size(&pty->caller, pty->master);
		return 0;
	case SIGCONT:
		caller_tty_enter(&pty->caller);
		caller_tty_pass_size(&pty->caller, pty->master);
		return SIGCONT;
	case SIGCHLD:
		return SIGCHLD;
	case SIGHUP:
		if (!caller_tty_is_lost(&pty->caller))
			break;
		lose(pty); /* which the kernel tells the program */
		return 0;
	default:
		break;
	}
	/* nobody is left to forward it to: whoever does not read our output is not waited for */
	if (pty->ended)
		lose(pty);
	return (int)info.ssi_signo;
}

static void wait_for_event(struct pty *pty, struct pollfd *fds)
{
	bool reads = pty->caller.raw && pty->master >= 0 && is_empty(&pty->typed);
	short of_master = (is_empty(&pty->shown) ? POLLIN : 0) |
			  (is_empty(&pty->typed) ? 0 : POLLOUT);

	fds[WAIT_SIGNALS] = (struct pollfd){ pty->signal_fd, POLLIN, 0 };
	fds[WAIT_SOCKET] = (struct pollfd){ pty->socket, POLLIN, 0 };
	fds[WAIT_MASTER] = (struct pollfd){ of_master ? pty->master : -1, of_master, 0 };
	fds[WAIT_IN] = (struct pollfd){ pty->caller.in, reads ? POLLIN : 0, 0 };
	fds[WAIT_OUT] = (struct pollfd){ is_empty(&pty->shown) ? -1 : pty->caller.out, POLLOUT, 0 };
	if (poll(fds, N_WAITS, -1) < 0)
		memset(fds, 0, N_WAITS * sizeof(*fds));
}

/* Each may end what the next would look at. */
static void relay(struct pty *pty, const struct pollfd *fds)
{
	if (fds[WAIT_OUT].revents)
		show(pty);
	if ((fds[WAIT_MASTER].revents & POLLOUT) && pty->master >= 0)
		type(pty);
	if ((fds[WAIT_MASTER].revents & (POLLIN | POLLHUP)) && pty->master >= 0 &&
	    is_empty(&pty->shown))
		take_shown(pty);
	if ((fds[WAIT_IN].revents & POLLHUP) && pty->caller.in >= 0)
		lose(pty);
	else if ((fds[WAIT_IN].revents & POLLIN) && pty->master >= 0)
		take_typed(pty);
	if (fds[WAIT_SOCKET].revents)
		take_message(pty);
}

int pty_wait(struct pty *pty)
{
	struct pollfd fds[N_WAITS];
	int signal_number;

	for (;;) {
		if (pty->ended)
			drain(pty);
		if (pty->suspends) {
			pty->suspends = false;
			return SIGTSTP;
		}
		wait_for_event(pty, fds);
		relay(pty, fds);
		signal_number = fds[WAIT_SIGNALS].revents ? take_signal(pty) : 0;
		if (signal_number)
			return signal_number;
	}
}

void pty_suspend(struct pty *pty)
{
	caller_tty_leave(&pty->caller);
	stop_self(SIGTSTP);
	caller_tty_enter(&pty->caller);
	caller_tty_pass_size(&pty->caller, pty->master);
}

void pty_close(struct pty *pty)
{
	struct pollfd fds[N_WAITS];

	if (!pty->ended)
		pty->left = LEFT_MAX_BYTES;
	pty->ended = true;
	for (drain(pty); !is_empty(&pty->shown); drain(pty)) {
		wait_for_event(pty, fds);
		if (fds[WAIT_OUT].revents)
			show(pty);
		if (fds[WAIT_SIGNALS].revents)
			(void)take_signal(pty);
	}
	caller_tty_leave(&pty->caller);
}
