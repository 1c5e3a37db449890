/*
 * Fuzzes plan_decode: mutates the corpus, decodes each result in a buffer of exactly its size
 * under ASan, and walks
 * what was accepted as the launcher would. Deterministic for a seed.
 *
 *     fuzz CORPUS SECONDS SEED [EXECS]    (0 seconds: until EXECS)
 *     fuzz --seeds DIRECTORY              writes valid plans of varied shape
 *     fuzz --input FILE                   one input, to look into a finding
 *
 * A crash writes its input to fuzz-crash-SEED.plan in the working directory; put it into the
 * corpus with its fix.
 */
#include "build.h"
#include "check.h"

#include <dirent.h>
#include <sanitizer/asan_interface.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_FILES = 512,
	INPUT_BYTES = 1 << 17,
	HANG_SECONDS = 20,
	BATCH = 1024, /* execs between looks at the clock */
};

struct input {
	uint8_t *bytes;
	size_t size;
};

struct fuzz {
	uint64_t random, seed;
	struct input corpus[MAX_FILES];
	size_t n_corpus;
	uint64_t execs, accepted;
};

/* What is being decoded, for the death callback, which gets no argument. */
static struct {
	const uint8_t *bytes;
	size_t size;
	uint64_t seed;
} current;

static void save_current(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "fuzz-crash-%llu.plan", (unsigned long long)current.seed);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	(void)!write(fd, current.bytes, current.size);
	fprintf(stderr, "the input is in %s\n", path);
}

static void hang(int signal)
{
	(void)signal;
	save_current();
	_exit(1);
}

static uint64_t next_random(struct fuzz *fuzz)
{
	fuzz->random ^= fuzz->random << 13;
	fuzz->random ^= fuzz->random >> 7;
	fuzz->random ^= fuzz->random << 17;
	return fuzz->random;
}

static size_t below(struct fuzz *fuzz, size_t limit)
{
	return limit == 0 ? 0 : (size_t)(next_random(fuzz) >> 16) % limit;
}

static uint32_t get_u32(const uint8_t *bytes, size_t at)
{
	uint32_t value;

	memcpy(&value, bytes + at, 4);
	return value;
}

static void set_u32(uint8_t *bytes, size_t at, size_t value)
{
	uint32_t word = (uint32_t)value;

	memcpy(bytes + at, &word, 4);
}

/* Read all arguments of an op as its signature says. */
static uint64_t walk_arguments(struct args args, const char *signature)
{
	uint64_t sum = 0;
	uint32_t n;

	for (; *signature; signature++) {
		if (*signature == 'u' || *signature == 'i')
			sum += arg_u64(&args);
		if (*signature == 's')
			sum += strlen(arg_string(&args));
		if (*signature == 'w')
			for (n = arg_count(&args); n > 0; n--)
				sum += arg_u64(&args);
		if (*signature == 'l')
			for (n = arg_count(&args); n > 0; n--)
				sum += strlen(arg_string(&args));
	}
	return sum;
}

static uint64_t walk(const struct plan *plan, bool origins)
{
	uint64_t sum = launch_memory_bytes(plan, 0);
	const uint8_t *at = plan->ops;
	struct plan_op op;
	uint32_t i;

	for (i = 0; i < plan->n_ops; i++) {
		at = plan_next_op(at, &op);
		if (origins)
			sum += strlen(plan_origin(plan, plan_op_origin(plan, i)));
		switch (op.code) {
#define OP(code, name, signature, manual) \
	case code: \
		sum += walk_arguments(op.args, signature); \
		break;
#include "../src/ops.def"
#undef OP
		default:
			abort();
		}
	}
	if (at != plan->ops + plan->ops_size)
		abort();
	return sum;
}

/* True when the plan was accepted. */
static bool decode(const uint8_t *bytes, size_t size, bool origins)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct plan plan = { 0 };
	volatile uint64_t sink;
	const char *why;
	int r;

	if (size > 0)
		memcpy(exact, bytes, size);
	r = plan_decode(exact, size, &plan, &why);
	if (r != 0 && r != -EBADMSG)
		abort();
	if (r == 0)
		sink = walk(&plan, origins);
	(void)sink;
	free(exact);
	return r == 0;
}

/*
 * Where op number index of a plan that may be broken begins; 0 when that place is not to be
 * found.
 */
