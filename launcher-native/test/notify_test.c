/* Variables that only the launch itself can know, and the socket that goes to the supervisor. */
#include "check.h"
#include "run.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void check_ran(const struct outcome *outcome)
{
	if (outcome->report.outcome == LAUNCH_REFUSED)
		refusal_print(NULL, &outcome->report.refusal);
	CHECK_INT(outcome->report.outcome, LAUNCH_RUNNING);
	CHECK(WIFEXITED(outcome->status));
	CHECK_INT(WEXITSTATUS(outcome->status), 0);
}

static void build_printer(struct build *build, const char *const *environment)
{
	build_op(build, OP_EXECVE, "test.yaml:1:1 (services.test.command)");
	build_strings(build, (const char *const[]){ "/bin/sh", NULL });
	build_strings(build, (const char *const[]){
		"/bin/sh", "-c", "echo $$; echo \"$LISTEN_PID $WATCHDOG_PID $NOTIFY_SOCKET $OTHER\"",
		NULL });
	build_strings(build, environment);
}

static const char *writes_its_own_pid_into_variables_of_the_plan(void)
{
	const char *const environment[] = { "PATH=/bin", "LISTEN_PID=", "OTHER=LISTEN_PID=", NULL };
	struct build build;
	struct outcome outcome;
	char expected[64];
	int i;

	for (i = 0; i < 2; i++) {
		build_start(&build, i ? PLAN_COPY : 0, 1);
		build_op(&build, OP_SIGNALS, NULL);
		build_stdio(&build);
		build_op(&build, OP_OWN_PID, NULL);
		build_strings(&build, (const char *const[]){ "LISTEN_PID", "WATCHDOG_PID", NULL });
		build_printer(&build, environment);
		run_plan(&build, &outcome);

		check_ran(&outcome);
		snprintf(expected, sizeof(expected), "%d\n%d   LISTEN_PID=\n", atoi(outcome.output),
			 atoi(outcome.output));
		CHECK_TEXT(outcome.output, expected); /* WATCHDOG_PID is no variable of this plan */
	}
	return NULL;
}

static int receive_socket(int channel)
{
	char kind;
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { &kind, 1 };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				 .msg_controllen = sizeof(control) };
	int fd;

	CHECK_INT(recvmsg(channel, &packet, MSG_CMSG_CLOEXEC), 1);
	CHECK_INT(kind, NOTIFY_CHANNEL_KIND);
	CHECK_INT(control.header.cmsg_type, SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static const char *hands_over_a_socket_with_the_name_that_the_program_is_told(void)
{
	const char *const environment[] = { "PATH=/bin", "NOTIFY_SOCKET=", NULL };
	uint64_t quads[] = { 0, FDS_NULL, 0, 0, 1, FDS_PASSED, 0, S_IFIFO, 2, FDS_OWN, 2, 0,
			     9, FDS_OWN, 200, S_IFSOCK };
	int channel[2], fd, passes = 0;
	struct build build;
	struct outcome outcome;
	struct sockaddr_un address = { 0 };
	socklen_t bytes = sizeof(address), int_bytes = sizeof(passes);
	char expected[128], *at;

	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), 0);
	CHECK_INT(dup3(channel[1], 200, O_CLOEXEC), 200);
	build_start(&build, 0, 1);
	build_op(&build, OP_SIGNALS, NULL);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 16, quads);
	build_op(&build, OP_NOTIFY_SOCKET, NULL);
	build_number(&build, 9);
	build_printer(&build, environment);
	run_plan(&build, &outcome);
	close(200);
	close(channel[1]);

	check_ran(&outcome);
	fd = receive_socket(channel[0]);
	CHECK_INT(getsockname(fd, (struct sockaddr *)&address, &bytes), 0);
	CHECK_INT(address.sun_path[0], 0);
	at = strchr(outcome.output, '\n') + 1;
	snprintf(expected, sizeof(expected), "  @%s \n", address.sun_path + 1);
	CHECK_TEXT(at, expected);
	CHECK_INT(getsockopt(fd, SOL_SOCKET, SO_PASSCRED, &passes, &int_bytes), 0);
	CHECK_INT(passes, 1);
	close(fd);
	close(channel[0]);
	return NULL;
}

static const char *refuses_a_launch_whose_socket_nobody_takes(void)
{
	uint64_t quads[] = { 0, FDS_NULL, 0, 0, 1, FDS_PASSED, 0, S_IFIFO, 2, FDS_OWN, 2, 0,
			     9, FDS_OWN, 200, S_IFSOCK };
	struct build build;
	struct outcome outcome;
	int channel[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), 0);
	CHECK_INT(dup3(channel[1], 200, O_CLOEXEC), 200);
	close(channel[0]);
	close(channel[1]);
	build_start(&build, 0, 1);
	build_op(&build, OP_SIGNALS, NULL);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 16, quads);
	build_op(&build, OP_NOTIFY_SOCKET, NULL);
	build_number(&build, 9);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	close(200);

	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "sendmsg");
	CHECK_TEXT(errno_name(outcome.report.refusal.error), "EPIPE");
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "writes its own pid into variables of the plan",
		  writes_its_own_pid_into_variables_of_the_plan },
		{ "hands over a socket with the name that the program is told",
		  hands_over_a_socket_with_the_name_that_the_program_is_told },
		{ "refuses a launch whose socket nobody takes",
		  refuses_a_launch_whose_socket_nobody_takes },
	};

	return RUN_TESTS(tests);
}
