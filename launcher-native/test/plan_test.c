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

	CHECK_INT(plan.n_ops, 20);
	CHECK_INT(plan.flags, PLAN_COPY);
	CHECK_INT(plan.death_signal, 9);
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 0)), "a.yaml:1:1 (a)");
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 1)), "");
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 4)), "a.yaml:3:1 (c)");
	CHECK_TEXT(plan_origin(&plan, plan_op_origin(&plan, 19)), "test.yaml:1:1 (services.test.command)");
	CHECK_INT(plan_op_origin(&plan, 20), UINT32_MAX);
	CHECK_TEXT(plan_origin(&plan, 4), "");
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
		{ 20, 19, "bytes are left over after the ops" },
		{ 20, 21, "the last op must be EXECVE, and no other" },
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
		if (cases[i].at == 20 && cases[i].value == 19)
			build.bytes[size - 1] = 0;
		CHECK(decode(build.bytes, size)[0] != 0);
		if (cases[i].value != 19)
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
		{ "refuses a program without candidates or argv", refuses_a_program_without_candidates_or_argv },
		{ "reads a plan only from a sealed memfd", reads_a_plan_only_from_a_sealed_memfd },
		{ "prints a refusal with its origin", prints_a_refusal_with_its_origin },
	};

	return RUN_TESTS(tests);
}