static size_t find_op(const uint8_t *bytes, size_t size, size_t index)
{
	size_t at = PLAN_HEADER_BYTES;

	while (index-- > 0 && at + 12 <= size)
		at += 12 + (size_t)get_u32(bytes, at + 8);
	return at + 12 <= size ? at : 0;
}

/* Insert n bytes, or with n negative remove them. */
static size_t resize_at(uint8_t *bytes, size_t size, size_t at, long n, const uint8_t *from)
{
	if (n < 0) {
		size_t gone = (size_t)-n < size - at ? (size_t)-n : size - at;

		memmove(bytes + at, bytes + at + gone, size - at - gone);
		return size - gone;
	}
	if (size + (size_t)n > INPUT_BYTES)
		return size;
	memmove(bytes + at + n, bytes + at, size - at);
	memcpy(bytes + at, from, (size_t)n);
	return size + (size_t)n;
}

static size_t mutate_op(struct fuzz *fuzz, uint8_t *bytes, size_t size)
{
	static uint8_t copy[INPUT_BYTES];
	uint32_t n_ops = get_u32(bytes, 20);
	size_t at = find_op(bytes, size, below(fuzz, n_ops < 64 ? n_ops : 64)), length;

	if (at == 0)
		return size;
	length = 12 + (size_t)get_u32(bytes, at + 8);
	if (length > size - at)
		length = size - at;
	switch (below(fuzz, 6)) {
	case 0: /* twice */
		memcpy(copy, bytes + at, length);
		set_u32(bytes, 20, n_ops + 1);
		return resize_at(bytes, size, at, (long)length, copy);
	case 1: /* away */
		set_u32(bytes, 20, n_ops - 1);
		return resize_at(bytes, size, at, -(long)length, NULL);
	case 2:
		set_u32(bytes, at, below(fuzz, 64));
		return size;
	case 3:
		set_u32(bytes, at + 4, below(fuzz, 4));
		return size;
	case 4: /* a number inside */
		at += 12 + below(fuzz, length > 16 ? length - 16 : 0);
		if (at + 4 <= size)
			set_u32(bytes, at, below(fuzz, 3) ? below(fuzz, 20) : next_random(fuzz));
		return size;
	default: /* some of its bytes gone, the length to match or not */
		length = 1 + below(fuzz, 12);
		if (below(fuzz, 2))
			set_u32(bytes, at + 8, get_u32(bytes, at + 8) - length);
		at += at + 12 < size ? 12 : 0;
		return resize_at(bytes, size, at, -(long)length, NULL);
	}
}

static size_t mutate_bytes(struct fuzz *fuzz, uint8_t *bytes, size_t size)
{
	static const uint32_t interesting[] = { 0, 1, 0x7f, 0xff, 0x100, 0xffff, 0x7fffffff, 0x80000000,
						0xfffffff4, 0xffffffff };
	const struct input *other = &fuzz->corpus[below(fuzz, fuzz->n_corpus)];
	size_t at = below(fuzz, size), n;

	switch (below(fuzz, 6)) {
	case 0:
		bytes[at] ^= (uint8_t)(1 << below(fuzz, 8));
		return size;
	case 1:
		bytes[at] = (uint8_t)next_random(fuzz);
		return size;
	case 2:
		if (at + 4 <= size)
			set_u32(bytes, at, interesting[below(fuzz, sizeof(interesting) / 4)]);
		return size;
	case 3: /* a header field */
		if (size >= PLAN_HEADER_BYTES)
			set_u32(bytes, 8 + 4 * below(fuzz, 14), interesting[below(fuzz, sizeof(interesting) / 4)]);
		return size;
	case 4: /* cut off */
		return at;
	default: /* spliced */
		n = below(fuzz, other->size < 64 ? other->size : 64);
		return resize_at(bytes, size, at, (long)n, other->bytes + below(fuzz, other->size - n));
	}
}

/* Make the header agree with the size again, or nothing behind it would ever be looked at. */
static void repair_header(uint8_t *bytes, size_t size, size_t origins_size)
{
	size_t body = size - PLAN_HEADER_BYTES;

	if (origins_size > body)
		origins_size = body;
	memcpy(bytes, "OSTLPLAN", 8);
	set_u32(bytes, 8, 1);
	set_u32(bytes, 12, size);
	set_u32(bytes, 24, PLAN_HEADER_BYTES);
	set_u32(bytes, 28, body - origins_size);
	set_u32(bytes, 36, size - origins_size);
	set_u32(bytes, 40, origins_size);
	memset(bytes + 56, 0, 8);
}

