#include "ops.h"
#include "terminal.h"
#include "plan.h"

#include <string.h>
#include <sys/stat.h>

enum {
	PLAN_VERSION = 1,
	OP_HEADER_BYTES = 12,
	SIG_MAX = 64, /* _NSIG of the kernel on both architectures */
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

int plan_read(int fd, bool require_seals, uint8_t *buf, size_t *ret_size)
{
	const int wanted = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	size_t size = 0;
	uint8_t beyond;
	long r;

	if (require_seals) {
		int seals = sys_fcntl(fd, F_GET_SEALS, 0);

		if (seals < 0)
			return seals;
		if ((seals & wanted) != wanted)
			return -EPERM;
	}
	while (size < PLAN_MAX_BYTES) {
		r = sys_pread(fd, buf + size, PLAN_MAX_BYTES - size, (long)size);
		if (r == -EINTR)
			continue;
		if (r < 0)
			return (int)r;
		if (r == 0)
			break;
		size += (size_t)r;
	}
	if (size == PLAN_MAX_BYTES && sys_pread(fd, &beyond, 1, PLAN_MAX_BYTES) > 0)
		return -EFBIG;
	*ret_size = size;
	return 0;
}

/* What is left of a region under check. */
struct reader {
	const uint8_t *at;
	size_t left;
};

static bool take_u32(struct reader *r, uint32_t *ret)
{
	if (r->left < 4)
		return false;
	*ret = le32(r->at);
	r->at += 4;
	r->left -= 4;
	return true;
}

static bool take_u64s(struct reader *r, uint64_t count)
{
	if (count > r->left / 8)
		return false;
	r->at += count * 8;
	r->left -= count * 8;
	return true;
}

static bool take_string(struct reader *r)
{
	uint32_t length;

	if (!take_u32(r, &length) || length >= r->left)
		return false;
	if (memchr(r->at, 0, length) || r->at[length] != 0)
		return false;
	r->at += length + 1;
	r->left -= length + 1;
	return true;
}

static bool take_argument(struct reader *r, char letter)
{
	uint32_t count;

	switch (letter) {
	case 'u':
	case 'i':
		return take_u64s(r, 1);
	case 's':
		return take_string(r);
	case 'w':
		return take_u32(r, &count) && take_u64s(r, count);
	case 'l':
		if (!take_u32(r, &count))
			return false;
		while (count-- > 0)
			if (!take_string(r))
				return false;
		return true;
	default:
		return false;
	}
}

/* Readers of arguments that were checked before. */

uint32_t arg_count(struct args *args)
{
	uint32_t value = le32(args->at);

	args->at += 4;
	return value;
}

uint64_t arg_u64(struct args *args)
{
	uint64_t value = le64(args->at);

	args->at += 8;
	return value;
}

const char *arg_string(struct args *args)
{
	uint32_t length = arg_count(args);
	const char *text = (const char *)args->at;

	args->at += (size_t)length + 1;
	return text;
}

static const char *op_signature(uint32_t code)
{
	switch (code) {
#define OP(code, name, signature, manual) \
	case code: \
		return signature;
#include "ops.def"
#undef OP
	default:
		return NULL;
	}
}

/* {target, source kind, value, expected type} for each descriptor, targets all different */
static const char *check_fds(const struct plan *plan, struct args args)
{
	uint32_t i, j, count = arg_count(&args);
	int targets[PLAN_MAX_TARGETS];

	if (count % 4 != 0 || count / 4 > PLAN_MAX_TARGETS)
		return "FDS is not a list of at most 256 quads";
	for (i = 0; i < count / 4; i++) {
		uint64_t target = arg_u64(&args), kind = arg_u64(&args);
		uint64_t value = arg_u64(&args), type = arg_u64(&args);

		if (target > PLAN_MAX_TARGET || value > INT32_MAX || type > INT32_MAX)
			return "FDS has a number that is no descriptor";
		if (kind > FDS_NULL || (kind == FDS_PASSED && value >= plan->n_fds))
			return "FDS names a source that does not exist";
		targets[i] = (int)target;
		for (j = 0; j < i; j++)
			if (targets[j] == targets[i])
				return "FDS has one target twice";
	}
	return NULL;
}

const char *plan_check_list(struct args args, uint32_t least, uint32_t most, uint64_t limit)
{
	uint32_t count = arg_count(&args);

	if (count < least || count > most)
		return "a list is too short or too long";
	while (count-- > 0)
		if (arg_u64(&args) > limit)
			return "a number is too large";
	return NULL;
}

static const char *check_seccomp(struct args args)
{
	uint64_t flags = arg_u64(&args);
	uint32_t instructions = arg_count(&args);

	if (flags & ~SECCOMP_QUIET)
		return "SECCOMP has unknown flags";
	return instructions == 0 || instructions > SECCOMP_MAX_INSTRUCTIONS
		       ? "SECCOMP has no instructions, or more than 4096" : NULL;
}

static const char *check_execve(struct args args)
{
	uint32_t candidates = arg_count(&args), i;

	for (i = 0; i < candidates; i++)
		(void)arg_string(&args);
	return candidates == 0 || arg_count(&args) == 0 ? "EXECVE without a program" : NULL;
}

static void skip_strings(struct args *args)
{
	uint32_t count = arg_count(args);

	while (count-- > 0)
		(void)arg_string(args);
}

static const char *check_namespaces(const struct plan *plan, struct args args)
{
	uint64_t flags = arg_u64(&args), deny = arg_u64(&args);
	uint64_t uid = arg_u64(&args), gid = arg_u64(&args);

	if (!(plan->flags & PLAN_STAY))
		return "NAMESPACES needs the flag STAY";
	if (flags & ~(uint64_t)NAMESPACE_FLAGS)
		return "NAMESPACES has a flag that is no namespace, or one that is unshared later";
	if (deny > 1 || (uid != UINT64_MAX && uid >= UINT32_MAX) ||
	    (gid != UINT64_MAX && gid >= UINT32_MAX))
		return "a number is out of range";
	return NULL;
}

static bool is_one_namespace(uint64_t type)
{
	const uint64_t any = NAMESPACE_FLAGS | CLONE_NEWTIME | CLONE_NEWCGROUP;

	return (type & ~any) == 0 && type != 0 && (type & (type - 1)) == 0;
}

static const char *check_join_process(const struct plan *plan, struct args args)
{
	uint64_t passed = arg_u64(&args), types = arg_u64(&args);
	const uint64_t any = NAMESPACE_FLAGS | CLONE_NEWTIME | CLONE_NEWCGROUP;

	if (passed >= plan->n_fds)
		return "JOIN_PROCESS without a descriptor";
	return types == 0 || (types & ~any) ? "JOIN_PROCESS of no namespace" : NULL;
}

/* Lengths of lists, and attributes that the kernel would refuse with EINVAL only. */
static const char *check_mounts(uint32_t code, struct args args)
{
	uint64_t kind = code == OP_ROOT ? arg_u64(&args) : 0;

	(void)arg_string(&args);
	if (code == OP_JOIN)
		return is_one_namespace(arg_u64(&args)) ? NULL : "JOIN of no namespace";
	if (code == OP_BIND || code == OP_FILESYSTEM)
		(void)arg_string(&args);
	if (code != OP_BIND)
		skip_strings(&args);
	if (arg_u64(&args) & ~(uint64_t)(code == OP_BIND ? BIND_FLAGS : BIND_ATTRIBUTES))
		return "a mount has an unknown attribute";
	return kind > ROOT_OVERLAY ? "ROOT of an unknown kind" : NULL;
}

static const char *check_terminal(struct args args)
{
	uint64_t uid;

	if (arg_string(&args)[0] != '/')
		return "TERMINAL with a path that is not absolute";
	uid = arg_u64(&args);
	if (uid >= UINT32_MAX || arg_u64(&args) & ~(uint64_t)TERMINAL_FLAGS)
		return "a number is out of range";
	return NULL;
}

static const char *check_own_pid(struct args args)
{
	uint32_t count = arg_count(&args);

	if (count == 0 || count > OWN_VARIABLES)
		return "OWN_PID without a variable, or with more than 4";
	while (count-- > 0) {
		size_t length = strlen(arg_string(&args));

		if (length == 0 || length > OWN_NAME_BYTES)
			return "OWN_PID with a name that is too short or too long";
	}
	return NULL;
}

/* Values that the kernel would truncate, or that mean "no change", must not get that far. */
static const char *check_values(const struct plan *plan, uint32_t code, struct args args)
{
	struct args peek = args;
	uint64_t u = 0;

	switch (code) {
	case OP_FDS:
		return check_fds(plan, args);
	case OP_AFFINITY:
		return plan_check_list(args, 1, AFFINITY_MAX_CPUS, AFFINITY_MAX_CPUS - 1);
	case OP_GROUPS:
		return plan_check_list(args, 0, 65536, UINT32_MAX - 1);
	case OP_CGROUP_JOIN:
		if (plan->n_fds == 0)
			return "CGROUP_JOIN without a descriptor";
		return plan_check_list(args, 1, PLAN_MAX_FDS, plan->n_fds - 1);
	case OP_EXECVE:
		return check_execve(args);
	case OP_LANDLOCK:
		return check_landlock(args);
	case OP_SECCOMP:
		return check_seccomp(args);
	case OP_SIGNALS:
	case OP_SETSID:
	case OP_NO_NEW_PRIVS:
	case OP_CHDIR:
	case OP_TIME_OFFSETS:
	case OP_CGROUP_NAMESPACE:
	case OP_MKDIR:
	case OP_FILE:
	case OP_SYMLINK:
	case OP_MASK:
	case OP_READ_ONLY:
	case OP_PIVOT:
	case OP_VERIFY_MOUNTS:
	case OP_HOSTNAME:
	case OP_SYSCTL:
	case OP_LOOPBACK:
	case OP_INIT:
		return NULL;
	case OP_OWN_PID:
		return check_own_pid(args);
	case OP_TERMINAL:
		return check_terminal(args);
	case OP_NAMESPACES:
		return check_namespaces(plan, args);
	case OP_JOIN_PROCESS:
		return check_join_process(plan, args);
	case OP_JOIN:
	case OP_ROOT:
	case OP_BIND:
	case OP_FILESYSTEM:
		return check_mounts(code, args);
	case OP_SCHED_POLICY:
	case OP_IOPRIO:
	case OP_NUMA:
	case OP_TIMER_SLACK:
	case OP_THP:
	case OP_MDWE:
	case OP_CORE_SCHED:
	case OP_COREDUMP_FILTER:
	case OP_KEYRING:
	case OP_TSC:
		return plan_check_resource(plan, code, args);
	case OP_HOST_NETWORK:
	case OP_NETWORK:
		return plan_check_network(plan, code, args);
	default:
		u = arg_u64(&peek);
	}
	if (code == OP_OOM_SCORE_ADJ && !(plan->flags & PLAN_COPY))
		return "OOM_SCORE_ADJ needs the flag COPY";
	if ((code == OP_OOM_SCORE_ADJ && ((int64_t)u < -1000 || (int64_t)u > 1000)) ||
	    (code == OP_NICE && ((int64_t)u < -20 || (int64_t)u > 19)) ||
	    ((code == OP_UID || code == OP_GID) && u >= UINT32_MAX) ||
	    (code == OP_RLIMIT && u > 63) || (code == OP_KEEPCAPS && u > 1) ||
	    (code == OP_NOTIFY_SOCKET && u > PLAN_MAX_TARGET) ||
	    (code == OP_SECUREBITS && u > UINT32_MAX) || (code == OP_DEATH_SIGNAL && u > SIG_MAX) ||
	    (code == OP_UMASK && u > 0777))
		return "a number is out of range";
	return NULL;
}

/* One op at the reader; advances it. */
static const char *check_op(const struct plan *plan, struct reader *all, bool last)
{
	uint32_t code, origin, length;
	struct reader arguments;
	const char *letter;

	if (!take_u32(all, &code) || !take_u32(all, &origin) || !take_u32(all, &length))
		return "an op is cut off";
	letter = op_signature(code); /* the upper half must be zero, so it never matches then */
	if (!letter)
		return "an op is unknown";
	if (origin >= plan->n_origins && origin != UINT32_MAX)
		return "an op has an origin that does not exist";
	if (length > all->left)
		return "the arguments of an op are cut off";
	if (code == OP_NAMESPACES && all->at != plan->ops + OP_HEADER_BYTES)
		return "NAMESPACES must be the first op";
	if ((code == OP_EXECVE) != last)
		return "the last op must be EXECVE, and no other";
	arguments = (struct reader){ all->at, length };
	for (; *letter; letter++)
		if (!take_argument(&arguments, *letter))
			return "an argument is cut off or malformed";
	if (arguments.left != 0)
		return "an op has bytes left over";
	struct args args = { all->at };
	all->at += length;
	all->left -= length;
	return check_values(plan, code, args);
}

static const char *check_header(const uint8_t *bytes, size_t size, struct plan *plan)
{
	uint32_t ops_at, ops_size, origins_at, origins_size;

	if (size < 8 || memcmp(bytes, "OSTLPLAN", 8) != 0)
		return "it is no plan";
	if (size < PLAN_HEADER_BYTES)
		return "the header is cut off";
	if (le32(bytes + 8) != PLAN_VERSION)
		return "its version is not 1";
	if (size > PLAN_MAX_BYTES || le32(bytes + 12) != size)
		return "its length differs from the length in the header";
	ops_at = le32(bytes + 24);
	ops_size = le32(bytes + 28);
	origins_at = le32(bytes + 36);
	origins_size = le32(bytes + 40);
	if ((uint64_t)PLAN_HEADER_BYTES + ops_size + origins_size != size)
		return "its sections do not fill it";
	if (!(ops_at == PLAN_HEADER_BYTES && origins_at == PLAN_HEADER_BYTES + ops_size) &&
	    !(origins_at == PLAN_HEADER_BYTES && ops_at == PLAN_HEADER_BYTES + origins_size))
		return "its sections overlap or leave a gap";
	*plan = (struct plan){
		.bytes = bytes, .size = size, .flags = le32(bytes + 16), .n_ops = le32(bytes + 20),
		.ops = bytes + ops_at, .ops_size = ops_size, .n_origins = le32(bytes + 32),
		.origins = bytes + origins_at, .origins_size = origins_size,
		.n_fds = le32(bytes + 44), .deadline_ms = le32(bytes + 48),
		.death_signal = le32(bytes + 52),
	};
	if (plan->flags & ~(uint32_t)(PLAN_COPY | PLAN_STAY))
		return "it has an unknown flag";
	if ((plan->flags & PLAN_STAY) && !(plan->flags & PLAN_COPY))
		return "the flag STAY needs COPY";
	if (plan->n_ops < 1 || plan->n_ops > PLAN_MAX_OPS)
		return "it has no ops, or more than 4096";
	if (plan->n_fds > PLAN_MAX_FDS)
		return "it has more than 200 passed descriptors";
	if (plan->death_signal > SIG_MAX)
		return "its death signal does not exist";
	return le64(bytes + 56) == 0 ? NULL : "reserved bytes are not zero";
}

static const char *check_plan(const uint8_t *bytes, size_t size, struct plan *plan)
{
	const char *why = check_header(bytes, size, plan);
	struct reader reader;
	uint32_t i;

	if (why)
		return why;
	reader = (struct reader){ plan->origins, plan->origins_size };
	for (i = 0; i < plan->n_origins; i++)
		if (!take_string(&reader))
			return "an origin is cut off or malformed";
	if (reader.left != 0)
		return "bytes are left over after the origins";
	reader = (struct reader){ plan->ops, plan->ops_size };
	for (i = 0; i < plan->n_ops && !why; i++)
		why = check_op(plan, &reader, i + 1 == plan->n_ops);
	if (!why && reader.left != 0)
		why = "bytes are left over after the ops";
	return why;
}

int plan_decode(const uint8_t *bytes, size_t size, struct plan *ret, const char **ret_why)
{
	struct plan plan;
	const char *why = check_plan(bytes, size, &plan);

	*ret_why = why ? why : "";
	if (why)
		return -EBADMSG;
	*ret = plan;
	return 0;
}

const char *plan_origin(const struct plan *plan, uint32_t index)
{
	struct args args = { plan->origins };

	if (index >= plan->n_origins)
		return "";
	while (index-- > 0)
		(void)arg_string(&args);
	return arg_string(&args);
}

const uint8_t *plan_next_op(const uint8_t *at, struct plan_op *ret)
{
	ret->code = le32(at);
	ret->origin = le32(at + 4);
	ret->args.at = at + OP_HEADER_BYTES;
	return at + OP_HEADER_BYTES + le32(at + 8);
}

/* False when there is no such op. */
static bool plan_op_at(const struct plan *plan, uint32_t index, struct plan_op *ret)
{
	const uint8_t *at = plan->ops;

	if (index >= plan->n_ops)
		return false;
	do
		at = plan_next_op(at, ret);
	while (index-- > 0);
	return true;
}

uint32_t plan_op_origin(const struct plan *plan, uint32_t index)
{
	struct plan_op op;

	return plan_op_at(plan, index, &op) ? op.origin : UINT32_MAX;
}

const char *plan_refusal_origin(const struct plan *plan, uint32_t index, uint32_t sub)
{
	const char *of_rule = NULL;
	struct plan_op op;

	if (!plan_op_at(plan, index, &op))
		return "";
	if (op.code == OP_LANDLOCK)
		of_rule = landlock_rule_origin(op.args, sub);
	return of_rule ? of_rule : plan_origin(plan, op.origin);
}
