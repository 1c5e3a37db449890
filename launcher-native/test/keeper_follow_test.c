/* The keeper when a daemon puts itself into the background: another process becomes the main one. */
#include "keeper_play.h"

#include "../src/keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DAEMON "setsid sh -c 'echo $$ >&3; exec 3>&-; exec sleep 1000' &"

/* A service that prints pids to its descriptor 3. */
struct service {
	struct play play;
	struct proto_spawned spawned;
	int numbers;
};

static void expect_spawned(struct play *play, struct proto_spawned *ret)
{
	play_expect(play, PROTO_SPAWNED, ret, sizeof(*ret));
	(void)close(play_fd(play));
	if (ret->mode == PROTO_GUARD)
		(void)close(play_fd(play));
}

static int read_number(struct service *service)
{
	struct pollfd readable = { service->numbers, POLLIN, 0 };
	char text[32] = { 0 };

	for (size_t n = 0; n < sizeof(text) - 1 && !strchr(text, '\n'); n++) {
		CHECK_INT(poll(&readable, 1, 20000), 1);
		CHECK_INT(read(service->numbers, text + n, 1), 1);
	}
	return atoi(text);
}

static void build_fds(struct build *build)
{
	build_op(build, OP_FDS, NULL);
	build_numbers(build, 4, (const uint64_t[]){ 3, 0, 0, S_IFIFO });
	build_op(build, OP_SIGNALS, NULL);
}

static void launch(struct service *service, struct build *build, const char *script)
{
	struct proto_spawn spawn = play_spawn("web", 1);
	struct proto_running running;
	int ends[2];

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	service->numbers = ends[0];
	build_execve(build, (const char *const[]){ "/bin/sh", "-c", script, NULL });
	play_ask_spawn(&service->play, &spawn, build, &ends[1], 1, 0);
	(void)close(ends[1]);
	expect_spawned(&service->play, &service->spawned);
	CHECK_INT(service->spawned.followed, 0);
	play_expect(&service->play, PROTO_RUNNING, &running, sizeof(running));
}

static void start(struct service *service)
{
	struct proto_hello hello;

	*service = (struct service){ 0 };
	play_start(&service->play, 0);
	play_accept(&service->play, &hello);
}

static void start_shell(struct service *service, uint32_t flags, const char *script)
{
	struct build build;

	start(service);
	build_start(&build, flags, 1);
	build_fds(&build);
	launch(service, &build, script);
}

static void expect_end(struct play *play, int wait_status, bool gone)
{
	struct proto_exited exited;

	play_expect(play, PROTO_EXITED, &exited, sizeof(exited));
	CHECK_INT(exited.wait_status, wait_status);
	CHECK_INT(exited.gone, gone);
}

static int open_process(int pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	CHECK(fd >= 0);
	return fd;
}

static void await_reaped(int pid)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int ms = 0; ms < 20000 && kill(pid, 0) == 0; ms++)
		(void)nanosleep(&pause, NULL);
	CHECK(kill(pid, 0) < 0);
}

/* A pidfd of this process, which is closed. */
static void expect_process(int pidfd, uint32_t pid)
{
	CHECK(pidfd >= 0);
	CHECK_INT(pidfd_number(pidfd), pid);
	(void)close(pidfd);
}

/* Ask, and the answer of whoever reaps the run must be this. pidfd is closed. */
static void follow(struct play *play, int pidfd, uint32_t number, uint32_t main, int error)
{
	struct proto_follow request = { .key = play_spawn("web", 1).key, .number = number };
	struct proto_followed answer;

	play_ask(play, PROTO_FOLLOW, &request, sizeof(request), &pidfd, 1, 0);
	(void)close(pidfd);
	play_expect(play, PROTO_FOLLOWED, &answer, sizeof(answer));
	CHECK_TEXT(answer.key.service, "web");
	CHECK_INT(answer.error, error);
	CHECK_INT(answer.pid, main);
	if (!error)
		expect_process(play_fd(play), main);
}

static void acknowledge(struct play *play, int error)
{
	struct proto_key key = play_spawn("web", 1).key;

	play_ask(play, PROTO_ACK, &key, sizeof(key), NULL, 0, error);
}