static void fuzz_once(struct fuzz *fuzz)
{
	static uint8_t bytes[INPUT_BYTES];
	const struct input *from = &fuzz->corpus[below(fuzz, fuzz->n_corpus)];
	size_t size = from->size, rounds = 1 + below(fuzz, 4);

	memcpy(bytes, from->bytes, size);
	while (rounds-- > 0)
		size = size >= PLAN_HEADER_BYTES && below(fuzz, 2) ? mutate_op(fuzz, bytes, size)
								   : mutate_bytes(fuzz, bytes, size);
	if (size >= PLAN_HEADER_BYTES && from->size >= PLAN_HEADER_BYTES && below(fuzz, 4) != 0)
		repair_header(bytes, size, get_u32(from->bytes, 40));
	current.bytes = bytes;
	current.size = size;
	fuzz->execs++;
	fuzz->accepted += decode(bytes, size, below(fuzz, 4) == 0);
}

static void add_input(struct fuzz *fuzz, const char *path)
{
	struct input *input = &fuzz->corpus[fuzz->n_corpus];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	CHECK(fd >= 0 && fuzz->n_corpus < MAX_FILES);
	input->bytes = malloc(INPUT_BYTES);
	n = read(fd, input->bytes, INPUT_BYTES);
	CHECK(n >= 0);
	input->size = (size_t)n;
	fuzz->n_corpus++;
	close(fd);
	current.bytes = input->bytes;
	current.size = input->size;
	(void)decode(input->bytes, input->size, true);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_corpus(struct fuzz *fuzz, const char *directory)
{
	struct dirent **names;
	int i, n = scandir(directory, &names, NULL, by_name); /* sorted: the same run for a seed */
	char path[512];

	CHECK(n > 2);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			add_input(fuzz, path);
		free(names[i]);
	}
	free(names);
}

static void write_seed(const char *directory, const char *name, struct build *build)
{
	size_t size = build_seal(build);
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.plan", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	CHECK(fd >= 0 && write(fd, build->bytes, size) == (ssize_t)size);
	CHECK(decode(build->bytes, size, true));
	close(fd);
}

static void write_landlock_seed(const char *directory)
{
	struct build build;

	build_start(&build, 0, 0);
	build_op(&build, OP_NO_NEW_PRIVS, NULL);
	build_landlock(&build, (const uint64_t[]){ 0xffff, 3, 3 },
		       (const char *const[]){ "/usr", "/tmp", "/dev/null", NULL },
		       (const uint64_t[]){ 0xd, 0x5, 0, 0xeffe, 0x4006, 0, 0x4006, 0x4006, 1 }, 2,
		       (const uint64_t[]){ 8080, 1, 9092, 2 });
	build_execve(&build, (const char *const[]){ "/bin/true", "a", NULL });
	write_seed(directory, "LANDLOCK", &build);
}

/* A pair, its addresses, and routes; the one op inside, the other on the host. */
static void write_network_seed(const char *directory, const char *name, enum op_code code)
{
	static const struct {
		uint64_t action;
		const char *interface, *object, *extra;
		uint64_t number;
		bool on_host, inside;
	} steps[] = {
		{ NETWORK_VETH, "ve-web", "eth0", "02:00:00:00:00:0a", 1400, true, false },
		{ NETWORK_BRIDGE, "ve-web", "br0", "", 0, true, false },
		{ NETWORK_ADDRESS, "ve-web", "10.1.0.2", "", 24, true, true },
		{ NETWORK_ADDRESS, "ve-web", "fd00::2", "", 64, true, true },
		{ NETWORK_UP, "ve-web", "", "", 0, true, true },
		{ NETWORK_ROUTE, "eth0", "", "fd00::1", 0, false, true },
		{ NETWORK_ROUTE, "eth0", "10.2.0.0", "10.1.0.1", 16, false, true },
	};
	struct build build;
	size_t i;

	build_start(&build, PLAN_COPY | PLAN_STAY, 0);
	build_namespaces(&build, CLONE_NEWNET);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (code == OP_HOST_NETWORK ? steps[i].on_host : steps[i].inside)
			build_network(&build, code, NULL, steps[i].action, steps[i].interface, steps[i].object,
				      steps[i].extra, steps[i].number);
	build_execve(&build, (const char *const[]){ "/bin/true", "a", NULL });
	write_seed(directory, name, &build);
}

