/* The next run of a service, launched by the keeper when this one has ended. */
#include "keeper_play.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char sleeps[] = "exec sleep 1000";

static void start(struct play *play)
{
	struct proto_hello hello;

	play->config.restart_delay_ms = 1;
	play_start(play, 0);
	play_accept(play, &hello);
	play_ask(play, PROTO_ADOPTED, NULL, 0, NULL, 0, 0);
}

/* SPAWNED and RUNNING of this run; the main process. */
static pid_t expect_run(struct play *play, uint32_t run)
{
	struct proto_spawned spawned;

	play_expect(play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	CHECK_INT(spawned.key.run, run);
	(void)close(play_fd(play));
	if (spawned.mode == PROTO_GUARD)
		(void)close(play_fd(play));
	play_expect(play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	return (pid_t)spawned.pid;
}

/* The end of a run with a guard; the number of the run that followed. */
static uint32_t expect_end(struct play *play, int wait_status)
{
	struct proto_exited exited;
	struct proto_gone gone;

	play_expect(play, PROTO_EXITED, &exited, sizeof(exited));
	CHECK_INT(exited.wait_status, wait_status);
	CHECK_INT(exited.next, 0); /* the guard is still there */
	play_expect(play, PROTO_GONE, &gone, sizeof(gone));
	return gone.next;
}

static struct proto_arm armed_after(uint32_t run)
{
	struct proto_arm arm = { .spawn = play_spawn("web", run + 1), .after = run };

	arm.signals = UINT64_C(1) << (SIGKILL - 1);
	arm.codes[0] = 1 << 3;
	return arm;
}

static void build_shell(struct build *build, uint32_t flags, const char *text)
{
	build_start(build, flags, 0);
	build_op(build, OP_SIGNALS, NULL);
	build_execve(build, (const char *const[]){ "/bin/sh", "-c", text, NULL });
}

/* fds: what goes with it behind the plan. */
static void ask(struct play *play, const struct proto_arm *arm, uint32_t flags, const char *text,
		const int *fds, uint32_t n_fds, int error)
{
	struct build build;
	int sent[PROTO_SCM_MAX];
	size_t size;

	build_shell(&build, flags, text);
	size = build_seal(&build);
	sent[0] = sealed_memfd(build.bytes, size);
	if (n_fds)
		memcpy(sent + 1, fds, n_fds * sizeof(int));
	play_ask(play, PROTO_ARM, arm, sizeof(*arm), sent, n_fds + 1, error);
	(void)close(sent[0]);
}

static void arm_guarded(struct play *play, const struct proto_arm *arm, int error)
{
	ask(play, arm, PLAN_COPY | PLAN_STAY, sleeps, NULL, 0, error);
}

static void arm_plan(struct play *play, const struct proto_arm *arm, struct build *build)
{
	size_t size = build_seal(build);
	int plan = sealed_memfd(build->bytes, size);

	play_ask(play, PROTO_ARM, arm, sizeof(*arm), &plan, 1, 0);
	(void)close(plan);
}

static pid_t begin(struct play *play, const char *text)
{
	play_shell(play, "web", PLAN_COPY | PLAN_STAY, text);
	return expect_run(play, 1);
}

static void acknowledge(struct play *play, uint32_t run)
{
	struct proto_key key = play_spawn("web", run).key;

	play_ask(play, PROTO_ACK, &key, sizeof(key), NULL, 0, 0);
}

/* Of the keeper; 0 where nobody may count them: that of a plain user is not dumpable. */
static int descriptors_of(pid_t pid)
{
	char path[64];
	int count = 0;
	DIR *dir;

	if (geteuid() != 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	CHECK(dir != NULL);
	while (readdir(dir))
		count++;
	(void)closedir(dir);
	return count;
}

static const char *launchesWhatIsArmedOnceForEachEnd(void)
{
	struct play play = { 0 };
	int before = 0;
	pid_t pid;

	start(&play);
	pid = begin(&play, sleeps);
	for (uint32_t run = 1; run <= 200; run++) {
		struct proto_arm arm = armed_after(run);

		arm_guarded(&play, &arm, 0);
		CHECK_INT(kill(pid, SIGKILL), 0);
		CHECK_INT(expect_end(&play, SIGKILL), run + 1);
		pid = expect_run(&play, run + 1);
		acknowledge(&play, run);
		if (run == 1)
			before = descriptors_of(play.keeper);
	}
	CHECK_INT(descriptors_of(play.keeper), before);
	/* the last one has none behind it */
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	play_end(&play, 0);
	return NULL;
}

static const char *leavesOtherEndsToTheSupervisor(void)
{
	static const struct {
		const char *text;
		int signal, wait_status;
		uint64_t not_before_ns;
		uint32_t next;
	} ends[] = {
		{ "read line; exit 3", SIGCONT, 3 << 8, 0, 2 },
		{ "read line; exit 4", SIGCONT, 4 << 8, 0, 0 },
		{ sleeps, SIGKILL, SIGKILL, 0, 2 },
		{ sleeps, SIGTERM, SIGTERM, 0, 0 },
		{ sleeps, SIGKILL, SIGKILL, UINT64_MAX, 0 },
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct proto_spawn spawn = play_spawn("web", 1);
		struct proto_arm arm = armed_after(1);
		struct play play = { 0 };
		struct build build;
		int line[2], before;
		pid_t pid;

		start(&play);
		CHECK_INT(pipe2(line, O_CLOEXEC), 0);
		build_start(&build, PLAN_COPY | PLAN_STAY, 1);
		build_op(&build, OP_FDS, NULL);
		build_numbers(&build, 4, (const uint64_t[]){ 0, 0, 0, 0 });
		build_op(&build, OP_SIGNALS, NULL);
		build_execve(&build, (const char *const[]){ "/bin/sh", "-c", ends[i].text, NULL });
		play_ask_spawn(&play, &spawn, &build, line, 1, 0);
		(void)close(line[0]);
		pid = expect_run(&play, 1);
		before = descriptors_of(play.keeper);
		arm.not_before_ns = ends[i].not_before_ns;
		arm_guarded(&play, &arm, 0);
		CHECK_INT(kill(pid, ends[i].signal), 0);
		(void)close(line[1]);
		CHECK_INT(expect_end(&play, ends[i].wait_status), ends[i].next);
		if (ends[i].next) {
			CHECK_INT(kill(expect_run(&play, 2), SIGKILL), 0);
			CHECK_INT(expect_end(&play, SIGKILL), 0);
		} else {
			/* pidfds of both processes stay, the status channel has gone */
			CHECK_INT(descriptors_of(play.keeper), geteuid() == 0 ? before - 1 : 0);
		}
		play_end(&play, 0);
	}
	return NULL;
}

/* Whatever was asked before the end of the run counts, however late it is read. */
static const char *hearsFirstWhatWasAskedBeforeTheEnd(void)
{
	struct proto_key key = play_spawn("web", 1).key;
	struct proto_arm arm = armed_after(1);
	struct play play = { 0 };
	struct record record;
	uint32_t seq;
	pid_t pid;

	start(&play);
	pid = begin(&play, sleeps);
	arm_guarded(&play, &arm, 0);
	CHECK_INT(kill(play.keeper, SIGSTOP), 0);
	for (int i = 0; i < 100; i++) /* more than it reads in one turn */
		(void)play_send(&play, PROTO_ADOPTED, NULL, 0, NULL, 0);
	seq = play_send(&play, PROTO_DISARM, &key, sizeof(key), NULL, 0);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(kill(play.keeper, SIGCONT), 0);
	do {
		play_next(&play, &record);
		CHECK_INT(record.header.type, PROTO_OK);
	} while (record.header.seq != seq);
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	play_end(&play, 0);
	return NULL;
}

/* Until it has ended, and nobody has asked for its status. */
static void await_zombie(pid_t pid)
{
	char path[64], text[256];
	const char *state;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	do {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		CHECK(n > 0);
		text[n] = 0;
		(void)close(fd);
		state = strrchr(text, ')');
	} while (state[2] != 'Z');
}

static const char *launchesWhileThereIsNoSupervisor(void)
{
	struct proto_arm arm = armed_after(1);
	struct proto_spawned spawned;
	struct play play = { 0 };
	struct proto_hello hello;
	struct record record;
	uint32_t cursor = 0;
	bool running = false;

	start(&play);
	play_shell(&play, "web", PLAN_COPY | PLAN_STAY, sleeps);
	play_expect(&play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	(void)close(play_fd(&play));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	arm_guarded(&play, &arm, 0);
	CHECK_INT(kill(play.keeper, SIGSTOP), 0);
	play_kill_jvm(&play);
	CHECK_INT(kill((pid_t)spawned.pid, SIGKILL), 0);
	await_zombie((pid_t)spawned.guard_pid);
	CHECK_INT(kill(play.keeper, SIGCONT), 0);

	play_accept(&play, &hello);
	CHECK_INT(hello.children, 2);
	play_ask(&play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
	CHECK_INT(expect_run(&play, 1), spawned.pid);
	CHECK_INT(expect_end(&play, SIGKILL), 2);
	for (bool listed = false; !listed || !running;) {
		play_next(&play, &record);
		listed |= record.header.type == PROTO_LIST_END;
		running |= record.header.type == PROTO_RUNNING;
		if (record.header.type == PROTO_SPAWNED) {
			memcpy(&spawned, record.payload, sizeof(spawned));
			(void)close(play_fd(&play));
			(void)close(play_fd(&play));
		}
	}
	CHECK_INT(spawned.key.run, 2);
	CHECK_INT(kill((pid_t)spawned.pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	play_end(&play, 0);
	return NULL;
}

/* A launch that hangs keeps nobody from hearing of the end before it. */
static const char *tellsOfAnEndThoughTheNextLaunchHangs(void)
{
	struct proto_arm arm = armed_after(1);
	struct proto_spawned spawned;
	struct play play = { 0 };
	char fifo[64];
	struct build build;
	int pidfd;
	pid_t pid;

	(void)snprintf(fifo, sizeof(fifo), "/tmp/ostler-armed-%d", getpid());
	CHECK_INT(mkfifo(fifo, 0600), 0);
	start(&play);
	pid = begin(&play, sleeps);
	build_start(&build, PLAN_COPY | PLAN_STAY, 0);
	build_op(&build, OP_JOIN, NULL); /* opens it, which waits for a writer */
	build_string(&build, fifo);
	build_number(&build, CLONE_NEWUTS);
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	arm_plan(&play, &arm, &build);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 2);
	play_expect(&play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	pidfd = play_fd(&play);
	(void)close(play_fd(&play));
	CHECK_INT(pidfd_send_signal(pidfd, SIGKILL, NULL, 0), 0);
	(void)close(pidfd);
	play_expect(&play, PROTO_FAILED, NULL, sizeof(struct proto_failed));
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	CHECK_INT(unlink(fifo), 0);
	play_end(&play, 0);
	return NULL;
}

/* Nobody looks at the launch as it goes wrong; it is told in the end all the same. */
static const char *tellsWhyTheNextLaunchIsRefused(void)
{
	struct proto_arm arm = armed_after(1);
	struct proto_spawned spawned;
	struct proto_failed failed;
	struct play play = { 0 };
	struct build build;
	pid_t pid;

	start(&play);
	pid = begin(&play, sleeps);
	build_start(&build, PLAN_COPY | PLAN_STAY, 0);
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/nonexistent", NULL });
	arm_plan(&play, &arm, &build);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 2);
	play_expect(&play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	(void)close(play_fd(&play));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_FAILED, &failed, sizeof(failed));
	CHECK_INT(failed.kind, PROTO_REFUSED);
	CHECK_INT(failed.code, ENOENT);
	CHECK_INT(expect_end(&play, 127 << 8), 0);
	play_end(&play, 0);
	return NULL;
}

/* A JVM that has said nothing yet is told of neither, and shown both. */
static const char *showsWhatIsLaunchedBeforeTheListOnce(void)
{
	struct proto_key second = play_spawn("web", 2).key;
	struct proto_arm arm = armed_after(1);
	struct play play = { 0 };
	struct proto_hello hello;
	struct record record;
	uint32_t cursor = 0;
	int32_t error = ENOENT;
	int pidfd;
	pid_t pid;

	start(&play);
	pid = begin(&play, sleeps);
	arm_guarded(&play, &arm, 0);
	play_kill_jvm(&play);
	play_accept(&play, &hello);
	CHECK_INT(kill(pid, SIGKILL), 0);
	while (error == ENOENT) { /* then EBUSY: it is there */
		(void)play_send(&play, PROTO_ACK, &second, sizeof(second), NULL, 0);
		play_next(&play, &record);
		CHECK_INT(record.header.type, PROTO_ERROR);
		memcpy(&error, record.payload, sizeof(error));
	}
	play_ask(&play, PROTO_LIST, &cursor, sizeof(cursor), NULL, 0, 0);
	CHECK_INT(expect_run(&play, 1), pid);
	CHECK_INT(expect_end(&play, SIGKILL), 2);
	for (bool listed = false, spawned = false; !listed || !spawned;) {
		play_next(&play, &record);
		listed |= record.header.type == PROTO_LIST_END;
		if (record.header.type != PROTO_SPAWNED)
			continue;
		CHECK(!spawned);
		spawned = true;
		pidfd = play_fd(&play);
		CHECK_INT(pidfd_send_signal(pidfd, SIGKILL, NULL, 0), 0);
		(void)close(pidfd);
		(void)close(play_fd(&play));
	}
	play_end(&play, 0);
	return NULL;
}

static const char *forgetsAllThatIsArmed(void)
{
	struct proto_key all = { 0 }, one = play_spawn("web", 1).key;
	struct proto_arm arm = armed_after(1);
	struct play play = { 0 };
	int before;
	pid_t pid;

	start(&play);
	pid = begin(&play, sleeps);
	before = descriptors_of(play.keeper);
	arm_guarded(&play, &arm, 0);
	play_ask(&play, PROTO_DISARM, &all, sizeof(all), NULL, 0, 0);
	CHECK_INT(descriptors_of(play.keeper), before);
	play_ask(&play, PROTO_DISARM, &one, sizeof(one), NULL, 0, ENOENT);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	play_end(&play, 0);
	return NULL;
}

static const char *refusesWhatCannotFollow(void)
{
	struct proto_arm arm = armed_after(1), wrong;
	struct play play = { 0 };
	int many[PROTO_ARM_FDS + 1];
	struct build build;
	int before, sent[PROTO_ARM_FDS + 2];
	size_t size;
	pid_t pid;

	start(&play);
	arm_guarded(&play, &arm, ESRCH); /* there is no such run */
	pid = begin(&play, sleeps);
	before = descriptors_of(play.keeper);
	wrong = arm;
	wrong.after = 2;
	arm_guarded(&play, &wrong, EPROTO);
	wrong.after = 1;
	wrong.spawn.key.run = 1;
	arm_guarded(&play, &wrong, EPROTO);
	for (int i = 0; i <= PROTO_ARM_FDS; i++)
		many[i] = play.link;
	build_start(&build, PLAN_COPY | PLAN_STAY, PROTO_ARM_FDS + 1);
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	size = build_seal(&build);
	sent[0] = sealed_memfd(build.bytes, size);
	memcpy(sent + 1, many, sizeof(many));
	play_ask(&play, PROTO_ARM, &arm, sizeof(arm), sent, PROTO_ARM_FDS + 2, E2BIG);
	play_ask(&play, PROTO_ARM, &arm, sizeof(arm), sent, 2, E2BIG);
	play_ask(&play, PROTO_ARM, &arm, sizeof(arm), &play.link, 1, EBADMSG);
	play_ask(&play, PROTO_ARM, &arm, sizeof(arm), NULL, 0, EPROTO);
	CHECK_INT(descriptors_of(play.keeper), before);
	arm_guarded(&play, &arm, 0);
	arm_guarded(&play, &arm, EEXIST);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 2);
	CHECK_INT(kill(expect_run(&play, 2), SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	(void)close(sent[0]);
	play_end(&play, 0);
	return NULL;
}

/* A guard that is killed has not seen the end of what it guards. */
static const char *launchesNothingBehindALostGuard(void)
{
	struct proto_arm arm = armed_after(1);
	struct proto_spawned spawned;
	struct proto_exited exited;
	struct play play = { 0 };

	start(&play);
	play_shell(&play, "web", PLAN_COPY | PLAN_STAY, sleeps);
	play_expect(&play, PROTO_SPAWNED, &spawned, sizeof(spawned));
	(void)close(play_fd(&play));
	(void)close(play_fd(&play));
	play_expect(&play, PROTO_RUNNING, NULL, sizeof(struct proto_running));
	arm_guarded(&play, &arm, 0);
	CHECK_INT(kill((pid_t)spawned.guard_pid, SIGKILL), 0);
	CHECK_INT(kill((pid_t)spawned.pid, SIGKILL), 0);
	play_expect(&play, PROTO_EXITED, &exited, sizeof(exited));
	CHECK_INT(exited.gone, 1);
	CHECK_INT(exited.next, 0);
	play_end(&play, 0);
	return NULL;
}

static const char *make_cgroup(char *path, size_t size, int *ret_dir, int *ret_events)
{
	static int count;
	char events[256];

	(void)snprintf(path, size, "/sys/fs/cgroup/unified/ostler-armed-%d-%d", getpid(), ++count);
	if (mkdir(path, 0755) < 0) {
		(void)snprintf(path, size, "/sys/fs/cgroup/ostler-armed-%d-%d", getpid(), count);
		if (access("/sys/fs/cgroup/cgroup.procs", W_OK) < 0 || mkdir(path, 0755) < 0)
			return "a cgroup v2 directory in which it may create another";
	}
	*ret_dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(events, sizeof(events), "%s/cgroup.events", path);
	*ret_events = open(events, O_RDONLY | O_CLOEXEC);
	CHECK(*ret_dir >= 0 && *ret_events >= 0);
	return NULL;
}

static void await_processes(const char *cgroup, int count)
{
	char path[160], line[64];
	int lines;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	do {
		FILE *file = fopen(path, "re");

		CHECK(file != NULL);
		for (lines = 0; fgets(line, sizeof(line), file); lines++)
			;
		(void)fclose(file);
	} while (lines < count);
}

/* Two runs in cgroups, the first one with so many processes. The run that followed its end. */
static const char *restart_in_cgroups(const char *text, int processes, uint32_t *ret_next)
{
	struct proto_spawn spawn = play_spawn("web", 1);
	struct proto_arm arm = armed_after(1);
	struct proto_exited exited;
	struct play play = { 0 };
	char paths[2][128], kill_file[160];
	int dirs[2], events[2], sent[2], fd;
	struct build build;
	pid_t pid;

	for (int i = 0; i < 2; i++) {
		const char *missing = make_cgroup(paths[i], sizeof(paths[i]), &dirs[i], &events[i]);

		if (missing)
			return missing;
	}
	start(&play);
	spawn.flags = arm.spawn.flags = PROTO_CGROUP;
	build_shell(&build, 0, text);
	play_ask_spawn(&play, &spawn, &build, dirs, 1, 0);
	pid = expect_run(&play, 1);
	sent[0] = dirs[1];
	sent[1] = events[0];
	ask(&play, &arm, 0, sleeps, sent, 2, 0);
	await_processes(paths[0], processes);
	CHECK_INT(kill(pid, SIGKILL), 0);
	play_expect(&play, PROTO_EXITED, &exited, sizeof(exited));
	*ret_next = exited.next;
	if (exited.next) {
		(void)expect_run(&play, 2);
		for (int i = 0; i < 2; i++)
			(void)close(events[i]);
	}
	for (int i = 0; i < 2; i++) {
		(void)snprintf(kill_file, sizeof(kill_file), "%s/cgroup.kill", paths[i]);
		fd = open(kill_file, O_WRONLY | O_CLOEXEC);
		CHECK_INT(write(fd, "1", 1), 1);
		(void)close(fd);
	}
	if (exited.next)
		play_expect(&play, PROTO_EXITED, NULL, sizeof(exited));
	play_end(&play, 0);
	for (int i = 0; i < 2; i++) {
		(void)close(dirs[i]);
		for (int n = 0; rmdir(paths[i]) < 0; n++) {
			CHECK_INT(errno, EBUSY); /* what was killed just now has not ended yet */
			CHECK(n < 10000);
			(void)usleep(1000);
		}
	}
	return NULL;
}

static const char *launchesIntoACgroupWhenTheOneBeforeIsEmpty(void)
{
	uint32_t next = 0;
	const char *missing = restart_in_cgroups(sleeps, 1, &next);

	if (!missing)
		CHECK_INT(next, 2);
	return missing;
}

static const char *launchesNothingWhileSomethingIsLeftInTheCgroup(void)
{
	uint32_t next = 0;
	const char *missing = restart_in_cgroups("sleep 1000 & wait", 2, &next);

	if (!missing)
		CHECK_INT(next, 0);
	return missing;
}

/* Last, as it cannot be taken back. */
static const char *armsNothingWhenHalfOfTheDescriptorsAreInUse(void)
{
	struct rlimit few = { 64, 64 };
	struct proto_arm arm = armed_after(1);
	struct play play = { 0 };
	pid_t pid;

	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	start(&play);
	pid = begin(&play, sleeps);
	for (uint32_t i = 0; i < 32; i++) {
		char name[PROTO_NAME_BYTES] = { 0 };

		(void)snprintf(name, sizeof(name), "log/%u", i);
		play_ask(&play, PROTO_STORE, name, sizeof(name), &play.link, 1, 0);
	}
	arm_guarded(&play, &arm, EMFILE);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(expect_end(&play, SIGKILL), 0);
	play_end(&play, 0);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "launchesWhatIsArmedOnceForEachEnd", launchesWhatIsArmedOnceForEachEnd },
		{ "leavesOtherEndsToTheSupervisor", leavesOtherEndsToTheSupervisor },
		{ "hearsFirstWhatWasAskedBeforeTheEnd", hearsFirstWhatWasAskedBeforeTheEnd },
		{ "launchesWhileThereIsNoSupervisor", launchesWhileThereIsNoSupervisor },
		{ "showsWhatIsLaunchedBeforeTheListOnce", showsWhatIsLaunchedBeforeTheListOnce },
		{ "tellsOfAnEndThoughTheNextLaunchHangs", tellsOfAnEndThoughTheNextLaunchHangs },
		{ "tellsWhyTheNextLaunchIsRefused", tellsWhyTheNextLaunchIsRefused },
		{ "forgetsAllThatIsArmed", forgetsAllThatIsArmed },
		{ "refusesWhatCannotFollow", refusesWhatCannotFollow },
		{ "launchesNothingBehindALostGuard", launchesNothingBehindALostGuard },
		{ "launchesIntoACgroupWhenTheOneBeforeIsEmpty",
		 launchesIntoACgroupWhenTheOneBeforeIsEmpty },
		{ "launchesNothingWhileSomethingIsLeftInTheCgroup",
		 launchesNothingWhileSomethingIsLeftInTheCgroup },
		{ "armsNothingWhenHalfOfTheDescriptorsAreInUse",
		 armsNothingWhenHalfOfTheDescriptorsAreInUse },
	};

	return play_is_jvm(argc, argv) ? 0 : RUN_TESTS(tests);
}
