/* How processor, disk and memory are shared, and keys: asked of the kernel from inside of a launch. */
#include "check.h"
#include "run.h"

#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif

/* nice, real-time priority, policy of the shell itself: proc_pid_stat(5) */
#define SCHEDULING "cut -d' ' -f19,40,41 /proc/$$/stat"

static void check_refused(const struct outcome *outcome, const char *call, int error, const char *object)
{
	CHECK_INT(outcome->report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome->report.refusal.call, call);
	CHECK_TEXT(outcome->report.refusal.object, object);
	CHECK_TEXT(errno_name(outcome->report.refusal.error), errno_name(error));
}

static void check_output(const struct outcome *outcome, const char *expected)
{
	if (outcome->report.outcome == LAUNCH_REFUSED)
		refusal_print(NULL, &outcome->report.refusal);
	CHECK_INT(outcome->report.outcome, LAUNCH_RUNNING);
	CHECK_TEXT(outcome->output, expected);
}

static void start(struct build *build, uint32_t flags)
{
	build_start(build, flags, 1);
	build_op(build, OP_SIGNALS, NULL);
	build_stdio(build);
}

static void build_ops(struct build *build, enum op_code code, size_t n, const uint64_t *values)
{
	size_t i;

	build_op(build, code, "test.yaml:3:1 (item)");
	for (i = 0; i < n; i++)
		build_number(build, values[i]);
}

#define BUILD(build, code, ...) \
	build_ops(build, code, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ })

static void build_numa(struct build *build, uint64_t mode, size_t n, const uint64_t *nodes)
{
	build_op(build, OP_NUMA, "test.yaml:3:1 (numa)");
	build_number(build, mode);
	build_numbers(build, n, nodes);
}

static bool has_program(const char *path)
{
	return access(path, X_OK) == 0;
}

/* A service of another user, without the rights of the tests. */
static void build_plain_user(struct build *build)
{
	if (geteuid() == 0)
		BUILD(build, OP_UID, 54321);
}

static const char *a_policy_keeps_the_nice_value_in_both_clone_modes(void)
{
	struct build build;
	struct outcome outcome;
	char expected[64];
	int i, nice = getpriority(PRIO_PROCESS, 0);

	for (i = 0; i < 4; i++) {
		start(&build, i % 2 ? PLAN_COPY : 0);
		if (i >= 2)
			BUILD(&build, OP_NICE, 7);
		BUILD(&build, OP_SCHED_POLICY, SCHED_BATCH, 0, 0, 0, 0, 0);
		build_script(&build, SCHEDULING);

		run_plan(&build, &outcome);

		snprintf(expected, sizeof(expected), "%d 0 3\n", i >= 2 ? 7 : nice);
		check_output(&outcome, expected);
	}
	start(&build, 0);
	BUILD(&build, OP_SCHED_POLICY, SCHED_IDLE, 0, 1, 0, 0, 0);
	build_script(&build, SCHEDULING);
	run_plan(&build, &outcome);
	snprintf(expected, sizeof(expected), "%d 0 5\n", nice);
	check_output(&outcome, expected);
	return NULL;
}

static const char *real_time_needs_a_right(void)
{
	struct build build;
	struct outcome outcome;

	start(&build, 0);
	build_plain_user(&build);
	BUILD(&build, OP_SCHED_POLICY, SCHED_FIFO, 10, 0, 0, 0, 0);
	build_script(&build, SCHEDULING);
	run_plan(&build, &outcome);
	check_refused(&outcome, "sched_setattr", EPERM, "SCHED_FIFO 10");
	CHECK_INT(outcome.report.refusal.call_nr, SYS_sched_setattr);

	start(&build, 0);
	build_plain_user(&build);
	BUILD(&build, OP_SCHED_POLICY, SCHED_DEADLINE, 0, 1, 2000000, 10000000, 20000000);
	build_script(&build, SCHEDULING);
	run_plan(&build, &outcome);
	check_refused(&outcome, "sched_setattr", EPERM, "SCHED_DEADLINE 2000000/10000000/20000000 ns");

	if (geteuid() != 0)
		return "CAP_SYS_NICE for the other half";
	start(&build, 0);
	BUILD(&build, OP_SCHED_POLICY, SCHED_RR, 10, 1, 0, 0, 0);
	build_script(&build, SCHEDULING "; cut -d' ' -f41 /proc/self/stat");
	run_plan(&build, &outcome);
	snprintf(build.origins, sizeof(build.origins), "%d 10 2\n0\n", getpriority(PRIO_PROCESS, 0));
	check_output(&outcome, build.origins);
	return NULL;
}

