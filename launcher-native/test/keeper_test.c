/* The keeper while its JVM lives: store, launches, guards, requests that are wrong. */
#include "keeper_play.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void start(struct play *play)
{
	struct proto_hello hello;

	*play = (struct play){ 0 };
	play_start(play, 0);
	play_accept(play, &hello);
	CHECK_INT(hello.version, 1);
	CHECK_INT(hello.children, 0);
	CHECK_INT(hello.stored, 0);
	CHECK_INT(hello.flags, 0);
	CHECK_INT(hello.keeper_pid, play->keeper);
}

static void expect_spawned(struct play *play, struct proto_spawned *ret)
{
	play_expect(play, PROTO_SPAWNED, ret, sizeof(*ret));
	(void)close(play_fd(play));
	if (ret->mode == PROTO_GUARD)
		(void)close(play_fd(play));
}

static void expect_end(struct play *play, int wait_status, bool gone)
{
	struct proto_exited exited;

	play_expect(play, PROTO_EXITED, &exited, sizeof(exited));
	CHECK_INT(exited.wait_status, wait_status);
	CHECK_INT(exited.gone, gone);
}

static void store(struct play *play, uint32_t number, int fd)
{
	char name[PROTO_NAME_BYTES] = { 0 };

	(void)snprintf(name, sizeof(name), "log/%u", number);
	play_ask(play, PROTO_STORE, name, sizeof(name), &fd, 1, 0);
}

