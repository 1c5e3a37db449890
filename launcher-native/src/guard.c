/*
 * The guard of one service: its own subreaper, so that a stop reaches every descendant, whatever
 * session it is in.
 * It is a copy-on-write clone of the keeper and lives by raw system calls.
 */
#include "guard.h"
#include "namespaces.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum {
	/* a scan may miss what was forked under it; later ones are for what cannot die yet */
	KILL_AGAIN_MIN_MS = 20,
	KILL_AGAIN_MAX_MS = 1000,
	MAX_OLD_FD = 1 << 16, /* before close_range (5.9): as far as a loop of close goes */
};

struct guard {
	struct launch *launch;
	struct descendants descendants;
	pid_t main; /* 0 once it was reaped */
	int status_fd; /* -1 once the keeper has gone */
	int signal_fd;
	bool stopping;
	bool asks_init; /* in a pid namespace its init knows the processes */
	int kill_again_ms;
};

static uint64_t signal_bit(int signal)
{
	return 1ULL << (signal - 1);
}

/* Become what a guard is, before there is a payload. The refusal is filled on failure. */
static int prepare(struct guard *guard)
{
	struct launch *launch = guard->launch;
	const uint64_t watched = signal_bit(SIGCHLD) | signal_bit(SIGTERM);
	const char *call;
	int r;

	launch->refusal.op = UINT32_MAX;
	(void)sys_sigmask(~0ULL);
	/* an ignored SIGCHLD would reap the payload behind our back */
	r = op_SIGNALS(launch, NULL);
	if (r < 0)
		return r;
	(void)sys0(SYS_setsid); /* out of reach of the terminal's signals */
	(void)sys_prctl(PR_SET_NAME, (unsigned long)(uintptr_t)"ostler-guard", 0);
	r = sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0);
	if (r < 0)
		return refuse_named(launch, SYS_prctl, "PR_SET_CHILD_SUBREAPER", r, "");
	r = descendants_open(&guard->descendants, &call);
	if (r < 0)
		return refuse_named(launch, -1, call, r, "/proc");
	guard->signal_fd = (int)sys4(SYS_signalfd4, -1, &watched, 8, O_CLOEXEC | O_NONBLOCK);
	if (guard->signal_fd < 0)
		return refuse_named(launch, SYS_signalfd4, "signalfd4", guard->signal_fd, "");
	return 0;
}

static void close_span(int from, int to)
{
	int fd;

	if (from > to || sys3(SYS_close_range, from, to, 0) >= 0)
		return;
	for (fd = from; fd <= to && fd < MAX_OLD_FD; fd++)
		(void)sys_close(fd);
}

/*
 * Log pipes, terminals and the exec pipe must not stay open because of the guard: not even 0, 1
 * and 2.
 */
void close_all_but(int a, int b, int c)
{
	const int kept[3] = { a, b, c };
	int from = 0, next, i;

	for (;;) {
		next = INT32_MAX;
		for (i = 0; i < 3; i++)
			if (kept[i] >= from && kept[i] < next)
				next = kept[i];
		close_span(from, next - 1);
		if (next == INT32_MAX)
			return;
		from = next + 1;
	}
}