static const char *an_io_priority_is_inherited(void)
{
	struct build build;
	struct outcome outcome;

	start(&build, 0);
	build_plain_user(&build);
	BUILD(&build, OP_IOPRIO, 1, 4);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "ioprio_set", EPERM, "realtime 4");

	if (!has_program("/usr/bin/ionice"))
		return "ionice(1)";
	start(&build, 0);
	BUILD(&build, OP_IOPRIO, 2, 6);
	build_script(&build, "ionice");
	run_plan(&build, &outcome);
	check_output(&outcome, "best-effort: prio 6\n");
	start(&build, PLAN_COPY);
	BUILD(&build, OP_IOPRIO, 3, 0);
	build_script(&build, "ionice");
	run_plan(&build, &outcome);
	check_output(&outcome, "idle\n");
	return NULL;
}

static const char *a_memory_policy_is_seen_in_numa_maps(void)
{
	const uint64_t here[] = { 0 }, and_there[] = { 0, 63 };
	struct build build;
	struct outcome outcome;

	if (access("/proc/self/numa_maps", F_OK) < 0 || access("/sys/devices/system/node/node63", F_OK) == 0)
		return "a kernel with NUMA, and less than 64 nodes";
	start(&build, 0);
	build_numa(&build, MPOL_BIND, 1, here);
	build_script(&build, "cut -d' ' -f2 /proc/self/numa_maps | sort -u");
	run_plan(&build, &outcome);
	check_output(&outcome, "bind:0\n");

	start(&build, 0);
	build_numa(&build, MPOL_LOCAL, 0, NULL);
	build_script(&build, "cut -d' ' -f2 /proc/self/numa_maps | sort -u");
	run_plan(&build, &outcome);
	check_output(&outcome, "local\n");

	/* the kernel may drop it silently */
	start(&build, 0);
	build_numa(&build, MPOL_INTERLEAVE, 2, and_there);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "set_mempolicy");
	CHECK_INT(outcome.report.refusal.error, EINVAL);
	CHECK_TEXT(outcome.report.refusal.object,
		   outcome.report.refusal.call_nr == -1 ? "interleave 63" : "interleave 0,63");
	return NULL;
}

static const char *timer_slack_in_nanoseconds(void)
{
	struct build build;
	struct outcome outcome;

	start(&build, 0);
	BUILD(&build, OP_TIMER_SLACK, 5000000001);
	build_script(&build, "cat /proc/self/timerslack_ns");
	run_plan(&build, &outcome);
	check_output(&outcome, "5000000001\n");
	CHECK(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) != 5000000001);
	return NULL;
}

static const char *memory_of_the_launch_alone_is_changed(void)
{
	int thp = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), mdwe = prctl(PR_GET_MDWE, 0, 0, 0, 0);
	struct build build;
	struct outcome outcome;

	start(&build, PLAN_COPY);
	build_plain_user(&build); /* its /proc is root's then, which must not matter */
	BUILD(&build, OP_COREDUMP_FILTER, 0x1f1);
	BUILD(&build, OP_THP, 1);
	build_script(&build, "cat /proc/self/coredump_filter; grep -o 'THP_enabled.*' /proc/self/status");
	run_plan(&build, &outcome);
	check_output(&outcome, "000001f1\nTHP_enabled:\t0\n");
	CHECK_INT(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), thp);
	CHECK_INT(prctl(PR_GET_MDWE, 0, 0, 0, 0), mdwe);
	return NULL;
}

static const char *memory_is_writable_or_executable_but_not_both(void)
{
	char script[512];
	struct build build;
	struct outcome outcome;

	if (prctl(PR_GET_MDWE, 0, 0, 0, 0) < 0)
		return "PR_SET_MDWE, Linux 6.3";
	if (!has_program("/usr/bin/perl"))
		return "perl";
	start(&build, PLAN_COPY);
	build_op(&build, OP_MDWE, NULL);
	snprintf(script, sizeof(script),
		 "perl -e 'print syscall(%d, 0, 4096, 7, 0x22, -1, 0) == -1 ? $! : \"mapped\", \"\\n\";"
		 " print syscall(%d, 0, 4096, 3, 0x22, -1, 0) == -1 ? $! : \"mapped\", \"\\n\"'",
		 SYS_mmap, SYS_mmap);
	build_script(&build, script);
	run_plan(&build, &outcome);
	check_output(&outcome, "Permission denied\nmapped\n");
	CHECK_INT(prctl(PR_GET_MDWE, 0, 0, 0, 0), 0);
	return NULL;
}

