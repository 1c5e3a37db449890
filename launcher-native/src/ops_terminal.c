/* A terminal of its own, from the inside: made, handed to the relay, made the controlling one. */
#include "guard.h"
#include "ops.h"
#include "terminal.h"

#include <asm/ioctls.h>
#include <linux/openat2.h>

bool terminal_tell(int socket, uint32_t kind, int attached)
{
	struct guard_message message = { .kind = kind };
	char answer;

	if (socket < 0)
		return false;
	guard_send(socket, &message, attached);
	if (kind != TERMINAL_MASTER && kind != TERMINAL_REFUSED)
		return true;
	return sys_read(socket, &answer, 1) == 1;
}

void terminal_wait_shown(int socket)
{
	char nothing;

	while (sys_read(socket, &nothing, 1) > 0)
		;
}

void terminal_take_foreground(const struct launch *launch)
{
	int group = sys_getpid();

	if (launch->terminal_fd < 0)
		return;
	(void)sys2(SYS_setpgid, 0, 0);
	(void)sys3(SYS_ioctl, 0, TIOCSPGRP, &group); /* TTOU is blocked: it stops nobody */
}

/* By no link of /proc: a directory of an image cannot lead to a descriptor of ours. */
static int open_master(struct launch *launch, const char *path)
{
	struct open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)sys4(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? refuse_named(launch, SYS_openat2, "openat2", fd, path) : fd;
}

/* Not by its name, which may lead anywhere, or nowhere. TIOCGPTPEER refuses what is no master. */
static int open_slave(struct launch *launch, int master, const char *path)
{
	const int unlocked = 0;
	long r = sys3(SYS_ioctl, master, TIOCSPTLCK, &unlocked);

	if (r < 0)
		return refuse_named(launch, SYS_ioctl, "TIOCSPTLCK", r, path);
	r = sys3(SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return r < 0 ? refuse_named(launch, SYS_ioctl, "TIOCGPTPEER", r, path) : (int)r;
}

static int become_terminal(struct launch *launch, int slave, uint64_t uid)
{
	long r = sys3(SYS_ioctl, slave, TIOCSCTTY, 0);
	int fd;

	if (r < 0)
		return refuse_named(launch, SYS_ioctl, "TIOCSCTTY", r, "");
	/*
	 * So that its user may open it by its name. Where the owner of the file system is not
	 * known in the user namespace nobody may; the descriptors are there all the same.
	 */
	(void)sys3(SYS_fchown, slave, uid, -1);
	for (fd = 0; fd < 3; fd++) {
		r = sys3(SYS_dup3, slave, fd, 0);
		if (r < 0)
			return refuse_number(launch, SYS_dup3, "dup2", r, "descriptor", (uint64_t)fd);
	}
	return 0;
}

int op_TERMINAL(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args);
	uint64_t uid = arg_u64(args);
	int master, slave, r;

	if (launch->terminal_fd < 0)
		return refuse_named(launch, -1, "terminal", -ENOTTY, "nobody relays it");
	master = open_master(launch, path);
	if (master < 0)
		return master;
	slave = open_slave(launch, master, path);
	if (slave < 0)
		return slave;
	if (!terminal_tell(launch->terminal_fd, TERMINAL_MASTER, master))
		return refuse_named(launch, -1, "terminal", -EPIPE, "the relay is gone");
	(void)sys_close(master);
	r = become_terminal(launch, slave, uid);
	(void)sys_close(slave);
	return r;
}
