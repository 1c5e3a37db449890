/* What plan_decode takes and what it refuses. */
#include "build.h"
#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

/* One op of every kind. */
static void build_all(struct build *build)
{
	uint64_t quads[] = { 0, FDS_NULL, 0, 0, 3, FDS_PASSED, 1, 0, 4, FDS_OWN, 2, 0 };

	build_start(build, PLAN_COPY, 2);
	build_op(build, OP_FDS, "a.yaml:1:1 (a)");
	build_numbers(build, 12, quads);
	build_op(build, OP_SIGNALS, NULL);
	build_op(build, OP_SETSID, NULL);
	build_op(build, OP_OOM_SCORE_ADJ, "a.yaml:2:1 (b)");
	build_number(build, (uint64_t)-1000);
	build_op(build, OP_RLIMIT, "a.yaml:3:1 (c)");
	build_number(build, 7);
	build_number(build, 10);
	build_number(build, UINT64_MAX);
	build_op(build, OP_NICE, NULL);
	build_number(build, (uint64_t)-5);
	build_op(build, OP_AFFINITY, NULL);
	build_numbers(build, 2, (uint64_t[]){ 0, 8191 });
	build_op(build, OP_BOUNDING, NULL);
	build_number(build, 1 << 10);
	build_op(build, OP_KEEPCAPS, NULL);
	build_number(build, 1);
	build_op(build, OP_GROUPS, NULL);
	build_numbers(build, 0, (uint64_t[]){ 0 });
	build_op(build, OP_GID, NULL);
	build_number(build, 1000);
	build_op(build, OP_UID, NULL);
	build_number(build, 1000);
	build_op(build, OP_CAPSET, NULL);
	build_number(build, 1);
	build_number(build, 1);
	build_number(build, 0);
	build_op(build, OP_AMBIENT, NULL);
	build_number(build, 0);
	build_op(build, OP_SECUREBITS, NULL);
	build_number(build, 0);
	build_op(build, OP_DEATH_SIGNAL, NULL);
	build_number(build, 9);
	build_op(build, OP_UMASK, NULL);
	build_number(build, 0022);
	build_op(build, OP_CHDIR, NULL);
	build_string(build, "/tmp");
	build_op(build, OP_NO_NEW_PRIVS, NULL);
	build_landlock(build, (const uint64_t[]){ 0xffff, 3, 3 }, (const char *const[]){ "/usr", "/etc/hosts", NULL },
		       (const uint64_t[]){ 0xd, 0x5, 0, 0xc, 0x4, 1 }, 1, (const uint64_t[]){ 8080, 1 });
	build_op(build, OP_SECCOMP, NULL);
	build_number(build, SECCOMP_QUIET);
	build_numbers(build, 1, (uint64_t[]){ 0x7fff000000000006 });
	build_execve(build, (const char *const[]){ "/bin/true", "x", NULL });
}

static const char *decode(const uint8_t *bytes, size_t size)
{
	/* a copy of exactly this size, so that reading beyond it is seen */
	uint8_t *exact = malloc(size ? size : 1);
	struct plan plan;
	const char *why;
	static const char *const ok = "";
	int r;

	memcpy(exact, bytes, size);
	r = plan_decode(exact, size, &plan, &why);
	CHECK_INT(r, why[0] ? -EBADMSG : 0);
	free(exact);
	return why[0] ? why : ok;
}