void guard_send(int fd, const struct guard_message *message, int attached)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { (void *)message, sizeof(*message) };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };

	if (attached >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &attached, sizeof(int));
		packet.msg_control = &control;
		packet.msg_controllen = sizeof(control);
	}
	(void)sys3(SYS_sendmsg, fd, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void guard_follow(int status_fd, pid_t *main)
{
	const int look = WEXITED | WNOHANG | WNOWAIT | __WALL;
	struct guard_message message;

	if (sys_read(status_fd, &message, sizeof(message)) != sizeof(message) ||
	    message.kind != GUARD_FOLLOW)
		return;
	message.wait_status = (int32_t)sys5(SYS_waitid, P_PID, message.pid, NULL, look, NULL);
	if (message.wait_status == 0)
		*main = (pid_t)message.pid;
	guard_send(status_fd, &message, -1);
}

static uint64_t microseconds(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

struct guard_message guard_exit_message(const struct reaped *reaped)
{
	return (struct guard_message){
		.kind = GUARD_EXITED, .pid = (uint32_t)reaped->pid, .wait_status = reaped->status,
		.utime_us = microseconds(&reaped->usage.ru_utime),
		.stime_us = microseconds(&reaped->usage.ru_stime),
		.maxrss_kib = (uint64_t)reaped->usage.ru_maxrss,
	};
}

/* The init of a pid namespace has told the end of its main process before its own. */
static void report_exit(struct guard *guard, const struct reaped *reaped)
{
	struct guard_message message = guard_exit_message(reaped);

	guard->main = 0;
	if (guard->status_fd >= 0)
		guard_send(guard->status_fd, &message, -1);
}

/*
 * Reap all that has ended. False when no child is left, and so no descendant: orphans are
 * children of a subreaper.
 */
static bool reap_all(struct guard *guard)
{
	struct reaped reaped;
	int r;

	while ((r = reap_one(&reaped, 0)) > 0)
		if (reaped.pid == guard->main)
			report_exit(guard, &reaped);
	return r != -ECHILD;
}

static void take_signals(struct guard *guard)
{
	uint32_t info[32]; /* struct signalfd_siginfo: 128 bytes, the number first */

	while (sys_read(guard->signal_fd, info, sizeof(info)) > 0) {
		if (info[0] != SIGTERM || guard->stopping)
			continue;
		guard->stopping = true;
		guard->kill_again_ms = KILL_AGAIN_MIN_MS;
		descendants_stop(&guard->descendants);
		descendants_kill(&guard->descendants);
	}
}

static void keeper_gone(struct guard *guard)
{
	uint32_t signal = guard->launch->plan.death_signal;

	(void)sys_close(guard->status_fd);
	guard->status_fd = -1;
	if (signal != 0 && guard->main > 0)
		(void)sys2(SYS_kill, guard->main, signal);
}

static void wait_for_event(struct guard *guard)
{
	const short asked = guard->asks_init ? 0 : POLLIN;
	struct pollfd fds[2] = { { guard->signal_fd, POLLIN, 0 }, { guard->status_fd, asked, 0 } };
	long pause[2] = { guard->kill_again_ms / 1000, guard->kill_again_ms % 1000 * 1000000L };
	long r = sys5(SYS_ppoll, fds, 2, guard->stopping ? pause : NULL, 0, 8);

	if (r == 0 && guard->stopping) {
		descendants_kill(&guard->descendants);
		if (guard->kill_again_ms < KILL_AGAIN_MAX_MS)
			guard->kill_again_ms *= 2;
	}
	if (r > 0 && fds[0].revents)
		take_signals(guard);
	if (r > 0 && fds[1].revents & POLLIN)
		guard_follow(guard->status_fd, &guard->main);
	if (r > 0 && fds[1].revents & (POLLHUP | POLLERR))
		keeper_gone(guard);
}

/* The pid of the payload, or of the init of its pid namespace. */
static int clone_payload(struct launch *launch, int *ret_pidfd)
{
	struct namespaces namespaces;
	bool apart = namespaces_of(&launch->plan, &namespaces);
	const char *call;
	int pid, r = apart ? namespaces_prepare(launch, &namespaces) : 0;

	if (r < 0)
		return r;
	launch->parent = sys_getpid();
	/*
	 * Like the memory of an unprivileged keeper this copy of it is not dumpable, and the /proc
	 * files of a child cloned from it would be root's. Until it is released the child only
	 * waits, and holds nothing that its own user may not see.
	 */
	if (apart)
		(void)sys_prctl(PR_SET_DUMPABLE, 1, 0);
	pid = launch_clone(launch, launch_child_main, NULL, 0, ret_pidfd, &call);
	if (pid < 0)
		return refuse_named(launch, SYS_clone3, call, pid, apart ? "namespaces" : "");
	r = apart ? namespaces_release(launch, &namespaces, pid) : 0;
	if (apart)
		(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
	return r < 0 ? r : pid;
}

void guard_main(void *arg)
{
	struct launch *launch = arg;
	struct guard guard = { .launch = launch, .status_fd = launch->status_fd };
	struct guard_message started = { .kind = GUARD_MAIN };
	int pidfd = -1, r = prepare(&guard);

	if (r >= 0)
		r = clone_payload(launch, &pidfd);
	if (r < 0) {
		launch_send_refusal(launch);
		sys_exit(127);
	}
	guard.main = r;
	started.pid = (uint32_t)r;
	guard.asks_init = plan_has_op(&launch->plan, OP_INIT);
	if (!guard.asks_init) /* else the init tells who the main process is */
		guard_send(guard.status_fd, &started, pidfd);
	close_all_but(guard.status_fd, guard.signal_fd, guard.descendants.proc);
	while (reap_all(&guard))
		wait_for_event(&guard);
	network_remove(launch->host_link);
	sys_exit(0);
}
