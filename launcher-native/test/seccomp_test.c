/* Filters of system calls: in force in the program, refused with a reason, in nobody's way before execve. */
#include "check.h"
#include "run.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* An op whose filter gives one answer to some calls and another to all others; calls ends with -1. */
static void build_filter(struct build *build, uint64_t flags, const int *calls, uint32_t answer, uint32_t others)
{
	struct sock_filter filter[32];
	uint64_t words[32];
	unsigned char n, i;

	for (n = 0; calls[n] >= 0;)
		n++;
	filter[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	for (i = 0; i < n; i++)
		filter[1 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i],
							     (unsigned char)(n - i), 0);
	filter[1 + n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, others);
	filter[2 + n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer);
	memcpy(words, filter, sizeof(filter));
	build_op(build, OP_SECCOMP, "web.yaml:9:5 (services.web.sandbox.seccomp)");
	build_number(build, flags);
	build_numbers(build, n + 3U, words);
}

static const uint32_t eacces = SECCOMP_RET_ERRNO | EACCES;

static const char *holds_in_the_program_in_both_clone_modes(void)
{
	struct build build;
	struct outcome outcome;
	uint32_t flags;

	for (flags = 0; flags <= PLAN_COPY; flags++) {
		build_start(&build, flags, 1);
		build_stdio(&build);
		build_op(&build, OP_NO_NEW_PRIVS, NULL);
		build_filter(&build, 0, (int[]){ SYS_uname, -1 }, eacces, SECCOMP_RET_ALLOW);
		build_script(&build, "uname 2>&1; grep ^Seccomp: /proc/self/status; exit 4");
		run_plan(&build, &outcome);

		CHECK_INT(outcome.report.outcome, LAUNCH_RUNNING);
		CHECK_INT(WEXITSTATUS(outcome.status), 4);
		CHECK(strstr(outcome.output, "Permission denied") != NULL);
		CHECK(strstr(outcome.output, "Seccomp:\t2") != NULL);
	}
	CHECK_INT(prctl(PR_GET_SECCOMP), 0); /* not in the parent, whose memory was shared */
	return NULL;
}

static void check_refused(const struct outcome *outcome, int error, const char *object)
{
	CHECK_INT(outcome->report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome->report.refusal.call, "seccomp");
	CHECK_TEXT(outcome->report.refusal.object, object);
	CHECK_TEXT(errno_name(outcome->report.refusal.error), errno_name(error));
}

static const char *needs_no_new_privs_or_the_right(void)
{
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	if (geteuid() == 0) {
		build_op(&build, OP_CAPSET, NULL);
		build_number(&build, 0);
		build_number(&build, 0);
		build_number(&build, 0);
	}
	build_filter(&build, 0, (int[]){ SYS_uname, -1 }, eacces, SECCOMP_RET_ALLOW);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, EACCES, "filter of 4 instructions");
	return NULL;
}

static const char *says_that_the_kernel_does_not_take_the_filter(void)
{
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	build_op(&build, OP_NO_NEW_PRIVS, NULL);
	build_op(&build, OP_SECCOMP, NULL);
	build_number(&build, 0);
	build_numbers(&build, 1, (uint64_t[]){ 0x0000000000000020 }); /* no answer */
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, EINVAL, "filter of 1 instructions");
	CHECK_INT(outcome.report.refusal.op, 1);
	return NULL;
}

/* The outcome when all but what a quiet launcher calls brings SIGSYS, and the program is not there. */
static void run_under_the_narrowest_filter(uint64_t flags, const char *program, struct outcome *ret)
{
	struct build build;

	build_start(&build, 0, 1);
	build_op(&build, OP_RLIMIT, NULL); /* what the launcher would raise again just before execve */
	build_number(&build, RLIMIT_CORE);
	build_number(&build, 0);
	build_number(&build, 0);
	build_op(&build, OP_NO_NEW_PRIVS, NULL);
	build_filter(&build, flags, (int[]){ SYS_execve, SYS_write, SYS_exit_group, -1 }, SECCOMP_RET_ALLOW,
		     SECCOMP_RET_KILL_PROCESS);
	build_execve(&build, (const char *const[]){ program, NULL });
	run_plan(&build, ret);
}

static const char *keeps_to_three_calls_when_it_is_told_to_be_quiet(void)
{
	const char *script = temp_file("script", "#!/does/not/exist\n", 18, 0755);
	struct outcome outcome;

	run_under_the_narrowest_filter(SECCOMP_QUIET, "/does/not/exist", &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "execve");
	CHECK_TEXT(outcome.report.refusal.object, "/does/not/exist");
	CHECK_INT(WEXITSTATUS(outcome.status), 127);

	run_under_the_narrowest_filter(SECCOMP_QUIET, script, &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.object, script);

	run_under_the_narrowest_filter(0, script, &outcome); /* it looks for the interpreter */
	CHECK(WIFSIGNALED(outcome.status));
	CHECK_INT(WTERMSIG(outcome.status), SIGSYS);
	return NULL;
}

static const char *empties_the_mask_before_the_filter(void)
{
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	build_stdio(&build);
	build_op(&build, OP_NO_NEW_PRIVS, NULL);
	build_filter(&build, 0, (int[]){ SYS_rt_sigprocmask, SYS_prlimit64, -1 }, eacces, SECCOMP_RET_ALLOW);
	build_execve(&build, (const char *const[]){ "/bin/grep", "SigBlk", "/proc/self/status", NULL });
	run_plan(&build, &outcome);
	CHECK_INT(outcome.status, 0);
	CHECK_TEXT(outcome.output, "SigBlk:\t0000000000000000\n");
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "holds in the program in both clone modes", holds_in_the_program_in_both_clone_modes },
		{ "needs no_new_privs or the right", needs_no_new_privs_or_the_right },
		{ "says that the kernel does not take the filter", says_that_the_kernel_does_not_take_the_filter },
		{ "keeps to three calls when it is told to be quiet",
		  keeps_to_three_calls_when_it_is_told_to_be_quiet },
		{ "empties the mask before the filter", empties_the_mask_before_the_filter },
	};

	return RUN_TESTS(tests);
}