static const char *accepts_every_op(void)
{
	struct build build;
	struct plan plan;

	build_all(&build);
	build.death_signal = 9;
	build_finish(&build, &plan);

	CHECK_INT(plan.n_ops, 22);
	CHECK_INT(plan.flags, PLAN_COPY);
	CHECK_INT(plan.death_signal, 9);
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 0)), "a.yaml:1:1 (a)");
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 1)), "");
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 4)), "a.yaml:3:1 (c)");
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 21)), "test.yaml:1:1 (services.test.command)");
	CHECK_INT(plan_op_origin(&plan, 22), UINT32_MAX);
	CHECK_TEXT(plan_origin(&plan, 5), "");
	CHECK_TEXT(plan_refusal_origin(&plan, 0, 7), "a.yaml:1:1 (a)");
	CHECK_TEXT(plan_refusal_origin(&plan, 19, 0), "test.yaml:10:1 (services.test.sandbox.landlock)");
	CHECK_TEXT(plan_refusal_origin(&plan, 19, 3), "test.yaml:13:3 (rule 3)");
	CHECK_TEXT(plan_refusal_origin(&plan, 19, 4), "test.yaml:10:1 (services.test.sandbox.landlock)");
	CHECK_TEXT(plan_refusal_origin(&plan, 22, 0), "");
	return NULL;
}

static const char *refuses_every_truncation(void)
{
	struct build build;
	size_t size, cut;

	build_all(&build);
	size = build_seal(&build);

	for (cut = 0; cut < size; cut++) {
		CHECK(decode(build.bytes, cut)[0] != 0);
		/* and with a header that claims the shorter length */
		if (cut >= 16) {
			uint8_t spoiled[sizeof(build.bytes)];
			uint32_t length = (uint32_t)cut;

			memcpy(spoiled, build.bytes, cut);
			memcpy(spoiled + 12, &length, 4);
			CHECK(decode(spoiled, cut)[0] != 0);
		}
	}
	build.bytes[size] = 0;
	CHECK_TEXT(decode(build.bytes, size + 1), "its length differs from the length in the header");
	return NULL;
}

static const char *refuses_every_spoiled_header_field(void)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *why;
	} cases[] = {
		{ 0, 0, "it is no plan" },
		{ 4, 0, "it is no plan" },
		{ 8, 2, "its version is not 1" },
		{ 12, 1, "its length differs from the length in the header" },
		{ 16, 4, "it has an unknown flag" },
		{ 16, PLAN_STAY, "the flag STAY needs COPY" },
		{ 16, 0, "OOM_SCORE_ADJ needs the flag COPY" },
		{ 20, 0, "it has no ops, or more than 4096" },
		{ 20, 4097, "it has no ops, or more than 4096" },
		{ 20, 21, "bytes are left over after the ops" },
		{ 20, 23, "the last op must be EXECVE, and no other" },
		{ 24, 0, "its sections overlap or leave a gap" },
		{ 24, 0xffffffff, "its sections overlap or leave a gap" },
		{ 28, 0xffffffff, "its sections do not fill it" },
		{ 32, 3, "bytes are left over after the origins" },
		{ 32, 0xffffffff, "an origin is cut off or malformed" },
		{ 36, 64, "its sections overlap or leave a gap" },
		{ 40, 0, "its sections do not fill it" },
		{ 44, 201, "it has more than 200 passed descriptors" },
		{ 44, 1, "FDS names a source that does not exist" },
		{ 52, 65, "its death signal does not exist" },
		{ 56, 1, "reserved bytes are not zero" },
		{ 60, 1, "reserved bytes are not zero" },
	};
	struct build build;
	size_t size, i;

	build_all(&build);
	size = build_seal(&build);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t good;

		memcpy(&good, build.bytes + cases[i].at, 4);
		memcpy(build.bytes + cases[i].at, &cases[i].value, 4);
		if (cases[i].at == 20 && cases[i].value == 21)
			build.bytes[size - 1] = 0;
		CHECK(decode(build.bytes, size)[0] != 0);
		if (cases[i].value != 21)
			CHECK_TEXT(decode(build.bytes, size), cases[i].why);
		memcpy(build.bytes + cases[i].at, &good, 4);
	}
	CHECK_TEXT(decode(build.bytes, size), "");
	return NULL;
}