static const char *tells_the_end_of_a_daemon_with_its_own_status(void)
{
	struct service service;
	int daemon;

	start_shell(&service, 0, DAEMON " exit 0");
	daemon = read_number(&service);
	expect_end(&service.play, 0, true);

	follow(&service.play, open_process(daemon), 0, (uint32_t)daemon, 0);
	acknowledge(&service.play, EBUSY); /* it runs again */
	CHECK_INT(kill(daemon, SIGUSR1), 0);
	expect_end(&service.play, SIGUSR1, true);
	acknowledge(&service.play, 0);
	play_end(&service.play, 0);
	return NULL;
}

static const char *a_guard_tells_the_end_of_a_daemon(void)
{
	struct proto_gone gone;
	struct service service;
	int daemon;

	start_shell(&service, PLAN_COPY | PLAN_STAY, DAEMON " exit 0");
	daemon = read_number(&service);
	expect_end(&service.play, 0, false);

	follow(&service.play, open_process(daemon), 0, (uint32_t)daemon, 0);
	CHECK_INT(kill(daemon, SIGUSR1), 0);
	expect_end(&service.play, SIGUSR1, false);
	play_expect(&service.play, PROTO_GONE, &gone, sizeof(gone));
	acknowledge(&service.play, 0);
	play_end(&service.play, 0);
	return NULL;
}

static const char *the_main_process_may_still_run_then(void)
{
	struct service service;
	int daemon, other;

	/* the subshell ends, so that its child is an orphan */
	start_shell(&service, 0, "(" DAEMON " exit 0) ; echo 1 >&3; exec sleep 1000");
	daemon = read_number(&service);
	other = read_number(&service);
	if (daemon == 1) /* the two may come in any order */
		daemon = other;

	follow(&service.play, open_process(daemon), 0, (uint32_t)daemon, 0);
	CHECK_INT(kill((int)service.spawned.pid, SIGKILL), 0);
	await_reaped((int)service.spawned.pid); /* and not told */
	CHECK_INT(kill(daemon, SIGUSR1), 0);
	expect_end(&service.play, SIGUSR1, true);
	play_end(&service.play, 0);
	return NULL;
}

/* Its parent would hear of its end in place of whoever reaps the run. */
static const char *refuses_a_process_whose_parent_is_another(uint32_t flags)
{
	struct service service;
	uint32_t main;
	int child, other;

	start_shell(&service, flags, DAEMON " exec sleep 1000");
	child = read_number(&service);
	main = service.spawned.pid;

	follow(&service.play, open_process(child), 0, main, ECHILD);
	follow(&service.play, open_process(getpid()), 0, main, ECHILD);
	follow(&service.play, open_process((int)main), 0, main, EEXIST);
	follow(&service.play, open_process(service.play.jvm), 0, main, EEXIST);
	other = open_process(child);
	CHECK_INT(kill(child, SIGKILL), 0);
	CHECK_INT(kill((int)main, SIGKILL), 0);
	expect_end(&service.play, SIGKILL, !(flags & PLAN_STAY));
	await_reaped(child);
	if (flags & PLAN_STAY) {
		struct proto_gone gone;

		play_expect(&service.play, PROTO_GONE, &gone, sizeof(gone));
	} else {
		follow(&service.play, other, 0, main, ESRCH);
	}
	play_end(&service.play, 0);
	return NULL;
}

static const char *the_keeper_refuses_a_process_whose_parent_is_another(void)
{
	return refuses_a_process_whose_parent_is_another(0);
}

static const char *a_guard_refuses_a_process_whose_parent_is_another(void)
{
	return refuses_a_process_whose_parent_is_another(PLAN_COPY | PLAN_STAY);
}

static const char *refuses_nonsense(void)
{
	struct proto_follow request = { .key = play_spawn("no", 1).key };
	struct service service;
	int pidfd = open_process(getpid());

	start_shell(&service, 0, "exec sleep 1000");
	play_ask(&service.play, PROTO_FOLLOW, &request, sizeof(request), &pidfd, 1, ENOENT);
	request.key = play_spawn("web", 1).key;
	play_ask(&service.play, PROTO_FOLLOW, &request, sizeof(request), NULL, 0, EPROTO);
	play_ask(&service.play, PROTO_FOLLOW, &request, sizeof(request) - 1, &pidfd, 1, EPROTO);
	/* what is no pidfd has no number */
	follow(&service.play, open("/dev/null", O_RDONLY | O_CLOEXEC), 0, service.spawned.pid,
	       ESRCH);
	(void)close(pidfd);
	CHECK_INT(kill((int)service.spawned.pid, SIGKILL), 0);
	expect_end(&service.play, SIGKILL, true);
	play_end(&service.play, 0);
	return NULL;
}