/* LIST to the end; how many names came. inode: all stored descriptors are this file. */
static uint32_t list_names(struct play *play, ino_t inode)
{
	uint32_t cursor = 0, names = 0, page = 0;
	struct record record;
	struct stat st;

	do {
		play_ask(play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
		for (page = 0;; page++) {
			int fd;

			play_next(play, &record);
			if (record.header.type == PROTO_LIST_END)
				break;
			CHECK_INT(record.header.type, PROTO_STORED);
			fd = play_fd(play);
			CHECK_INT(fstat(fd, &st), 0);
			CHECK_INT(st.st_ino, inode);
			(void)close(fd);
		}
		CHECK(page <= PROTO_LIST_ENTRIES);
		names += page;
		memcpy(&cursor, record.payload, sizeof(cursor));
	} while (cursor);
	return names;
}

static const char *storesListsAndDropsThreeHundredDescriptors(void)
{
	char name[PROTO_NAME_BYTES] = "log/7";
	struct play play;
	struct stat st;
	int ends[2];

	start(&play);
	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	CHECK_INT(fstat(ends[0], &st), 0);
	for (uint32_t i = 0; i < 300; i++)
		store(&play, i, ends[0]);
	store(&play, 7, ends[0]); /* replaces */
	CHECK_INT(list_names(&play, st.st_ino), 300);

	play_ask(&play, PROTO_DROP, name, sizeof(name), NULL, 0, 0);
	play_ask(&play, PROTO_DROP, name, sizeof(name), NULL, 0, ENOENT);
	CHECK_INT(list_names(&play, st.st_ino), 299);
	play_end(&play, 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return NULL;
}

static const char *reportsALaunchFromSpawnedToExited(void)
{
	struct proto_spawn spawn = play_spawn("web", 1);
	struct proto_spawned spawned;
	struct proto_running running;
	struct play play;

	start(&play);
	play_shell(&play, "web", 0, "exit 3");
	expect_spawned(&play, &spawned);
	CHECK_TEXT(spawned.key.service, "web");
	CHECK_INT(spawned.mode, PROTO_DIRECT);
	CHECK_INT(spawned.guard_pid, 0);
	play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
	CHECK_INT(running.cpu, UINT32_MAX);
	expect_end(&play, 3 << 8, true);
	play_ask(&play, PROTO_ACK, &spawn.key, sizeof(spawn.key), NULL, 0, 0);
	play_ask(&play, PROTO_ACK, &spawn.key, sizeof(spawn.key), NULL, 0, ENOENT);
	play_end(&play, 7);
	return NULL;
}

static const char *refusesAKnownKey(void)
{
	struct proto_spawn again = play_spawn("web", 1), next = play_spawn("web", 2);
	struct proto_spawned spawned;
	struct proto_running running;
	struct build build;
	struct play play;
	pid_t first;

	start(&play);
	play_shell(&play, "web", 0, "exec sleep 1000");
	expect_spawned(&play, &spawned);
	first = (pid_t)spawned.pid;
	play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
	build_start(&build, 0, 0);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	play_ask_spawn(&play, &again, &build, NULL, 0, EEXIST);
	play_ask(&play, PROTO_ACK, &again.key, sizeof(again.key), NULL, 0, EBUSY);

	build_start(&build, 0, 0);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	play_ask_spawn(&play, &next, &build, NULL, 0, 0);
	expect_spawned(&play, &spawned);
	play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
	expect_end(&play, 0, true);
	CHECK_INT(kill((pid_t)spawned.pid, 0), -1); /* reaped */
	CHECK_INT(kill(first, SIGKILL), 0);
	expect_end(&play, SIGKILL, true);
	play_end(&play, 0);
	return NULL;
}

static const char *reportsARefusalAndThenTheExit(void)
{
	struct proto_spawn spawn = play_spawn("web", 1);
	struct proto_spawned spawned;
	struct proto_failed failed;
	struct build build;
	struct play play;

	start(&play);
	build_start(&build, 0, 0);
	build_op(&build, OP_CHDIR, NULL);
	build_string(&build, "/nonexistent");
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	play_ask_spawn(&play, &spawn, &build, NULL, 0, 0);
	expect_spawned(&play, &spawned);
	play_expect(&play, PROTO_FAILED, &failed, sizeof(failed));
	CHECK_INT(failed.kind, PROTO_REFUSED);
	CHECK_INT(failed.code, ENOENT);
	CHECK_TEXT(failed.refusal.object, "/nonexistent");
	expect_end(&play, 127 << 8, true);
	play_end(&play, 0);
	return NULL;
}

static const char *reportsGoneWhenNothingOfAGuardedServiceIsLeft(void)
{
	struct proto_spawned spawned;
	struct proto_running running;
	struct proto_gone gone;
	struct play play;

	start(&play);
	play_shell(&play, "web", PLAN_COPY | PLAN_STAY, "(setsid sleep 1000 &) ; exit 5");
	expect_spawned(&play, &spawned);
	CHECK_INT(spawned.mode, PROTO_GUARD);
	play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
	expect_end(&play, 5 << 8, false);
	CHECK_INT(kill((pid_t)spawned.guard_pid, SIGTERM), 0);
	play_expect(&play, PROTO_GONE, &gone, sizeof(gone));
	CHECK_TEXT(gone.key.service, "web");
	play_end(&play, 0);
	return NULL;
}

/* The last process in a list of children, and its state letter. */
static pid_t last_child(const char *children, char *ret)
{
	char text[512] = "", path[64];
	int pid = 0, taken, n;
	const char *at = text;
	FILE *file = fopen(children, "re");

	CHECK(file != NULL);
	(void)!fgets(text, sizeof(text), file);
	(void)fclose(file);
	for (; sscanf(at, "%d%n", &n, &taken) == 1; at += taken)
		pid = n;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (file) {
		(void)!fscanf(file, "%*d (%*[^)]) %1c", ret);
		(void)fclose(file);
	}
	return pid;
}

/* While the keeper sleeps, the whole run passes: nothing has a number by which to name the payload. */
static const char *tellsOfAPayloadThatWasReapedInItsNamespaceBefore(void)
{
	const char *const none[] = { NULL };
	struct proto_spawn spawn = play_spawn("web", 1);
	struct proto_spawned spawned;
	struct proto_running running;
	struct proto_gone gone;
	struct build build;
	struct play play;
	char map[64], path[64], state[2] = "";
	int i;

	snprintf(map, sizeof(map), "0 %d 1", geteuid());
	for (i = 0; i < 20; i++) {
		start(&play);
		build_start(&build, PLAN_COPY | PLAN_STAY, 0);
		build_op(&build, OP_NAMESPACES, NULL);
		build_number(&build, CLONE_NEWUSER | CLONE_NEWPID);
		build_number(&build, 1);
		build_number(&build, UINT64_MAX);
		build_number(&build, UINT64_MAX);
		build_string(&build, map);
		build_string(&build, "");
		build_strings(&build, none);
		build_strings(&build, none);
		build_op(&build, OP_SIGNALS, NULL);
		build_op(&build, OP_INIT, NULL);
		build_execve(&build, (const char *const[]){ "/bin/sh", "-c", "exit 5", NULL });
		play_ask_spawn(&play, &spawn, &build, NULL, 0, 0);
		CHECK_INT(kill(play.keeper, SIGSTOP), 0);
		snprintf(path, sizeof(path), "/proc/%d/task/%d/children", play.keeper, play.keeper);
		/* the JVM is the last one when the keeper was faster and has reaped the run */
		while (last_child(path, state) != play.jvm && state[0] != 'Z')
			;
		state[0] = 0;
		CHECK_INT(kill(play.keeper, SIGCONT), 0);

		expect_spawned(&play, &spawned);
		CHECK(spawned.pid > 0);
		play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
		expect_end(&play, 5 << 8, false);
		play_expect(&play, PROTO_GONE, &gone, sizeof(gone));
		play_end(&play, 0);
	}
	return NULL;
}

static const char *takesOverThePayloadOfAGuardThatWasKilled(void)
{
	struct proto_spawned spawned;
	struct proto_running running;
	struct play play;

	start(&play);
	play_shell(&play, "web", PLAN_COPY | PLAN_STAY, "exec sleep 1000");
	expect_spawned(&play, &spawned);
	play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
	CHECK_INT(kill((pid_t)spawned.guard_pid, SIGKILL), 0);
	while (kill((pid_t)spawned.guard_pid, 0) == 0)
		(void)sched_yield();
	CHECK_INT(kill((pid_t)spawned.pid, SIGKILL), 0);
	expect_end(&play, SIGKILL, true);
	play_end(&play, 0);
	return NULL;
}

static const char *givesTheServiceItsDescriptorsAndTheCallersLimit(void)
{
	struct proto_spawn spawn = play_spawn("web", 1);
	struct proto_spawned spawned;
	struct proto_running running;
	struct proto_hello hello;
	struct build build;
	struct play play = { 0 };
	char text[128] = { 0 };
	int ends[2];

	play_start(&play, 123);
	play_accept(&play, &hello);
	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	build_start(&build, 0, 1);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 4, (const uint64_t[]){ 1, 0, 0, S_IFIFO });
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/bin/sh", "-c",
						   "echo $(ulimit -Sn) /proc/self/fd/*",
						    NULL });
	play_ask_spawn(&play, &spawn, &build, &ends[1], 1, 0);
	(void)close(ends[1]);
	expect_spawned(&play, &spawned);
	play_expect(&play, PROTO_RUNNING, &running, sizeof(running));
	expect_end(&play, 0, true);
	CHECK(read(ends[0], text, sizeof(text) - 1) > 0);
	/* 3 is the directory that sh itself reads. */
	CHECK_TEXT(text, "123 /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");
	CHECK_INT(read(ends[0], text, 1), 0); /* the keeper has no write end left */
	(void)close(ends[0]);
	play_end(&play, 0);
	return NULL;
}