/* The refusal of a plan with this op, its arguments given as numbers, before a good EXECVE. */
static const char *refusal_of(enum op_code code, size_t n, const uint64_t *values, bool as_list)
{
	struct build build;
	size_t i;

	build_start(&build, PLAN_COPY, 1);
	build_op(&build, code, NULL);
	if (as_list)
		build_numbers(&build, n, values);
	for (i = 0; !as_list && i < n; i++)
		build_number(&build, values[i]);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	return decode(build.bytes, build_seal(&build));
}

#define LIST(code, ...) \
	refusal_of(code, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ }, true)
#define NUMBERS(code, ...) \
	refusal_of(code, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ }, false)

static const char *refusal_without_copy(enum op_code code, uint64_t value)
{
	struct build build;

	build_start(&build, 0, 1);
	build_op(&build, code, NULL);
	if (code != OP_MDWE)
		build_number(&build, value);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	return decode(build.bytes, build_seal(&build));
}

/* As refusal_of, for a NUMA with this many nodes. */
static const char *numa(uint64_t mode, size_t n)
{
	const uint64_t nodes[] = { 0 };
	struct build build;

	build_start(&build, 0, 1);
	build_op(&build, OP_NUMA, NULL);
	build_number(&build, mode);
	build_numbers(&build, n, nodes);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	return decode(build.bytes, build_seal(&build));
}

static const char *what_belongs_to_the_memory_needs_a_copy_of_it(void)
{
	CHECK_TEXT(refusal_without_copy(OP_OOM_SCORE_ADJ, 1), "OOM_SCORE_ADJ needs the flag COPY");
	CHECK_TEXT(refusal_without_copy(OP_THP, 1), "THP needs the flag COPY");
	CHECK_TEXT(refusal_without_copy(OP_MDWE, 0), "MDWE needs the flag COPY");
	CHECK_TEXT(refusal_without_copy(OP_COREDUMP_FILTER, 1), "COREDUMP_FILTER needs the flag COPY");
	CHECK_TEXT(refusal_without_copy(OP_TIMER_SLACK, 1), "");
	return NULL;
}

static const char *refuses_values_that_the_kernel_would_misread(void)
{
	static const char range[] = "a number is out of range";

	CHECK_TEXT(NUMBERS(OP_UID, UINT32_MAX), range);
	CHECK_TEXT(NUMBERS(OP_GID, 1ULL << 32), range);
	CHECK_TEXT(NUMBERS(OP_NICE, 20), range);
	CHECK_TEXT(NUMBERS(OP_NICE, (uint64_t)-21), range);
	CHECK_TEXT(NUMBERS(OP_OOM_SCORE_ADJ, (uint64_t)-1001), range);
	CHECK_TEXT(NUMBERS(OP_UMASK, 01000), range);
	CHECK_TEXT(NUMBERS(OP_DEATH_SIGNAL, 65), range);
	CHECK_TEXT(NUMBERS(OP_KEEPCAPS, 2), range);
	CHECK_TEXT(NUMBERS(OP_SECUREBITS, 1ULL << 32), range);
	CHECK_TEXT(NUMBERS(OP_RLIMIT, 1ULL << 32, 0, 0), range);
	CHECK_TEXT(LIST(OP_GROUPS, UINT32_MAX), "a number is too large");
	CHECK_TEXT(LIST(OP_AFFINITY, 8192), "a number is too large");
	CHECK_TEXT(refusal_of(OP_AFFINITY, 0, NULL, true), "a list is too short or too long");
	CHECK_TEXT(LIST(OP_FDS, 1, 2, 3), "FDS is not a list of at most 256 quads");
	CHECK_TEXT(LIST(OP_FDS, 1ULL << 40, 2, 0, 0), "FDS has a number that is no descriptor");
	CHECK_TEXT(LIST(OP_FDS, 1, 3, 0, 0), "FDS names a source that does not exist");
	CHECK_TEXT(LIST(OP_FDS, 1, 0, 1, 0), "FDS names a source that does not exist");
	CHECK_TEXT(LIST(OP_FDS, 1, 2, 0, 0, 1, 2, 0, 0), "FDS has one target twice");
	CHECK_TEXT(NUMBERS(OP_UID, 1, 2), "an op has bytes left over");
	CHECK_TEXT(NUMBERS(OP_CAPSET, 1, 2), "an argument is cut off or malformed");
	CHECK_TEXT(NUMBERS((enum op_code)99, 1), "an op is unknown");
	CHECK_TEXT(NUMBERS((enum op_code)(OP_UID | 1 << 16), 1), "an op is unknown");
	return NULL;
}

