#include "keeper_impl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_PER_TURN = 64 };

/* Told to the supervisor as SIGNAL. */
static const int told_signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH };

/*
 * A signal of these that comes while there is no adopted JVM waits for one; others have lost their
 * meaning by then.
 */
static const int kept_signals[] = { SIGTERM, SIGINT, SIGHUP };

uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int watch(struct keeper *k, int fd, enum watch kind, uint32_t index, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.u64 = (uint64_t)kind << 32 | index };

	return epoll_ctl(k->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void unwatch_close(struct keeper *k, int *fd)
{
	if (*fd < 0)
		return;
	(void)epoll_ctl(k->epoll_fd, EPOLL_CTL_DEL, *fd, NULL); /* ENOENT: was not watched */
	(void)close(*fd);
	*fd = -1;
}

void say(const char *format, ...)
{
	char line[512] = "ostler: ";
	size_t used = strlen(line);
	struct pollfd poll_stderr = { .fd = 2, .events = POLLOUT };
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line + used, sizeof(line) - used - 1, format, args);
	va_end(args);
	if (n < 0)
		return;
	used += strlen(line + used);
	line[used++] = '\n';
	/*
	 * A terminal that was stopped or a pipe nobody reads must not stop the parent of
	 * everything.
	 */
	if (poll(&poll_stderr, 1, 0) == 1 && (poll_stderr.revents & POLLOUT))
		(void)!write(2, line, used);
}

static bool contains(const int *set, size_t n, int number)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == number)
			return true;
	return false;
}

#define CONTAINS(set, number) contains(set, sizeof(set) / sizeof(set[0]), number)

