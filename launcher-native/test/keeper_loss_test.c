/* The keeper when its JVM dies, does not listen, or cannot be started. */
#include "keeper_play.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char false_path[] = "/bin/false";

static void start(struct play *play)
{
	struct proto_hello hello;

	play->config.restart_delay_ms = 1;
	play_start(play, 0);
	play_accept(play, &hello);
}

static void adopt(struct play *play)
{
	play_ask(play, PROTO_ADOPTED, NULL, 0, NULL, 0, 0);
}

static pid_t start_sleeper(struct play *play, const char *service)
{
	struct proto_spawned spawned;

	play_shell(play, service, 0, "exec sleep 1000");
	play_expect(play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	(void)close(play_fd(play));
	play_expect(play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	return (pid_t)spawned.pid;
}

static const char *replaysChildrenAndNamesToTheNextJvm(void)
{
	char name[PROTO_NAME_BYTES] = "state";
	struct proto_spawned spawned;
	struct proto_hello hello;
	struct play play = { 0 };
	uint32_t cursor = 0;
	pid_t sleeper;
	int pidfd;

	start(&play);
	adopt(&play);
	play_ask(&play, PROTO_STORE, name, sizeof(name), &play.link, 1, 0);
	sleeper = start_sleeper(&play, "web");
	play_kill_jvm(&play);

	play_accept(&play, &hello);
	CHECK_INT(hello.children, 1);
	CHECK_INT(hello.stored, 1);
	CHECK_INT(hello.flags, PROTO_JVM_DIED);
	CHECK_INT(hello.jvm_deaths, 1);
	play_ask(&play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
	play_expect(&play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	CHECK_INT(spawned.pid, sleeper);
	pidfd = play_fd(&play);
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	play_expect(&play, PROTO_LIST_END, &cursor, sizeof(cursor));
	CHECK(cursor != 0);
	play_ask(&play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
	play_expect(&play, PROTO_STORED, name, sizeof(name));
	CHECK_TEXT(name, "state");
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_LIST_END, &cursor, sizeof(cursor));
	CHECK_INT(cursor, 0);
	CHECK_INT(pidfd_send_signal(pidfd, SIGKILL, NULL, 0), 0);
	play_expect(&play, PROTO_EXITED, NULL, sizeof(struct proto_exited));
	(void)close(pidfd);
	play_end(&play, 0);
	return NULL;
}

static const char *executesWhatADeadJvmHadAsked(void)
{
	char name[PROTO_NAME_BYTES] = "late";
	struct proto_hello hello;
	struct play play = { 0 };

	start(&play);
	adopt(&play);
	/* The keeper stands still, so that the requests are unread when the JVM is dead. */
	CHECK_INT(kill(play.keeper, SIGSTOP), 0);
	for (int i = 0; i < 40; i++) {
		name[4] = (char)('a' + i);
		(void)play_send(&play, PROTO_STORE, name, sizeof(name), &play.link, 1);
	}
	play_kill_jvm(&play);
	CHECK_INT(kill(play.keeper, SIGCONT), 0);

	play_accept(&play, &hello);
	CHECK_INT(hello.stored, 40);
	play_end(&play, 0);
	return NULL;
}

/* An end that nobody was told of waits in its slot. */
static const char *keepsAnExitForTheNextJvm(void)
{
	struct proto_exited exited;
	struct proto_hello hello;
	struct play play = { 0 };
	uint32_t cursor = 0;
	pid_t sleeper;

	start(&play);
	adopt(&play);
	sleeper = start_sleeper(&play, "web");
	CHECK_INT(kill(play.keeper, SIGSTOP), 0);
	play_kill_jvm(&play);
	CHECK_INT(kill(sleeper, SIGKILL), 0);
	CHECK_INT(kill(play.keeper, SIGCONT), 0);

	play_accept(&play, &hello);
	play_ask(&play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
	play_expect(&play, PROTO_SPAWNED, NULL, sizeof(struct proto_spawned));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	play_expect(&play, PROTO_EXITED, &exited, sizeof(exited));
	CHECK_INT(exited.wait_status, SIGKILL);
	play_expect(&play, PROTO_LIST_END, &cursor, sizeof(cursor));
	play_end(&play, 0);
	return NULL;
}

static const char *tellsSignalsOnlyAfterAdoption(void)
{
	struct proto_spawn key = play_spawn("web", 1);
	struct play play = { 0 };
	uint32_t number;
	pid_t sleeper;

	start(&play);
	sleeper = start_sleeper(&play, "web");
	CHECK_INT(kill(play.keeper, SIGTERM), 0);
	CHECK_INT(kill(play.keeper, SIGWINCH), 0);
	/* nothing before its answer */
	play_ask(&play, PROTO_ACK, &key.key, sizeof(key.key), NULL, 0, EBUSY);
	adopt(&play);
	play_expect(&play, PROTO_SIGNAL, &number, sizeof(number));
	CHECK_INT(number, SIGTERM);
	CHECK_INT(kill(play.keeper, SIGHUP), 0);
	play_expect(&play, PROTO_SIGNAL, &number, sizeof(number));
	CHECK_INT(number, SIGHUP);
	CHECK_INT(kill(sleeper, SIGKILL), 0);
	play_expect(&play, PROTO_EXITED, NULL, sizeof(struct proto_exited));
	play_end(&play, 0);
	return NULL;
}

static const char *killsAJvmThatDoesNotAcknowledge(void)
{
	struct proto_hello hello;
	struct play play = { .config.ack_timeout_ms = 100 };

	start(&play);
	adopt(&play);
	play_shell(&play, "web", 0, "exit 0");
	play_expect(&play, PROTO_SPAWNED, NULL, sizeof(struct proto_spawned));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	play_expect(&play, PROTO_EXITED, NULL, sizeof(struct proto_exited));
	/* The JVM is killed; its copy of the socket here must go too. */
	(void)close(play.socket);
	(void)close(play.link);
	play_accept(&play, &hello);
	CHECK_INT(hello.jvm_deaths, 1);
	CHECK_INT(hello.children, 1);
	play_end(&play, 0);
	return NULL;
}

/* A JVM that dies with a TERM in its socket has not begun to stop anything. */
static const char *tellsTheNextJvmAStopThatWasNotBegun(void)
{
	char name[PROTO_NAME_BYTES] = PROTO_STORE_STOPPING;
	struct proto_hello hello;
	struct play play = { 0 };
	uint32_t number;
	pid_t sleeper;

	start(&play);
	sleeper = start_sleeper(&play, "web");
	adopt(&play);
	CHECK_INT(kill(play.keeper, SIGTERM), 0);
	play_expect(&play, PROTO_SIGNAL, &number, sizeof(number));
	play_kill_jvm(&play);

	play_accept(&play, &hello);
	adopt(&play);
	play_expect(&play, PROTO_SIGNAL, &number, sizeof(number));
	CHECK_INT(number, SIGTERM);
	play_ask(&play, PROTO_STORE, name, sizeof(name), &play.link, 1, 0);
	play_kill_jvm(&play);

	/* Begun: TERM once more would mean "now". */
	play_accept(&play, &hello);
	adopt(&play);
	CHECK_INT(kill(play.keeper, SIGWINCH), 0);
	play_expect(&play, PROTO_SIGNAL, &number, sizeof(number));
	CHECK_INT(number, SIGWINCH);
	CHECK_INT(kill(sleeper, SIGKILL), 0);
	play_end(&play, 0);
	return NULL;
}

static void spawn_in(struct play *play, int cgroup_fd, const char *service)
{
	struct proto_spawn spawn = play_spawn(service, 1);
	struct build build;

	spawn.flags = PROTO_CGROUP;
	build_start(&build, 0, 0);
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	play_ask_spawn(play, &spawn, &build, &cgroup_fd, 1, 0);
	play_expect(play, PROTO_SPAWNED, NULL, sizeof(struct proto_spawned));
	(void)close(play_fd(play));
	play_expect(play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	play_expect(play, PROTO_EXITED, NULL, sizeof(struct proto_exited));
}

/* What its main process left behind in the cgroup may have any time to end. */
static const char *waitsForTheAcknowledgementOfARunInACgroup(void)
{
	struct play play = { .config.ack_timeout_ms = 100 };
	struct proto_hello hello;
	char path[128], line[256];
	FILE *errors;
	int fd, ends[2];

	(void)snprintf(path, sizeof(path), "/sys/fs/cgroup/unified/ostler-loss-%d", getpid());
	if (mkdir(path, 0755) < 0) {
		(void)snprintf(path, sizeof(path), "/sys/fs/cgroup/ostler-loss-%d", getpid());
		if (access("/sys/fs/cgroup/cgroup.procs", W_OK) < 0 || mkdir(path, 0755) < 0)
			return "a cgroup v2 directory in which it may create another";
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	play.errors = ends[1];
	start(&play);
	(void)close(ends[1]);
	errors = fdopen(ends[0], "r");
	adopt(&play);
	spawn_in(&play, fd, "inside");
	play_shell(&play, "outside", 0, "exit 0");
	play_expect(&play, PROTO_SPAWNED, NULL, sizeof(struct proto_spawned));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	play_expect(&play, PROTO_EXITED, NULL, sizeof(struct proto_exited));
	/* The first to be missed is the later one. */
	CHECK(fgets(line, sizeof(line), errors) != NULL);
	CHECK(strstr(line, "\"outside\"") != NULL);
	/* The JVM is killed; its copy of the socket here must go too. */
	(void)close(play.socket);
	(void)close(play.link);
	play_accept(&play, &hello);
	play_end(&play, 0);
	(void)fclose(errors);
	(void)close(fd);
	CHECK_INT(rmdir(path), 0);
	return NULL;
}

static const char *endsWhenTheFirstJvmFails(void)
{
	static char *argv[] = { false_path, NULL };
	struct play play = { .config.jvm_argv = argv };

	play_start(&play, 0);
	CHECK_INT(play_keeper_status(&play), 1);
	return NULL;
}

/* Kill JVMs before their ADOPTED until the keeper starts no more. */
static void lose_all_jvms(struct play *play)
{
	struct proto_hello hello;

	play_kill_jvm(play);
	for (int i = 0; i < 11; i++) {
		play_accept(play, &hello);
		play_kill_jvm(play);
	}
}

static const char *stopsInOrderWhenTheJvmIsGivenUp(void)
{
	struct proto_spawn spawn = play_spawn("db", 1);
	struct play play = { .config.stop_on_loss = true };
	struct build build;

	start(&play);
	adopt(&play);
	(void)start_sleeper(&play, "web");
	/* This one decides: it answers TERM with its own code. */
	spawn.rank = 1;
	spawn.flags = PROTO_DECIDING;
	build_start(&build, 0, 0);
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/bin/sh", "-c",
						    "trap 'exit 42' TERM; while :; do sleep 0.05; done", NULL });
	play_ask_spawn(&play, &spawn, &build, NULL, 0, 0);
	play_expect(&play, PROTO_SPAWNED, NULL, sizeof(struct proto_spawned));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	lose_all_jvms(&play);
	CHECK_INT(play_keeper_status(&play), 42);
	return NULL;
}

static const char *keepsTheServicesUntilTermWhenTheJvmIsGivenUp(void)
{
	struct play play = { 0 };
	char line[256] = { 0 };
	int ends[2], pidfd;
	FILE *errors;

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	play.errors = ends[1];
	start(&play);
	(void)close(ends[1]);
	adopt(&play);
	pidfd = pidfd_open(start_sleeper(&play, "web"), 0);
	lose_all_jvms(&play);
	errors = fdopen(ends[0], "r");
	while (!strstr(line, "keeping the services"))
		CHECK(fgets(line, sizeof(line), errors) != NULL);
	(void)fclose(errors);
	CHECK_INT(pidfd_send_signal(pidfd, 0, NULL, 0), 0);
	CHECK_INT(kill(play.keeper, SIGTERM), 0);
	CHECK_INT(play_keeper_status(&play), 1);
	CHECK_INT(pidfd_send_signal(pidfd, 0, NULL, 0), -1);
	(void)close(pidfd);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "replaysChildrenAndNamesToTheNextJvm", replaysChildrenAndNamesToTheNextJvm },
		{ "executesWhatADeadJvmHadAsked", executesWhatADeadJvmHadAsked },
		{ "keepsAnExitForTheNextJvm", keepsAnExitForTheNextJvm },
		{ "tellsSignalsOnlyAfterAdoption", tellsSignalsOnlyAfterAdoption },
		{ "killsAJvmThatDoesNotAcknowledge", killsAJvmThatDoesNotAcknowledge },
		{ "tellsTheNextJvmAStopThatWasNotBegun", tellsTheNextJvmAStopThatWasNotBegun },
		{ "waitsForTheAcknowledgementOfARunInACgroup",
		 waitsForTheAcknowledgementOfARunInACgroup },
		{ "endsWhenTheFirstJvmFails", endsWhenTheFirstJvmFails },
		{ "stopsInOrderWhenTheJvmIsGivenUp", stopsInOrderWhenTheJvmIsGivenUp },
		{ "keepsTheServicesUntilTermWhenTheJvmIsGivenUp",
		 keepsTheServicesUntilTermWhenTheJvmIsGivenUp },
	};

	return play_is_jvm(argc, argv) ? 0 : RUN_TESTS(tests);
}