static void write_op_seeds(const char *directory)
{
	static const struct {
		enum op_code code;
		const char *name, *signature;
	} ops[] = {
#define OP(code, name, signature, manual) { code, #name, signature },
#include "../src/ops.def"
#undef OP
	};
	uint64_t quads[] = { 0, FDS_NULL, 0, 0, 1, FDS_PASSED, 0, 0x1000, 3, FDS_OWN, 4, 0 };
	struct build build;
	const char *letter;
	size_t i;

	write_landlock_seed(directory);
	write_network_seed(directory, "HOST_NETWORK", OP_HOST_NETWORK);
	write_network_seed(directory, "NETWORK", OP_NETWORK);
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (ops[i].code == OP_LANDLOCK || ops[i].code == OP_SCHED_POLICY ||
		    ops[i].code == OP_HOST_NETWORK || ops[i].code == OP_NETWORK)
			continue; /* their arguments belong together */
		bool names_one = ops[i].code == OP_NAMESPACES || ops[i].code == OP_JOIN;
		uint32_t list = ops[i].code == OP_FDS ? 12 : ops[i].code == OP_CGROUP_JOIN ? 1 : 2;
		bool passed_first = ops[i].code == OP_JOIN_PROCESS;
		uint64_t number = names_one ? CLONE_NEWNET : !passed_first;

		build_start(&build, PLAN_COPY | (ops[i].code == OP_NAMESPACES ? PLAN_STAY : 0), 1);
		if (ops[i].code != OP_EXECVE)
			build_op(&build, ops[i].code, "web.yaml:3:5 (services.web.x)");
		for (letter = ops[i].signature; *letter && ops[i].code != OP_EXECVE; letter++) {
			if (*letter == 's')
				build_string(&build, "/srv/web");
			else if (*letter == 'l')
				build_strings(&build, (const char *const[]){ "/srv/web", NULL });
			else if (*letter == 'w')
				build_numbers(&build, list, quads);
			else
				build_number(&build, ops[i].code == OP_SECCOMP ? SECCOMP_QUIET : number);
			if (ops[i].code == OP_NAMESPACES)
				number = 1;
			if (passed_first)
				number = CLONE_NEWNET;
		}
		build_execve(&build, (const char *const[]){ "/bin/true", "a", "", NULL });
		write_seed(directory, ops[i].name, &build);
	}
	build_start(&build, PLAN_COPY | PLAN_STAY, 200);
	build.death_signal = 15;
	for (i = 0; i < 40; i++) {
		build_op(&build, OP_RLIMIT, i % 2 ? "a.yaml:1:1 (limits)" : NULL);
		build_number(&build, i % 16);
		build_number(&build, i);
		build_number(&build, UINT64_MAX);
	}
	build_execve(&build, (const char *const[]){ "/bin/sh", "-c", "exit 0", NULL });
	write_seed(directory, "many-ops", &build);
}

static void run(struct fuzz *fuzz, long seconds, uint64_t execs)
{
	time_t end = time(NULL) + seconds;
	int i;

	do {
		(void)alarm(HANG_SECONDS);
		for (i = 0; i < BATCH; i++)
			fuzz_once(fuzz);
	} while (seconds > 0 ? time(NULL) < end : fuzz->execs < execs);
	printf("fuzz: seed %llu, %zu corpus files, %llu execs, %llu accepted, no finding\n",
	       (unsigned long long)fuzz->seed, fuzz->n_corpus, (unsigned long long)fuzz->execs,
	       (unsigned long long)fuzz->accepted);
}

int main(int argc, char **argv)
{
	static struct fuzz fuzz;

	__asan_set_death_callback(save_current);
	(void)signal(SIGALRM, hang);
	(void)signal(SIGABRT, hang);
	if (argc == 3 && strcmp(argv[1], "--seeds") == 0) {
		write_op_seeds(argv[2]);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--input") == 0) {
		add_input(&fuzz, argv[2]);
		return 0;
	}
	if (argc < 4) {
		fprintf(stderr, "usage: fuzz CORPUS SECONDS SEED [EXECS] | --seeds DIRECTORY | --input FILE\n");
		return 2;
	}
	fuzz.seed = current.seed = strtoull(argv[3], NULL, 10);
	fuzz.random = fuzz.seed * 0x9e3779b97f4a7c15ULL | 1;
	load_corpus(&fuzz, argv[1]);
	run(&fuzz, strtol(argv[2], NULL, 10), argc > 4 ? strtoull(argv[4], NULL, 10) : 0);
	return 0;
}
