/* Resource limits, scheduling, CPUs, the OOM killer's order. */
#include "ops.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <string.h>

static const char *resource_name(uint64_t resource)
{
	static const char *const names[] = {
		"RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS",
		"RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS",
		"RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
	};

	return resource < sizeof(names) / sizeof(names[0]) ? names[resource] : "RLIMIT_?";
}

static void add_limit(struct text *text, uint64_t value)
{
	if (value == RLIM64_INFINITY)
		text_add(text, "unlimited");
	else
		text_add_number(text, value);
}

int op_RLIMIT(struct launch *launch, struct args *args)
{
	uint64_t resource = arg_u64(args), soft = arg_u64(args), hard = arg_u64(args);
	struct rlimit64 limit = { soft, hard };
	long r = sys4(SYS_prlimit64, 0, resource, &limit, 0);
	struct text object;

	if (r >= 0) {
		launch->sets_nofile &= resource != RLIMIT_NOFILE;
		return 0;
	}
	object = refusal_object(launch);
	text_add(&object, resource_name(resource));
	text_add(&object, " ");
	add_limit(&object, soft);
	text_add(&object, ":");
	add_limit(&object, hard);
	return refuse(launch, SYS_prlimit64, "prlimit", r);
}

int op_NICE(struct launch *launch, struct args *args)
{
	int64_t nice = (int64_t)arg_u64(args);
	long r = sys3(SYS_setpriority, PRIO_PROCESS, 0, nice);
	struct text object;

	if (r >= 0)
		return 0;
	object = refusal_object(launch);
	text_add(&object, "nice ");
	text_add_signed(&object, nice);
	return refuse(launch, SYS_setpriority, "setpriority", r);
}

int write_own_proc(struct launch *launch, const char *path, const char *what, int64_t number)
{
	char value[24];
	struct text text = { value, sizeof(value) - 1 };
	struct text object;
	long r;
	int fd;

	/*
	 * The copy of a non-dumpable keeper's memory is non-dumpable too, and its /proc belongs to
	 * root. Only this child's own memory is meant: the op needs COPY.
	 */
	(void)sys_prctl(PR_SET_DUMPABLE, 1, 0);
	fd = sys_openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
	(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
	if (fd < 0)
		return refuse_named(launch, SYS_openat, "openat", fd, path);
	text_add_signed(&text, number);
	r = sys_write(fd, value, (size_t)(text.at - value));
	(void)sys_close(fd);
	if (r >= 0)
		return 0;
	object = refusal_object(launch);
	text_add(&object, what);
	text_add(&object, " ");
	text_add(&object, value);
	return refuse(launch, SYS_write, "write", r);
}

int op_OOM_SCORE_ADJ(struct launch *launch, struct args *args)
{
	return write_own_proc(launch, "/proc/self/oom_score_adj", "oom_score_adj",
			      (int64_t)arg_u64(args));
}

struct cpu_mask {
	uint64_t words[AFFINITY_MAX_CPUS / 64];
};

static bool has_cpu(const struct cpu_mask *mask, uint64_t cpu)
{
	return mask->words[cpu / 64] >> cpu % 64 & 1;
}

/* The asked CPUs that are not in lacking_from (NULL: all of them), as "0,2,7". */
static bool list_cpus(struct launch *launch, const struct cpu_mask *asked,
		      const struct cpu_mask *lacking_from)
{
	struct text object = refusal_object(launch);
	const char *start = object.at;
	uint64_t cpu;

	for (cpu = 0; cpu < AFFINITY_MAX_CPUS; cpu++) {
		if (!has_cpu(asked, cpu) || (lacking_from && has_cpu(lacking_from, cpu)))
			continue;
		text_add_list_item(&object, start, "");
		text_add_number(&object, cpu);
	}
	return object.at != start;
}

int op_AFFINITY(struct launch *launch, struct args *args)
{
	struct cpu_mask asked = { 0 }, actual = { 0 };
	uint32_t count = arg_count(args);
	uint32_t cpu, node;
	long r;

	while (count-- > 0) {
		uint64_t wanted = arg_u64(args);

		asked.words[wanted / 64] |= 1ULL << wanted % 64;
	}
	r = sys3(SYS_sched_setaffinity, 0, sizeof(asked), &asked);
	if (r < 0) {
		(void)list_cpus(launch, &asked, NULL);
		return refuse(launch, SYS_sched_setaffinity, "sched_setaffinity", r);
	}
	/* The kernel drops CPUs that do not exist or that the cpuset forbids, and says nothing. */
	r = sys3(SYS_sched_getaffinity, 0, sizeof(actual), &actual);
	if (r < 0)
		return refuse_named(launch, SYS_sched_getaffinity, "sched_getaffinity", r, "");
	if (list_cpus(launch, &asked, &actual))
		return refuse(launch, -1, "sched_setaffinity", -EINVAL);
	r = sys3(SYS_getcpu, &cpu, &node, 0);
	if (r < 0)
		return refuse_named(launch, SYS_getcpu, "getcpu", r, "");
	/* setaffinity has moved us already */
	if (cpu >= AFFINITY_MAX_CPUS || !has_cpu(&asked, cpu))
		return refuse_number(launch, -1, "getcpu", -EINVAL, "cpu", cpu);
	launch->cpu = cpu;
	launch->node = node;
	return 0;
}

/*
 * Descriptors of cgroup.procs files, by their place among those passed: the right to write was
 * judged when they were opened. "0" is the process that writes (cgroups(7)).
 */
int op_CGROUP_JOIN(struct launch *launch, struct args *args)
{
	uint32_t count = arg_count(args);
	uint64_t passed;
	long r;

	while (count-- > 0) {
		passed = arg_u64(args);
		r = sys_write(launch->fds[passed], "0", 1);
		if (r < 0)
			return refuse_number(launch, SYS_write, "cgroup.procs", r, "passed descriptor",
					     passed);
	}
	return 0;
}