static const char *refusesBadPlans(void)
{
	struct proto_spawn spawn = play_spawn("web", 1);
	struct play play;
	int fd;

	start(&play);
	fd = sealed_memfd("garbage", 7);
	play_ask(&play, PROTO_SPAWN, &spawn, sizeof(spawn), &fd, 1, EBADMSG);
	play_ask(&play, PROTO_SPAWN, &spawn, sizeof(spawn), NULL, 0, EPROTO);
	(void)close(fd);
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC); /* not sealed */
	play_ask(&play, PROTO_SPAWN, &spawn, sizeof(spawn), &fd, 1, EBADMSG);
	(void)close(fd);
	spawn.key.service[0] = 0;
	play_ask(&play, PROTO_SPAWN, &spawn, sizeof(spawn), NULL, 0, EPROTO);
	play_end(&play, 0);
	return NULL;
}

static const char *answersGarbageAndGoesOn(void)
{
	struct proto_header header = { .length = 1000, .type = PROTO_LIST, .seq = 77 };
	uint8_t noise[600];
	struct record record;
	struct play play;
	uint32_t cursor = 0;

	start(&play);
	play_send_bytes(&play, &header, sizeof(header), NULL, 0); /* longer than the packet */
	play_expect(&play, PROTO_ERROR, NULL, sizeof(int32_t));
	play_send_bytes(&play, &header, 5, NULL, 0);
	play_expect(&play, PROTO_ERROR, NULL, sizeof(int32_t));
	play_ask(&play, 63, NULL, 0, NULL, 0, EPROTO);
	play_ask(&play, PROTO_STORE, "x", 1, NULL, 0, EPROTO);
	srand(1);
	for (int i = 0; i < 500; i++) {
		uint32_t size = 1 + (uint32_t)rand() % sizeof(noise);

		for (uint32_t j = 0; j < size; j++)
			noise[j] = (uint8_t)rand();
		if (i % 2 && size > 8) {
			memcpy(noise, &size, 4);
			noise[4] = PROTO_SPAWN + i % 8;
			noise[5] = 0;
			if (noise[4] == PROTO_EXIT)
				continue;
		}
		play_send_bytes(&play, noise, size, &play.link, 1);
		play_next(&play, &record);
	}
	play_send(&play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0);
	do
		play_next(&play, &record);
	while (record.header.type != PROTO_LIST_END);
	play_end(&play, 0);
	return NULL;
}

