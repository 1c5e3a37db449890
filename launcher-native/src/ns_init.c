/*
 * The init of a pid namespace, or of a program with a terminal of its own: reaps, forwards signals,
 * tells the guard or the relay outside about the main process. It keeps no capability but that to
 * send signals, and no descriptor but the one for that; of a terminal, whose session it leads, one
 * more, so that it stays open as long as the program runs.
 */
#include "guard.h"
#include "ops.h"
#include "terminal.h"

#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct ns_init {
	pid_t main; /* 0 once it was reaped */
	int main_pidfd;
	int status_fd; /* -1: no guard, the exit code is mirrored */
	int terminal_fd; /* of the relay, or -1 */
	int signal_fd;
	int status; /* of the main process, once it has ended */
};

void keep_one_capability(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { { 0 } };
	uint32_t kept = 0;

	if (sys2(SYS_capget, &header, sets) >= 0)
		kept = sets[0].permitted & (1U << capability);
	sets[0] = (struct __user_cap_data_struct){ .effective = kept, .permitted = kept };
	sets[1] = (struct __user_cap_data_struct){ 0 };
	(void)sys2(SYS_capset, &header, sets);
}

static void give_up_rights(void)
{
	(void)sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
	/* the program may be another user's */
	keep_one_capability(CAP_KILL);
	/* its memory is a copy of the keeper's */
	(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
}

/* False when no child is left. */
static bool reap_all(struct ns_init *init)
{
	struct guard_message message;
	struct reaped reaped;
	int r;

	while ((r = reap_one(&reaped, init->terminal_fd >= 0 ? WUNTRACED : 0)) > 0) {
		if (reaped.pid != init->main)
			continue;
		if (WIFSTOPPED(reaped.status)) {
			/* at its terminal: whoever sits there is to get a shell back */
			if (WSTOPSIG(reaped.status) == SIGTSTP)
				(void)terminal_tell(init->terminal_fd, TERMINAL_STOPPED, -1);
			continue;
		}
		init->main = 0;
		init->status = reaped.status;
		message = guard_exit_message(&reaped);
		if (init->status_fd >= 0)
			guard_send(init->status_fd, &message, -1);
	}
	return r != -ECHILD;
}

/*
 * A stop comes from the terminal of whoever started us. In a session of its own the kernel would
 * ignore SIGTSTP, as nobody there could let the program go on.
 */
static void forward(const struct ns_init *init, uint32_t signal)
{
	if (signal == SIGTSTP)
		(void)sys2(SYS_kill, -init->main, SIGSTOP);
	else if (signal == SIGCONT)
		(void)sys2(SYS_kill, -init->main, SIGCONT);
	else
		(void)sys2(SYS_kill, init->main, signal);
}

static void forward_signals(struct ns_init *init)
{
	uint32_t info[32]; /* struct signalfd_siginfo: 128 bytes, the number first */

	while (sys_read(init->signal_fd, info, sizeof(info)) > 0)
		if (info[0] != SIGCHLD && init->main > 0)
			forward(init, info[0]);
}

static void run(struct ns_init *init)
{
	struct pollfd fds[2] = { { init->signal_fd, POLLIN, 0 }, { init->status_fd, POLLIN, 0 } };

	while (reap_all(init) && (init->main > 0 || init->status_fd >= 0)) {
		if (sys5(SYS_ppoll, fds, 2, 0, 0, 8) <= 0)
			continue;
		if (fds[0].revents)
			forward_signals(init);
		if (fds[1].revents & POLLIN)
			guard_follow(init->status_fd, &init->main);
		if (fds[1].revents & (POLLHUP | POLLERR))
			fds[1].fd = -1; /* the keeper is gone; the guard outside ends the rest */
	}
	if (terminal_tell(init->terminal_fd, TERMINAL_ENDED, -1))
		terminal_wait_shown(init->terminal_fd);
	sys_exit(WIFSIGNALED(init->status) ? 128 + WTERMSIG(init->status)
					   : WEXITSTATUS(init->status));
}

int op_INIT(struct launch *launch, struct args *args)
{
	struct guard_message started = { .kind = GUARD_MAIN };
	const uint64_t all = ~0ULL;
	struct ns_init init = { .status_fd = launch->status_fd,
				.terminal_fd = launch->terminal_fd };
	int channel = init.status_fd >= 0 ? init.status_fd : init.terminal_fd;
	const char *call;
	uint64_t flags = launch->namespace_flags;
	int pid;

	(void)args;
	launch->namespace_flags = 0;
	pid = launch_clone(launch, NULL, NULL, 0, &init.main_pidfd, &call);
	launch->namespace_flags = flags;
	if (pid < 0)
		return refuse_named(launch, SYS_clone3, call, pid, "init");
	if (pid == 0) {
		if (launch->status_fd >= 0)
			(void)sys_close(launch->status_fd);
		launch->status_fd = -1;
		launch->parent = sys_getppid();
		terminal_take_foreground(launch);
		return 0;
	}
	init.main = pid;
	init.signal_fd = (int)sys4(SYS_signalfd4, -1, &all, 8, O_CLOEXEC | O_NONBLOCK);
	/* pid 0: the receiver asks the pidfd, our numbers mean nothing there */
	if (init.status_fd >= 0)
		guard_send(init.status_fd, &started, init.main_pidfd);
	close_all_but(channel, init.signal_fd, init.terminal_fd >= 0 ? 0 : -1);
	(void)sys_prctl(PR_SET_NAME, (unsigned long)(uintptr_t)"ostler-init", 0);
	give_up_rights();
	run(&init);
	return 0;
}
