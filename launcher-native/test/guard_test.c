/* A guard: main process and end reported on its channel, and nothing left behind. */
#include "check.h"
#include "run.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct guarded {
	struct launch_child guard;
	int output; /* read end of the service's standard output */
	pid_t main;
	int main_pidfd;
};

static void await(int fd)
{
	struct pollfd readable = { fd, POLLIN, 0 };

	CHECK_INT(poll(&readable, 1, 20000), 1);
}

static struct guard_message next_message(int fd, int *ret_pidfd)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct guard_message message;
	struct iovec part = { &message, sizeof(message) };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *attached;

	await(fd);
	CHECK_INT(recvmsg(fd, &packet, MSG_CMSG_CLOEXEC), sizeof(message));
	attached = CMSG_FIRSTHDR(&packet);
	*ret_pidfd = -1;
	if (attached)
		memcpy(ret_pidfd, CMSG_DATA(attached), sizeof(int));
	return message;
}

static void launch_guarded(const char *script, uint32_t death_signal, struct guarded *ret)
{
	struct launch_report report;
	struct guard_message started;
	struct build build;
	struct plan plan;
	const char *call;
	sigset_t all;
	int ends[2];

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build.death_signal = death_signal;
	build_op(&build, OP_SIGNALS, NULL);
	build_op(&build, OP_SETSID, NULL);
	build_stdio(&build);
	build_op(&build, OP_DEATH_SIGNAL, NULL);
	build_number(&build, death_signal);
	build_script(&build, script);
	build_finish(&build, &plan);
	struct launch_request request = { .plan = &plan, .fds = &ends[1], .cgroup_fd = -1 };
	CHECK_INT(launch_start(&request, &ret->guard, &call), 0);
	close(ends[1]);
	ret->output = ends[0];
	do {
		await(ret->guard.exec_pipe);
		launch_poll(&ret->guard, &report);
	} while (report.outcome == LAUNCH_PENDING);
	CHECK_INT(report.outcome, LAUNCH_RUNNING);
	launch_release(&ret->guard);
	started = next_message(ret->guard.status_fd, &ret->main_pidfd);
	CHECK_INT(started.kind, GUARD_MAIN);
	CHECK(ret->main_pidfd >= 0);
	ret->main = (pid_t)started.pid;
	CHECK(ret->main != ret->guard.pid);
}

static int ended(const struct guarded *guarded)
{
	int pidfd, status;
	struct guard_message message = next_message(guarded->guard.status_fd, &pidfd);

	CHECK_INT(message.kind, GUARD_EXITED);
	CHECK_INT(message.pid, guarded->main);
	CHECK(message.maxrss_kib > 0);
	status = message.wait_status;
	return status;
}

static void guard_gone(struct guarded *guarded)
{
	int status;

	CHECK_INT(waitpid(guarded->guard.pid, &status, 0), guarded->guard.pid);
	CHECK_INT(status, 0);
	close(guarded->guard.pidfd);
	if (guarded->guard.status_fd >= 0)
		close(guarded->guard.status_fd);
	close(guarded->main_pidfd);
	close(guarded->output);
}

/* A number that the service printed. */
static pid_t read_pid(int fd)
{
	char text[32] = { 0 };
	size_t n = 0;

	while (n < sizeof(text) - 1 && !strchr(text, '\n')) {
		await(fd);
		CHECK_INT(read(fd, text + n, 1), 1);
		n++;
	}
	return atoi(text);
}

static const char *reports_the_exit_and_leaves(void)
{
	struct guarded guarded;

	launch_guarded("exit 9", 0, &guarded);

	CHECK_INT(ended(&guarded), 9 << 8);
	guard_gone(&guarded);
	return NULL;
}