struct landlock_case {
	const char *why;
	uint64_t handled[3];
	const char *path;
	uint64_t path_numbers[3];
	uint64_t port_numbers[2];
};

static const char *refuses_rules_of_landlock_that_cannot_be(void)
{
	static const char rule[] = "LANDLOCK has a rule that cannot be";
	static const struct landlock_case cases[] = {
		{ "", { 0xc, 1, 0 }, "/usr", { 0xc, 4, 0 }, { 65535, 1 } },
		{ "LANDLOCK handles nothing", { 0 }, "/usr", { 0xc, 4, 0 }, { 1, 1 } },
		{ "LANDLOCK has a path that is not absolute", { 0xc, 1, 0 }, "usr", { 0xc, 4, 0 }, { 1, 1 } },
		{ "LANDLOCK has a path that is not absolute", { 0xc, 1, 0 }, "", { 0xc, 4, 0 }, { 1, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xe, 4, 0 }, { 1, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xc, 1, 0 }, { 1, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0, 4, 0 }, { 1, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xc, 0, 0 }, { 1, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xc, 4, 2 }, { 1, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xc, 4, 0 }, { 65536, 1 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xc, 4, 0 }, { 1, 2 } },
		{ rule, { 0xc, 1, 0 }, "/usr", { 0xc, 4, 0 }, { 1, 0 } },
	};
	struct build build;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		build_start(&build, 0, 0);
		build_landlock(&build, cases[i].handled, (const char *const[]){ cases[i].path, NULL },
			       cases[i].path_numbers, 1, cases[i].port_numbers);
		build_execve(&build, (const char *const[]){ "/bin/true", NULL });
		CHECK_TEXT(decode(build.bytes, build_seal(&build)), cases[i].why);
	}
	return NULL;
}

static const char *refuses_lists_of_landlock_that_do_not_belong_together(void)
{
	static const size_t sizes[][3] = { { 2, 0, 1 }, { 4, 0, 1 }, { 3, 1, 2 }, { 3, 2, 1 }, { 3, 0, 2 } };
	static const uint64_t numbers[] = { 4, 4, 0, 4 };
	static const char *const origins[] = { "a", "b" };
	struct build build;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		build_start(&build, 0, 0);
		build_op(&build, OP_LANDLOCK, NULL);
		build_number(&build, 4);
		build_number(&build, 4);
		build_number(&build, 0);
		build_strings(&build, (const char *const[]){ "/usr", NULL });
		build_numbers(&build, sizes[i][0], numbers);
		build_numbers(&build, sizes[i][1], numbers);
		build_strings(&build, (const char *const[]){ origins[0], sizes[i][2] == 2 ? origins[1] : NULL, NULL });
		build_execve(&build, (const char *const[]){ "/bin/true", NULL });
		CHECK_TEXT(decode(build.bytes, build_seal(&build)), "LANDLOCK has lists that do not belong together");
	}
	return NULL;
}