static const char *keepsNothingWhenADescriptorIsMissing(void)
{
	struct rlimit low = { 3, 4096 };
	char name[PROTO_NAME_BYTES] = "listener";
	struct play play;

	start(&play);
	if (prlimit(play.keeper, RLIMIT_NOFILE, &low, NULL) < 0) {
		play_end(&play, 0);
		return "the right to set limits of a non-dumpable process (CAP_SYS_RESOURCE)";
	}
	play_ask(&play, PROTO_STORE, name, sizeof(name), &play.link, 1, EMSGSIZE);
	low.rlim_cur = low.rlim_max;
	CHECK_INT(prlimit(play.keeper, RLIMIT_NOFILE, &low, NULL), 0);
	play_ask(&play, PROTO_DROP, name, sizeof(name), NULL, 0, ENOENT);
	play_end(&play, 0);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "storesListsAndDropsThreeHundredDescriptors",
		 storesListsAndDropsThreeHundredDescriptors },
		{ "reportsALaunchFromSpawnedToExited", reportsALaunchFromSpawnedToExited },
		{ "refusesAKnownKey", refusesAKnownKey },
		{ "reportsARefusalAndThenTheExit", reportsARefusalAndThenTheExit },
		{ "reportsGoneWhenNothingOfAGuardedServiceIsLeft",
		 reportsGoneWhenNothingOfAGuardedServiceIsLeft },
		{ "tells of a payload that was reaped in its namespace before",
		  tellsOfAPayloadThatWasReapedInItsNamespaceBefore },
		{ "takesOverThePayloadOfAGuardThatWasKilled",
		 takesOverThePayloadOfAGuardThatWasKilled },
		{ "givesTheServiceItsDescriptorsAndTheCallersLimit",
		  givesTheServiceItsDescriptorsAndTheCallersLimit },
		{ "refusesBadPlans", refusesBadPlans },
		{ "answersGarbageAndGoesOn", answersGarbageAndGoesOn },
		{ "keepsNothingWhenADescriptorIsMissing", keepsNothingWhenADescriptorIsMissing },
	};

	return play_is_jvm(argc, argv) ? 0 : RUN_TESTS(tests);
}
