/* How the processor and the disk are shared: policy, I/O priority, timers, cores, the TSC. */
#include "ops.h"

#include <linux/ioprio.h>
#include <linux/sched/types.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Younger than the headers of some distributions. */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_CREATE 1
#endif

enum {
	PIDTYPE_PID = 0, /* of PR_SCHED_CORE: this thread */
	NICE_ZERO = 20, /* getpriority(2), C library/kernel differences: the call gives 20 - nice */
};

static const char *policy_name(uint64_t policy)
{
	static const char *const names[] = { "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH",
					     "SCHED_?",	    "SCHED_IDLE", "SCHED_DEADLINE" };

	return policy < sizeof(names) / sizeof(names[0]) ? names[policy] : "SCHED_?";
}

static int refuse_policy(struct launch *launch, long nr, const char *call, long error,
			 const struct sched_attr *asked)
{
	struct text object = refusal_object(launch);

	text_add(&object, policy_name(asked->sched_policy));
	if (asked->sched_priority > 0) {
		text_add(&object, " ");
		text_add_number(&object, asked->sched_priority);
	}
	if (asked->sched_runtime > 0) {
		text_add(&object, " ");
		text_add_number(&object, asked->sched_runtime);
		text_add(&object, "/");
		text_add_number(&object, asked->sched_deadline);
		text_add(&object, "/");
		text_add_number(&object, asked->sched_period);
		text_add(&object, " ns");
	}
	return refuse(launch, nr, call, error);
}

int op_SCHED_POLICY(struct launch *launch, struct args *args)
{
	struct sched_attr asked = { .size = SCHED_ATTR_SIZE_VER0 }, actual = { 0 };
	long r;

	asked.sched_policy = (uint32_t)arg_u64(args);
	asked.sched_priority = (uint32_t)arg_u64(args);
	asked.sched_flags = arg_u64(args) ? SCHED_FLAG_RESET_ON_FORK : 0;
	asked.sched_runtime = arg_u64(args);
	asked.sched_deadline = arg_u64(args);
	asked.sched_period = arg_u64(args);
	/* the call sets nice too, and a lower one than now would need a right */
	r = sys2(SYS_getpriority, PRIO_PROCESS, 0);
	if (r < 0)
		return refuse_named(launch, SYS_getpriority, "getpriority", r, "");
	asked.sched_nice = (int32_t)(NICE_ZERO - r);
	r = sys3(SYS_sched_setattr, 0, &asked, 0);
	if (r < 0)
		return refuse_policy(launch, SYS_sched_setattr, "sched_setattr", r, &asked);
	r = sys4(SYS_sched_getattr, 0, &actual, SCHED_ATTR_SIZE_VER0, 0);
	if (r < 0)
		return refuse_named(launch, SYS_sched_getattr, "sched_getattr", r, "");
	if (actual.sched_policy != asked.sched_policy ||
	    actual.sched_priority != asked.sched_priority ||
	    (actual.sched_flags & SCHED_FLAG_RESET_ON_FORK) != asked.sched_flags)
		return refuse_policy(launch, -1, "sched_setattr", -EINVAL, &asked);
	return 0;
}

int op_IOPRIO(struct launch *launch, struct args *args)
{
	static const char *const names[] = { "none", "realtime", "best-effort", "idle" };
	uint64_t class = arg_u64(args), level = arg_u64(args);
	uint64_t priority = IOPRIO_PRIO_VALUE(class, level);
	long r = sys3(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority);

	if (r < 0)
		return refuse_number(launch, SYS_ioprio_set, "ioprio_set", r, names[class & 3],
				     level);
	r = sys2(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
	if (r < 0)
		return refuse_named(launch, SYS_ioprio_get, "ioprio_get", r, "");
	if ((uint64_t)r != priority)
		return refuse_number(launch, -1, "ioprio_set", -EINVAL, names[class & 3], level);
	return 0;
}

int op_TIMER_SLACK(struct launch *launch, struct args *args)
{
	uint64_t nanos = arg_u64(args);
	long r = sys_prctl(PR_SET_TIMERSLACK, nanos, 0);

	if (r < 0)
		return refuse_number(launch, SYS_prctl, "PR_SET_TIMERSLACK", r, "ns", nanos);
	r = sys5(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0); /* longer than an int */
	if (r < 0 || (uint64_t)r != nanos)
		return refuse_number(launch, -1, "PR_SET_TIMERSLACK", -EINVAL, "ns", nanos);
	return 0;
}

int op_CORE_SCHED(struct launch *launch, struct args *args)
{
	long r = sys5(SYS_prctl, PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, PIDTYPE_PID, 0);

	(void)args;
	return r < 0 ? refuse_named(launch, SYS_prctl, "PR_SCHED_CORE", r, "create") : 0;
}

int op_TSC(struct launch *launch, struct args *args)
{
	int mode = 0;
	int r = sys_prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0);

	(void)args;
	if (r < 0)
		return refuse_named(launch, SYS_prctl, "PR_SET_TSC", r, "");
	r = sys_prctl(PR_GET_TSC, (unsigned long)(uintptr_t)&mode, 0);
	if (r < 0 || mode != PR_TSC_SIGSEGV)
		return refuse_named(launch, -1, "PR_SET_TSC", -EINVAL, "");
	return 0;
}