static void reader_mask(sigset_t *ret)
{
	struct sigaction old;

	(void)sigemptyset(ret);
	(void)sigaddset(ret, SIGCHLD);
	for (size_t i = 0; i < sizeof(told_signals) / sizeof(told_signals[0]); i++) {
		/* nohup: who started us wants HUP to have no effect. */
		if (told_signals[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		(void)sigaddset(ret, told_signals[i]);
	}
}

int keeper_prepare(struct rlimit *ret_nofile)
{
	static const int ignored[] = { SIGTSTP, SIGTTOU, SIGTTIN, SIGPIPE };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction child = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP };
	struct rlimit raised;
	sigset_t all;

	(void)sigfillset(&all);
	/* All of them: a handler that ran in a child sharing our memory would run on our data. */
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)sigaction(ignored[i], &ignore, NULL); /* valid numbers: cannot fail */
	(void)sigaction(SIGCHLD, &child, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -errno;
	if (getrlimit(RLIMIT_NOFILE, ret_nofile) < 0)
		return -errno;
	raised = (struct rlimit){ ret_nofile->rlim_max, ret_nofile->rlim_max };
	if (setrlimit(RLIMIT_NOFILE, &raised) < 0)
		return -errno;
	/* Descriptors of others' services go through here. Root can look in any case. */
	if (geteuid() != 0 && prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;
	return 0;
}

static void signal_came(struct keeper *k, int number)
{
	if (number == SIGCHLD) {
		k->children_changed = true;
		return;
	}
	if (k->jvm.state == JVM_GIVEN_UP) {
		if (number == SIGTERM || number == SIGINT)
			stop_begin(k);
		return;
	}
	if (!k->jvm.adopted && !CONTAINS(kept_signals, number))
		return;
	if (!k->jvm.adopted && !k->slots.used && number != SIGHUP &&
	    (k->jvm.state == JVM_DELAYED || k->signals[number])) {
		/* Nothing to stop in order, and nobody there who would do it. */
		k->exit_code = 128 + number;
		k->done = true;
		return;
	}
	if (k->signals[number] < SIGNAL_REPEATS)
		k->signals[number]++;
}

static void signals_read(struct keeper *k)
{
	struct signalfd_siginfo info;

	while (read(k->signal_fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo < KEEPER_SIGNALS)
			signal_came(k, (int)info.ssi_signo);
}

static void socket_ready(struct keeper *k, uint32_t events)
{
	if (events & (EPOLLHUP | EPOLLERR))
		k->jvm.peer_gone = true;
	if (wire_flush(k))
		requests_read(k);
}

/*
 * An event of this turn may be about a descriptor closed earlier in the turn: looking once too
 * often is harmless.
 */
static void dispatch(struct keeper *k, const struct epoll_event *event)
{
	uint32_t index = (uint32_t)event->data.u64;

	switch ((enum watch)(event->data.u64 >> 32)) {
	case WATCH_SIGNALS:
		signals_read(k);
		break;
	case WATCH_SOCKET:
		if (k->jvm.socket >= 0)
			socket_ready(k, event->events);
		break;
	case WATCH_EXEC_PIPE:
		launch_progress(k, &k->slots.slot[index]);
		break;
	case WATCH_STATUS:
		guard_progress(k, &k->slots.slot[index]);
		break;
	case WATCH_DRAIN:
		stop_drain(k, index);
		break;
	}
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Rounded up: a deadline that is looked at too early would be looked at in a loop. */
static int milliseconds_to_wait(const struct keeper *k, uint64_t now)
{
	const struct slot *unacked = slots_first(&k->slots, LIST_UNACKED);
	uint64_t next = earlier(k->launch_check_ns, k->quiet_until_ns);

	if (unacked)
		next = earlier(next, unacked->ack_deadline_ns);
	if (k->jvm.state == JVM_DELAYED)
		next = earlier(next, k->jvm.start_at_ns);
	if (k->exit_asked)
		next = earlier(next, k->exit_at_ns);
	if (k->stopping)
		next = earlier(next, k->stop_check_ns);
	if (next == NEVER)
		return -1;
	if (next <= now)
		return 0;
	return (int)earlier((next - now + NS_PER_MS - 1) / NS_PER_MS, 60000);
}

static void turn(struct keeper *k)
{
	struct epoll_event events[EVENTS_PER_TURN];
	int n = epoll_wait(k->epoll_fd, events, EVENTS_PER_TURN, milliseconds_to_wait(k, now_ns()));
	uint64_t now = now_ns();

	for (int i = 0; i < n; i++)
		dispatch(k, &events[i]);
	if (k->children_changed) {
		k->children_changed = false;
		children_reap(k);
		if (k->jvm.state == JVM_GIVEN_UP && !children_live(k))
			stop_begin(k); /* nothing left to keep */
	}
	launch_check_deadlines(k, now);
	jvm_check_unacked(k, now);
	if (k->jvm.state == JVM_DELAYED && now >= k->jvm.start_at_ns && !k->exit_asked)
		jvm_start(k);
	if (k->stopping)
		stop_step(k, now);
	if (!armed_is_quiet(k, now))
		events_flush(k);
	if (k->exit_asked && (!k->jvm.pid || now >= k->exit_at_ns))
		k->done = true;
}

static int open_loop(struct keeper *k)
{
	sigset_t mask;
	int error;

	reader_mask(&mask);
	k->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (k->epoll_fd < 0)
		return -errno;
	k->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k->signal_fd < 0)
		return -errno;
	error = watch(k, k->signal_fd, WATCH_SIGNALS, 0, EPOLLIN);
	if (!error)
		error = slots_init(&k->slots, k->config->max_children);
	if (!error)
		error = store_init(&k->store);
	if (!error && k->config->control_fd >= 0)
		error = store_put(&k->store, "control", k->config->control_fd);
	if (!error && k->config->environ_fd >= 0)
		error = store_put(&k->store, "environ", k->config->environ_fd);
	return error;
}

int keeper_run(const struct keeper_config *config)
{
	size_t bytes = sizeof(struct keeper) + PLAN_MAX_BYTES;
	struct keeper *k = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);
	int error;

	if (k == MAP_FAILED) {
		say("cannot start: mmap: %s (%s)", errno_name(errno), strerror(errno));
		return 1;
	}
	k->config = config;
	k->plan = (uint8_t *)(k + 1);
	k->detach_fd = config->detach_fd;
	k->jvm.socket = -1;
	k->privileged = geteuid() == 0;
	k->pid1 = getpid() == 1;
	k->launch_check_ns = k->stop_check_ns = k->quiet_until_ns = NEVER;
	error = open_loop(k);
	if (error) {
		say("cannot start: %s (%s)", errno_name(-error), strerror(-error));
		return 1;
	}
	jvm_start(k);
	while (!k->done)
		turn(k);
	return k->exit_code;
}