static const char *refuses_resources_that_the_kernel_would_misread(void)
{
	static const char range[] = "a number is out of range";
	static const char times[] = "SCHED_POLICY has times that make no deadline";

	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 1, 99, 1, 0, 0, 0), "");
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 4, 0, 0, 0, 0, 0), "SCHED_POLICY has an unknown policy");
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 7, 0, 0, 0, 0, 0), "SCHED_POLICY has an unknown policy");
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 1, 0, 0, 0, 0, 0), range);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 2, 100, 0, 0, 0, 0), range);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 3, 1, 0, 0, 0, 0), range);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 0, 0, 2, 0, 0, 0), range);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 0, 0, 0, 1, 1, 1), times);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 6, 0, 0, 0, 1, 1), times);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 6, 0, 0, 2, 1, 2), times);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 6, 0, 0, 1, 3, 2), times);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 6, 0, 0, 1, 2, 1ULL << 63), times);
	CHECK_TEXT(NUMBERS(OP_SCHED_POLICY, 6, 0, 1, 1, 2, 3), "");
	CHECK_TEXT(NUMBERS(OP_IOPRIO, 3, 7), "");
	CHECK_TEXT(NUMBERS(OP_IOPRIO, 0, 0), range);
	CHECK_TEXT(NUMBERS(OP_IOPRIO, 4, 0), range);
	CHECK_TEXT(NUMBERS(OP_IOPRIO, 2, 8), range);
	CHECK_TEXT(NUMBERS(OP_TIMER_SLACK, 0), range);
	CHECK_TEXT(NUMBERS(OP_TIMER_SLACK, INT64_MAX), "");
	CHECK_TEXT(NUMBERS(OP_TIMER_SLACK, 1ULL << 63), range);
	CHECK_TEXT(NUMBERS(OP_THP, 2), range);
	CHECK_TEXT(NUMBERS(OP_COREDUMP_FILTER, 0x200), range);
	CHECK_TEXT(NUMBERS(OP_COREDUMP_FILTER, 0x1ff), "");
	CHECK_TEXT(numa(0, 0), "");
	CHECK_TEXT(numa(0, 1), "a list is too short or too long");
	CHECK_TEXT(numa(2, 1), "");
	CHECK_TEXT(numa(2, 0), "a list is too short or too long");
	CHECK_TEXT(numa(4, 1), "a list is too short or too long");
	CHECK_TEXT(numa(5, 1), "NUMA has an unknown policy");
	return NULL;
}

static const char *terminal(const char *path, uint64_t uid, uint64_t flags)
{
	struct build build;

	build_start(&build, 0, 0);
	build_op(&build, OP_TERMINAL, NULL);
	build_string(&build, path);
	build_number(&build, uid);
	build_number(&build, flags);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	return decode(build.bytes, build_seal(&build));
}

static const char *refuses_terminals_that_cannot_be(void)
{
	CHECK_TEXT(terminal("/dev/ptmx", 0, 1), "");
	CHECK_TEXT(terminal("dev/ptmx", 0, 1), "TERMINAL with a path that is not absolute");
	CHECK_TEXT(terminal("/dev/ptmx", UINT32_MAX, 1), "a number is out of range");
	CHECK_TEXT(terminal("/dev/ptmx", 0, 2), "a number is out of range");
	return NULL;
}

static const char *refuses_a_program_without_candidates_or_argv(void)
{
	static const char *const none[] = { NULL }, *const one[] = { "/bin/true", NULL };
	struct build build;
	int i;

	for (i = 0; i < 2; i++) {
		build_start(&build, 0, 0);
		build_op(&build, OP_EXECVE, NULL);
		build_strings(&build, i == 0 ? none : one);
		build_strings(&build, i == 1 ? none : one);
		build_strings(&build, none);
		CHECK_TEXT(decode(build.bytes, build_seal(&build)), "EXECVE without a program");
	}
	return NULL;
}

static const char *filter_refusal(uint64_t flags, size_t instructions)
{
	static uint64_t filter[SECCOMP_MAX_INSTRUCTIONS + 1];
	static struct build build;

	build_start(&build, 0, 0);
	build_op(&build, OP_SECCOMP, NULL);
	build_number(&build, flags);
	build_numbers(&build, instructions, filter);
	build_execve(&build, (const char *const[]){ "/bin/true", NULL });
	return decode(build.bytes, build_seal(&build));
}