static const char *the_session_keyring_is_new_and_of_the_user(void)
{
	long ours = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	char script[512];
	struct build build;
	struct outcome outcome;
	long theirs;
	int i, uid;

	if (ours < 0 || access("/proc/keys", R_OK) < 0)
		return "the key management of the kernel";
	if (!has_program("/usr/bin/perl"))
		return "perl";
	for (i = 0; i < 2; i++) {
		start(&build, i ? PLAN_COPY : 0);
		build_plain_user(&build);
		build_op(&build, OP_KEYRING, NULL);
		/* the keyring's line: id flags usage timeout perm uid gid type description */
		snprintf(script, sizeof(script),
			 "perl -e '$id = syscall(%d, 0, -3, 0); printf \"%%d \", $id; open(K, \"/proc/keys\");"
			 " while (<K>) { @k = split; print $k[5] if hex($k[0]) == $id }'",
			 SYS_keyctl);
		build_script(&build, script);
		run_plan(&build, &outcome);
		CHECK_INT(sscanf(outcome.output, "%ld %d", &theirs, &uid), 2);
		CHECK(theirs > 0 && theirs != ours);
		CHECK_INT(uid, geteuid() == 0 ? 54321 : geteuid());
	}
	CHECK_INT(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0), ours);
	return NULL;
}

/* As a user that nobody else is, since its quota is used up meanwhile. */
static int launch_without_key_quota(void)
{
	struct build build;
	struct outcome outcome;
	char name[16];
	int i;

	if (syscall(SYS_setresuid, 54399, 54399, 54399) < 0 ||
	    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return 1;
	for (i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		if (syscall(SYS_add_key, "user", name, "x", 1, KEY_SPEC_SESSION_KEYRING) < 0)
			break;
	}
	CHECK_INT(errno, EDQUOT);
	start(&build, 0);
	build_op(&build, OP_KEYRING, NULL);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "keyctl", EDQUOT, "join session keyring");
	return 0;
}

static const char *a_keyring_beyond_the_quota_is_refused(void)
{
	int status;
	pid_t child;

	if (geteuid() != 0 || access("/proc/keys", R_OK) < 0)
		return "root, and the key management of the kernel";
	child = fork();
	if (child == 0)
		_exit(launch_without_key_quota());
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
	return NULL;
}

static const char *core_scheduling_or_the_reason_why_not(void)
{
	unsigned long cookie = 0;
	int r = prctl(PR_SCHED_CORE, 0 /* GET */, 0, 0, &cookie), error = errno;
	struct build build;
	struct outcome outcome;

	start(&build, 0);
	build_op(&build, OP_CORE_SCHED, NULL);
	build_script(&build, "echo started");
	run_plan(&build, &outcome);
	if (r < 0)
		check_refused(&outcome, "PR_SCHED_CORE", error, "create");
	else
		check_output(&outcome, "started\n");
	return NULL;
}

/* Where the time stamp counter is really refused, the loader of perl may fall over it already. */
static const char *reading_the_tsc_is_a_fault(void)
{
	int mode;
	char script[256];
	struct build build;
	struct outcome outcome;

	if (prctl(PR_GET_TSC, &mode, 0, 0, 0) < 0)
		return "PR_SET_TSC";
	if (!has_program("/usr/bin/perl"))
		return "perl";
	start(&build, 0);
	build_op(&build, OP_TSC, NULL);
	snprintf(script, sizeof(script),
		 "exec perl -e '$m = \"\\0\" x 8; syscall(%d, 25, $m, 0, 0, 0); print unpack(\"L\", $m)'", SYS_prctl);
	build_script(&build, script);
	run_plan(&build, &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_RUNNING);
	if (!(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSEGV))
		CHECK_TEXT(outcome.output, "2");
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "a policy keeps the nice value, in both clone modes",
		  a_policy_keeps_the_nice_value_in_both_clone_modes },
		{ "real time needs a right", real_time_needs_a_right },
		{ "an I/O priority is inherited", an_io_priority_is_inherited },
		{ "a memory policy is seen in numa_maps", a_memory_policy_is_seen_in_numa_maps },
		{ "timer slack in nanoseconds", timer_slack_in_nanoseconds },
		{ "memory of the launch alone is changed", memory_of_the_launch_alone_is_changed },
		{ "memory is writable or executable but not both",
		  memory_is_writable_or_executable_but_not_both },
		{ "the session keyring is new and of the user", the_session_keyring_is_new_and_of_the_user },
		{ "a keyring beyond the quota is refused", a_keyring_beyond_the_quota_is_refused },
		{ "core scheduling, or the reason why not", core_scheduling_or_the_reason_why_not },
		{ "reading the TSC is a fault", reading_the_tsc_is_a_fault },
	};

	return RUN_TESTS(tests);
}
