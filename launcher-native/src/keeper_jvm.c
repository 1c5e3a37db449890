/*
 * The supervisor's JVM: started, listened to until the end, started again. README.md section 3.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JVM_SOCKET = 3, DELAY_FIRST_MS = 100, DELAY_MAX_FACTOR = 100, DELAY_STORM_MS = 1000 };

/*
 * Only what the JVM reads through its own signalfd stays blocked: that works when every thread
 * blocks it.
 */
static void set_jvm_signals(void)
{
	static const int blocked[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD,
				       SIGUSR1, SIGUSR2, SIGWINCH, SIGPIPE };
	struct sigaction normal = { .sa_handler = SIG_DFL };
	sigset_t mask;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &normal, NULL); /* KILL, STOP and glibc's own: EINVAL */
	(void)sigemptyset(&mask);
	for (size_t i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++)
		(void)sigaddset(&mask, blocked[i]);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
}

static const char *become_jvm(const struct keeper_config *config, int socket, int keeper_pid)
{
	int null;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return "prctl";
	if (getppid() != keeper_pid)
		_exit(127); /* the keeper died before that was armed */
	if (setsid() < 0)
		return "setsid";
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return "open";
	if (dup2(null, 0) < 0)
		return "dup2";
	if (socket == JVM_SOCKET ? fcntl(socket, F_SETFD, 0) < 0 : dup2(socket, JVM_SOCKET) < 0)
		return "dup2";
	if (chdir(config->jvm_dir) < 0)
		return "chdir";
	set_jvm_signals();
	(void)execve(config->jvm_argv[0], config->jvm_argv, config->jvm_envp);
	return "execve";
}

static int start_child(struct keeper *k, int socket)
{
	int keeper_pid = getpid();
	pid_t pid = fork();

	if (pid == 0) {
		const char *call = become_jvm(k->config, socket, keeper_pid);

		say("cannot start the supervisor: %s \"%s\": %s (%s)", call, k->config->jvm_argv[0],
		    errno_name(errno), strerror(errno));
		_exit(127);
	}
	return pid < 0 ? -errno : pid;
}

static int open_pair(int pair[2])
{
	int size = PROTO_SEND_BUFFER;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		/* Beyond net.core.wmem_max only with the right; the protocol works with less. */
		if (setsockopt(pair[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
			(void)setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	}
	return 0;
}

static void try_again(struct keeper *k);

void jvm_start(struct keeper *k)
{
	int pair[2];
	int pid = open_pair(pair);

	if (!pid) {
		pid = start_child(k, pair[1]);
		(void)close(pair[1]);
		if (pid < 0)
			(void)close(pair[0]);
	}
	if (pid < 0) {
		say("cannot start the supervisor: %s (%s)", errno_name(-pid), strerror(-pid));
		k->jvm.deaths_in_a_row++;
		try_again(k);
		return;
	}
	k->jvm.state = JVM_ALIVE;
	k->jvm.pid = pid;
	k->jvm.socket = pair[0];
	k->jvm.generation++;
	k->jvm.peer_gone = k->jvm.write_blocked = k->jvm.adopted = k->jvm.killed = false;
	events_hello(k);
	/* ENOMEM: then it is killed as deaf */
	(void)watch(k, k->jvm.socket, WATCH_SOCKET, 0, EPOLLIN);
	(void)wire_flush(k);
}

void jvm_kill(struct keeper *k)
{
	if (k->jvm.pid)
		(void)kill(k->jvm.pid, SIGKILL); /* not reaped yet, so the pid is its own */
	k->jvm.killed = true;
}

static void given_up(struct keeper *k)
{
	k->jvm.state = JVM_GIVEN_UP;
	armed_close_all(k); /* who would see to it after that? */
	if (!children_live(k)) {
		say("the supervisor is given up and no service runs: exiting");
		k->exit_code = 1;
		k->done = true;
	} else if (k->config->stop_on_loss || k->signals[SIGTERM] || k->signals[SIGINT]) {
		say("the supervisor is given up: stopping the services");
		stop_begin(k);
	} else {
		say("the supervisor is given up: keeping the services, without restarts; TERM stops them");
		stop_drain_logs(k);
	}
}

/* How long to wait with the next one. */
static uint64_t delay_ms(struct keeper *k, uint64_t now)
{
	uint64_t *oldest = &k->jvm.adopted_deaths_ns[k->jvm.adopted_deaths % JVM_DEATHS_WINDOW];
	uint64_t first = k->config->restart_delay_ms ? k->config->restart_delay_ms : DELAY_FIRST_MS;
	uint64_t delay = first, longest = first * DELAY_MAX_FACTOR;
	uint64_t was = *oldest;

	if (!k->jvm.deaths_in_a_row) {
		*oldest = now;
		k->jvm.adopted_deaths++;
		return was && now - was < JVM_DEATHS_WINDOW_S * NS_PER_S ? DELAY_STORM_MS : 0;
	}
	for (uint32_t i = 1; i < k->jvm.deaths_in_a_row && delay < longest; i++)
		delay *= 2;
	return delay < longest ? delay : longest;
}

static void try_again(struct keeper *k)
{
	uint64_t now = now_ns();

	if (k->jvm.deaths_in_a_row > JVM_DEATHS_LIMIT) {
		given_up(k);
		return;
	}
	k->jvm.state = JVM_DELAYED;
	k->jvm.start_at_ns = now + delay_ms(k, now) * NS_PER_MS;
}

static void say_how_it_died(const struct keeper *k, int wait_status)
{
	const char *next = k->jvm.deaths_in_a_row > JVM_DEATHS_LIMIT ? "" : ", starting it again";

	if (WIFSIGNALED(wait_status))
		say("the supervisor was killed by SIG%s%s", sigabbrev_np(WTERMSIG(wait_status)),
		    next);
	else
		say("the supervisor exited with %d%s", WEXITSTATUS(wait_status), next);
}

void jvm_died(struct keeper *k, int wait_status)
{
	bool was_first = k->jvm.deaths == 0;

	k->jvm.pid = 0;
	k->jvm.peer_gone = true;
	/*
	 * What it had asked before it died is done: its successor takes a missing key for never
	 * received.
	 */
	requests_read(k);
	wire_drop_fds(k);
	k->in.size = k->in.offset = 0;
	unwatch_close(k, &k->jvm.socket);
	events_forget_jvm(k);
	if (k->exit_asked)
		return;
	k->jvm.deaths++;
	k->jvm.deaths_in_a_row = k->jvm.adopted ? 0 : k->jvm.deaths_in_a_row + 1;
	if (was_first && !k->jvm.adopted && !k->slots.used && WIFEXITED(wait_status) &&
	    WEXITSTATUS(wait_status)) {
		/*
		 * It has said why on stderr: a configuration that never worked is not tried again.
		 */
		k->exit_code = 1;
		k->done = true;
		return;
	}
	k->jvm.adopted = false;
	say_how_it_died(k, wait_status);
	try_again(k);
}

void jvm_check_unacked(struct keeper *k, uint64_t now)
{
	const struct slot *slot = slots_first(&k->slots, LIST_UNACKED);

	if (!slot || now < slot->ack_deadline_ns || k->jvm.killed)
		return;
	say("the supervisor has not acknowledged the end of \"%s\" in time, killing it",
	    slot->key.service);
	jvm_kill(k);
}