static const char *waits_for_descendants_of_an_ended_main_process(void)
{
	struct guarded guarded;
	pid_t left;

	launch_guarded("setsid sh -c 'echo $$; exec sleep 1000' & exit 0", 0, &guarded);
	left = read_pid(guarded.output);
	CHECK_INT(ended(&guarded), 0);
	CHECK_INT(waitpid(guarded.guard.pid, NULL, WNOHANG), 0);
	CHECK_INT(kill(left, 0), 0);

	CHECK_INT(kill(left, SIGKILL), 0);
	guard_gone(&guarded);
	return NULL;
}

static const char *kills_grandchildren_in_other_sessions(void)
{
	struct guarded guarded;
	pid_t left;

	launch_guarded("trap '' TERM; setsid sh -c 'trap \"\" TERM; (sleep 1000 & sleep 1000 & wait) &"
		       " echo $$; wait' & while :; do sleep 1; done",
		       0, &guarded);
	left = read_pid(guarded.output);
	CHECK_INT(kill(left, 0), 0);

	CHECK_INT(kill(guarded.guard.pid, SIGTERM), 0);
	CHECK_INT(ended(&guarded), SIGKILL);
	/* end of file: nobody holds the output any more */
	await(guarded.output);
	CHECK_INT(read(guarded.output, &left, 1), 0);
	guard_gone(&guarded);
	return NULL;
}

static const char *keeps_up_with_a_service_that_forks_on(void)
{
	struct guarded guarded;

	launch_guarded("f() { while :; do (setsid sleep 1000 &) ; done; }; echo 1; f & f & f", 0, &guarded);
	CHECK_INT(read_pid(guarded.output), 1);

	CHECK_INT(kill(guarded.guard.pid, SIGTERM), 0);
	CHECK_INT(ended(&guarded), SIGKILL);
	guard_gone(&guarded);
	return NULL;
}

static const char *sends_the_death_signal_when_the_keeper_goes(void)
{
	struct guarded guarded;

	launch_guarded("trap 'echo 77; exit 0' USR2; echo 1; while :; do sleep 0.1; done", SIGUSR2, &guarded);
	CHECK_INT(read_pid(guarded.output), 1);

	close(guarded.guard.status_fd);
	guarded.guard.status_fd = -1;
	CHECK_INT(read_pid(guarded.output), 77);
	guard_gone(&guarded);
	return NULL;
}

static const char *holds_no_descriptor_of_the_service(void)
{
	char path[64], target[64];
	struct guarded guarded;
	int fd, open_files = 0;

	launch_guarded("echo 1; exec sleep 1000", 0, &guarded);
	CHECK_INT(read_pid(guarded.output), 1);
	for (fd = 0; fd < 1024; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", guarded.guard.pid, fd);
		if (readlink(path, target, sizeof(target)) > 0)
			open_files++;
	}
	CHECK_INT(open_files, 3); /* status channel, signalfd, /proc */

	CHECK_INT(kill(guarded.main, SIGKILL), 0);
	CHECK_INT(ended(&guarded), SIGKILL);
	guard_gone(&guarded);
	return NULL;
}

static const char *passes_on_the_refusal_of_the_service(void)
{
	struct build build;
	struct outcome outcome;

	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_op(&build, OP_CHDIR, NULL);
	build_string(&build, "/no/such");
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);

	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.object, "/no/such");
	CHECK_INT(outcome.status, 0);
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "reports the exit and leaves", reports_the_exit_and_leaves },
		{ "waits for descendants of an ended main process",
		  waits_for_descendants_of_an_ended_main_process },
		{ "kills grandchildren in other sessions", kills_grandchildren_in_other_sessions },
		{ "keeps up with a service that forks on", keeps_up_with_a_service_that_forks_on },
		{ "sends the death signal when the keeper goes", sends_the_death_signal_when_the_keeper_goes },
		{ "holds no descriptor of the service", holds_no_descriptor_of_the_service },
		{ "passes on the refusal of the service", passes_on_the_refusal_of_the_service },
	};

	return RUN_TESTS(tests);
}
