/*
 * The init of a pid namespace: reaps, forwards signals, tells the guard outside about the main
 * process. It keeps no capability and no descriptor but the status channel.
 */
#include "guard.h"
#include "ops.h"

#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct ns_init {
	pid_t main; /* 0 once it was reaped */
	int main_pidfd;
	int status_fd; /* -1: no guard, the exit code is mirrored */
	int signal_fd;
	int status; /* of the main process, once it has ended */
};

static void give_up_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	(void)sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
	(void)sys2(SYS_capset, &header, none);
	/* its memory is a copy of the keeper's */
	(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
}

/* False when no child is left. */
static bool reap_all(struct ns_init *init)
{
	struct guard_message message;
	struct reaped reaped;
	int r;

	while ((r = reap_one(&reaped, 0)) > 0) {
		if (reaped.pid != init->main)
			continue;
		init->main = 0;
		init->status = reaped.status;
		message = guard_exit_message(&reaped);
		if (init->status_fd >= 0)
			guard_send(init->status_fd, &message, -1);
	}
	return r != -ECHILD;
}

static void forward_signals(struct ns_init *init)
{
	uint32_t info[32]; /* struct signalfd_siginfo: 128 bytes, the number first */

	while (sys_read(init->signal_fd, info, sizeof(info)) > 0)
		if (info[0] != SIGCHLD && init->main > 0)
			(void)sys2(SYS_kill, init->main, info[0]);
}

static void run(struct ns_init *init)
{
	while (reap_all(init) && (init->main > 0 || init->status_fd >= 0)) {
		struct pollfd signals = { init->signal_fd, POLLIN, 0 };

		if (sys5(SYS_ppoll, &signals, 1, 0, 0, 8) > 0)
			forward_signals(init);
	}
	sys_exit(WIFSIGNALED(init->status) ? 128 + WTERMSIG(init->status)
					   : WEXITSTATUS(init->status));
}

int op_INIT(struct launch *launch, struct args *args)
{
	struct guard_message started = { .kind = GUARD_MAIN };
	const uint64_t all = ~0ULL;
	struct ns_init init = { .status_fd = launch->status_fd };
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
		return 0;
	}
	init.main = pid;
	init.signal_fd = (int)sys4(SYS_signalfd4, -1, &all, 8, O_CLOEXEC | O_NONBLOCK);
	/* pid 0: the receiver asks the pidfd, our numbers mean nothing there */
	if (init.status_fd >= 0)
		guard_send(init.status_fd, &started, init.main_pidfd);
	close_all_but(init.status_fd, init.signal_fd, -1);
	(void)sys_prctl(PR_SET_NAME, (unsigned long)(uintptr_t)"ostler-init", 0);
	give_up_rights();
	run(&init);
	return 0;
}
