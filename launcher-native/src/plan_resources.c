/* Checks the ops that say how processor, disk and memory are shared. */
#include "ops.h"

#include <linux/mempolicy.h>

/* policy, priority, reset on fork, and for SCHED_DEADLINE three times in ns */
static const char *check_sched_policy(struct args args)
{
	uint64_t policy = arg_u64(&args), priority = arg_u64(&args), reset = arg_u64(&args);
	uint64_t runtime = arg_u64(&args), deadline = arg_u64(&args), period = arg_u64(&args);
	bool real_time = policy == SCHED_FIFO || policy == SCHED_RR;

	if (policy > SCHED_DEADLINE || policy == 4)
		return "SCHED_POLICY has an unknown policy";
	if (reset > 1 || (real_time ? priority < 1 || priority > 99 : priority != 0))
		return "a number is out of range";
	if (policy == SCHED_DEADLINE ? runtime == 0 || runtime > deadline || deadline > period ||
					       period > INT64_MAX
				     : (runtime | deadline | period) != 0)
		return "SCHED_POLICY has times that make no deadline";
	return NULL;
}

static const char *check_numa(struct args args)
{
	uint64_t mode = arg_u64(&args);
	bool has_nodes = mode == MPOL_BIND || mode == MPOL_PREFERRED || mode == MPOL_INTERLEAVE;

	if (mode > MPOL_LOCAL)
		return "NUMA has an unknown policy";
	return plan_check_list(args, has_nodes ? 1 : 0, has_nodes ? NUMA_MAX_NODES : 0,
			       NUMA_MAX_NODES - 1);
}

/* What belongs to the memory would be changed for the keeper too in a clone that shares it. */
const char *plan_check_resource(const struct plan *plan, uint32_t code, struct args args)
{
	bool copy = plan->flags & PLAN_COPY;
	bool in_range;

	switch (code) {
	case OP_SCHED_POLICY:
		return check_sched_policy(args);
	case OP_NUMA:
		return check_numa(args);
	case OP_MDWE:
		return copy ? NULL : "MDWE needs the flag COPY";
	case OP_IOPRIO:
		in_range = arg_u64(&args) - 1 < 3 && arg_u64(&args) < 8;
		break;
	case OP_TIMER_SLACK:
		in_range = arg_u64(&args) - 1 < INT64_MAX;
		break;
	case OP_THP:
		if (!copy)
			return "THP needs the flag COPY";
		in_range = arg_u64(&args) <= 1;
		break;
	case OP_COREDUMP_FILTER:
		if (!copy)
			return "COREDUMP_FILTER needs the flag COPY";
		in_range = arg_u64(&args) <= COREDUMP_FILTER_BITS;
		break;
	default: /* CORE_SCHED, KEYRING, TSC: no arguments */
		return NULL;
	}
	return in_range ? NULL : "a number is out of range";
}