static const char *the_init_of_a_pid_namespace_tells_the_end_of_a_daemon(void)
{
	const char *const none[] = { NULL };
	struct service service;
	struct proto_gone gone;
	struct build build;
	char map[64], path[64], text[64] = "";
	int number, daemon;
	FILE *children;

	snprintf(map, sizeof(map), "0 %d 1", geteuid());
	start(&service);
	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_op(&build, OP_NAMESPACES, NULL);
	build_number(&build, CLONE_NEWUSER | CLONE_NEWPID);
	build_number(&build, 1);
	build_number(&build, UINT64_MAX);
	build_number(&build, UINT64_MAX);
	build_string(&build, map);
	build_string(&build, "");
	build_strings(&build, none);
	build_strings(&build, none);
	build_fds(&build);
	build_op(&build, OP_INIT, NULL);
	launch(&service, &build, DAEMON " exit 0");
	number = read_number(&service);
	expect_end(&service.play, 0, false);
	/* the only child of the init, which is the only child of the guard */
	for (daemon = (int)service.spawned.guard_pid, text[0] = 0;;) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/children", daemon, daemon);
		children = fopen(path, "re");
		if (!children || !fgets(text, sizeof(text), children))
			text[0] = 0;
		if (children)
			(void)fclose(children);
		if (!text[0])
			break;
		daemon = atoi(text);
	}
	CHECK(daemon != number);

	follow(&service.play, open_process(daemon), (uint32_t)number, (uint32_t)daemon, 0);
	CHECK_INT(kill(daemon, SIGKILL), 0);
	expect_end(&service.play, SIGKILL, false);
	play_expect(&service.play, PROTO_GONE, &gone, sizeof(gone));
	play_end(&service.play, 0);
	return NULL;
}

static const char *the_next_jvm_learns_who_is_followed(void)
{
	struct proto_running running;
	struct proto_spawned spawned;
	struct proto_hello hello;
	struct service service;
	struct record end;
	uint32_t cursor = 0;
	int daemon;

	start_shell(&service, 0, DAEMON " exit 0");
	daemon = read_number(&service);
	expect_end(&service.play, 0, true);
	follow(&service.play, open_process(daemon), 0, (uint32_t)daemon, 0);

	play_kill_jvm(&service.play);
	play_accept(&service.play, &hello);
	play_ask(&service.play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
	expect_spawned(&service.play, &spawned);
	CHECK_INT(spawned.pid, daemon);
	CHECK_INT(spawned.followed, 1);
	play_expect(&service.play, PROTO_RUNNING, &running, sizeof(running));
	play_next(&service.play, &end); /* neither an exit nor an answer that nobody asked for */
	CHECK_INT(end.header.type, PROTO_LIST_END);
	CHECK_INT(kill(daemon, SIGKILL), 0);
	expect_end(&service.play, SIGKILL, true);
	play_end(&service.play, 0);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "tells the end of a daemon with its own status",
		  tells_the_end_of_a_daemon_with_its_own_status },
		{ "a guard tells the end of a daemon", a_guard_tells_the_end_of_a_daemon },
		{ "the init of a pid namespace tells the end of a daemon",
		  the_init_of_a_pid_namespace_tells_the_end_of_a_daemon },
		{ "the main process may still run then", the_main_process_may_still_run_then },
		{ "the keeper refuses a process whose parent is another",
		  the_keeper_refuses_a_process_whose_parent_is_another },
		{ "a guard refuses a process whose parent is another",
		  a_guard_refuses_a_process_whose_parent_is_another },
		{ "refuses nonsense", refuses_nonsense },
		{ "the next JVM learns who is followed", the_next_jvm_learns_who_is_followed },
	};

	return play_is_jvm(argc, argv) ? 0 : RUN_TESTS(tests);
}
