/*
 * Lengths, counts and offsets of a plan that promise more than there is (C17, C37): each is checked against what is
 * left before it is used. The plan lies at the end of its memory, so a byte too far is a signal.
 */
#include "build.h"
#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

enum { LONG_FIELD = 60000 };

/* Beyond 16 bits, beyond the plan, and where an addition or a multiplication by 4 or 8 overflows 32 bits. */
static const uint32_t lengths[] = { 0x10000,    0x10001,    0x100000,   0x1fffffff, 0x20000001, 0x3fffffff, 0x40000001,
				    0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc, 0xffffffff };

static void build_some(struct build *build)
{
	static char text[LONG_FIELD + 1];

	memset(text, 'x', LONG_FIELD);
	build_start(build, PLAN_COPY, 2);
	build_op(build, OP_FDS, "a.yaml:1:1 (a)");
	build_numbers(build, 4, (uint64_t[]){ 3, FDS_PASSED, 1, 0 });
	build_op(build, OP_AFFINITY, "a.yaml:2:1 (b)");
	build_numbers(build, 2, (uint64_t[]){ 0, 8191 });
	build_op(build, OP_GROUPS, NULL);
	build_numbers(build, 2, (uint64_t[]){ 7, 8 });
	build_landlock(build, (const uint64_t[]){ 0xffff, 3, 3 }, (const char *const[]){ "/usr", "/etc/hosts", NULL },
		       (const uint64_t[]){ 0xd, 0x5, 0, 0xc, 0x4, 1 }, 1, (const uint64_t[]){ 8080, 1 });
	build_op(build, OP_SECCOMP, NULL);
	build_number(build, 0);
	build_numbers(build, 1, (uint64_t[]){ 0x7fff000000000006 });
	build_execve(build, (const char *const[]){ "/bin/true", "x", text, NULL });
}

/* Memory of this size, after which nothing can be read. */
static uint8_t *room_for(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (size + page - 1) / page * page;
	uint8_t *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(memory != MAP_FAILED);
	CHECK_INT(mprotect(memory + room, page, PROT_NONE), 0);
	return memory + room - size;
}

static int decode(const uint8_t *bytes, size_t size)
{
	const char *why = NULL;
	struct plan plan;

	return plan_decode(bytes, size, &plan, &why);
}

/* The plan of build_some, with nothing after it. */
static uint8_t *some_plan(size_t *ret_size)
{
	static struct build build;
	uint8_t *bytes;

	build_some(&build);
	*ret_size = build_seal(&build);
	bytes = room_for(*ret_size);
	memcpy(bytes, build.bytes, *ret_size);
	CHECK_INT(decode(bytes, *ret_size), 0);
	return bytes;
}

static void put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Everything but the long text itself, whose bytes mean nothing. */
static int is_worth_spoiling(const uint8_t *bytes, size_t at, size_t size)
{
	return at < 512 || at + 512 > size || bytes[at] != 'x' || bytes[at - 64] != 'x';
}

static const char *c17_c37_a_length_that_is_too_great_is_refused_wherever_it_is(void)
{
	size_t size, spoilt = 0, refused = 0;
	uint8_t *bytes = some_plan(&size);

	for (size_t at = 0; at + 4 <= size; at++) {
		uint32_t before = get_u32(bytes + at);

		if (!is_worth_spoiling(bytes, at, size))
			continue;
		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			int r;

			put_u32(bytes + at, lengths[i]);
			r = decode(bytes, size);
			CHECK(r == 0 || r == -EBADMSG);
			refused += r != 0;
			spoilt++;
		}
		put_u32(bytes + at, before);
	}
	CHECK_INT(decode(bytes, size), 0);
	CHECK(spoilt > 4000 && refused > spoilt / 2);
	return NULL;
}

/* The length of every text and of every list, one after the other. */
static const char *c17_c37_no_text_and_no_list_is_longer_than_its_op(void)
{
	size_t size, at;
	uint8_t *bytes = some_plan(&size);
	uint32_t n_ops, found = 0;

	at = get_u32(bytes + 24);
	n_ops = get_u32(bytes + 20);
	for (uint32_t op = 0; op < n_ops; op++) {
		size_t arguments = at + 12, length = get_u32(bytes + at + 8);

		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			put_u32(bytes + at + 8, lengths[i]);
			CHECK_INT(decode(bytes, size), -EBADMSG);
		}
		put_u32(bytes + at + 8, (uint32_t)length);
		if (op < 3) { /* their only argument is a list of numbers */
			uint32_t count = get_u32(bytes + arguments);

			for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
				put_u32(bytes + arguments, lengths[i]);
				CHECK_INT(decode(bytes, size), -EBADMSG);
			}
			put_u32(bytes + arguments, count);
			found++;
		}
		at = arguments + length;
	}
	CHECK_INT(found, 3);
	CHECK_INT(decode(bytes, size), 0);
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "c17 c37 a length that is too great is refused wherever it is",
		  c17_c37_a_length_that_is_too_great_is_refused_wherever_it_is },
		{ "c17 c37 no text and no list is longer than its op",
		  c17_c37_no_text_and_no_list_is_longer_than_its_op },
	};

	return RUN_TESTS(tests);
}