static const char *refuses_a_filter_of_a_wrong_length_or_with_unknown_flags(void)
{
	static const char length[] = "SECCOMP has no instructions, or more than 4096";

	CHECK_TEXT(filter_refusal(0, 0), length);
	CHECK_TEXT(filter_refusal(0, SECCOMP_MAX_INSTRUCTIONS + 1), length);
	CHECK_TEXT(filter_refusal(0, SECCOMP_MAX_INSTRUCTIONS), "");
	CHECK_TEXT(filter_refusal(1, 1), "SECCOMP has unknown flags");
	CHECK_TEXT(filter_refusal(SECCOMP_QUIET << 1, 1), "SECCOMP has unknown flags");
	return NULL;
}

static const char *reads_a_plan_only_from_a_sealed_memfd(void)
{
	static uint8_t buf[PLAN_MAX_BYTES];
	int fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t size = 0;

	CHECK_INT(write(fd, "hello", 5), 5);
	CHECK_INT(plan_read(fd, true, buf, &size), -EPERM);
	CHECK_INT(plan_read(fd, false, buf, &size), 0);
	CHECK_INT(size, 5);
	CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0);
	CHECK_INT(plan_read(fd, true, buf, &size), -EPERM);
	CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), 0);
	CHECK_INT(plan_read(fd, true, buf, &size), 0);
	CHECK_INT(size, 5);
	close(fd);

	fd = memfd_create("plan", MFD_CLOEXEC);
	CHECK_INT(ftruncate(fd, PLAN_MAX_BYTES), 0);
	CHECK_INT(plan_read(fd, false, buf, &size), 0);
	CHECK_INT(ftruncate(fd, PLAN_MAX_BYTES + 1), 0);
	CHECK_INT(plan_read(fd, false, buf, &size), -EFBIG);
	close(fd);
	return NULL;
}

static const char *prints_a_refusal_with_its_origin(void)
{
	struct refusal refusal = { .op = 4, .call_nr = 1, .error = EPERM, .call = "prlimit",
				   .object = "RLIMIT_NOFILE 5:6\r" };
	char line[512] = { 0 };
	struct build build;
	struct plan plan;
	int ends[2], saved = dup(2);

	build_all(&build);
	build_finish(&build, &plan);
	CHECK_INT(pipe(ends), 0);
	dup2(ends[1], 2);
	refusal_print(&plan, &refusal);
	dup2(saved, 2);

	CHECK(read(ends[0], line, sizeof(line) - 1) > 0);
	CHECK_TEXT(line, "cannot start: prlimit \"RLIMIT_NOFILE 5:6\\x0d\": EPERM (Operation not permitted)"
			 " at a.yaml:3:1 (c)\n");
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "accepts every op", accepts_every_op },
		{ "refuses every truncation", refuses_every_truncation },
		{ "refuses every spoiled header field", refuses_every_spoiled_header_field },
		{ "refuses values that the kernel would misread", refuses_values_that_the_kernel_would_misread },
		{ "refuses rules of landlock that cannot be", refuses_rules_of_landlock_that_cannot_be },
		{ "refuses lists of landlock that do not belong together",
		  refuses_lists_of_landlock_that_do_not_belong_together },
		{ "refuses resources that the kernel would misread",
		  refuses_resources_that_the_kernel_would_misread },
		{ "what belongs to the memory needs a copy of it",
		  what_belongs_to_the_memory_needs_a_copy_of_it },
		{ "refuses terminals that cannot be", refuses_terminals_that_cannot_be },
		{ "refuses a program without candidates or argv", refuses_a_program_without_candidates_or_argv },
		{ "refuses a filter of a wrong length or with unknown flags",
		  refuses_a_filter_of_a_wrong_length_or_with_unknown_flags },
		{ "reads a plan only from a sealed memfd", reads_a_plan_only_from_a_sealed_memfd },
		{ "prints a refusal with its origin", prints_a_refusal_with_its_origin },
	};

	return RUN_TESTS(tests);
}
