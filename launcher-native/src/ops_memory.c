/* Memory: where it comes from, how it may be used, what of it is dumped. */
#include "ops.h"

#include <linux/mempolicy.h>
#include <sys/prctl.h>

/* Younger than the headers of some distributions. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

struct node_mask {
	uint64_t words[NUMA_MAX_NODES / 64];
};

static bool has_node(const struct node_mask *mask, uint64_t node)
{
	return mask->words[node / 64] >> node % 64 & 1;
}

/* {policy, nodes}: the asked nodes that are not in lacking_from (NULL: all of them). */
static bool list_nodes(struct launch *launch, uint64_t mode, const struct node_mask *asked,
		       const struct node_mask *lacking_from)
{
	static const char *const names[] = { "default", "preferred", "bind", "interleave",
					     "local" };
	struct text object = refusal_object(launch);
	const char *start;
	uint64_t node;

	text_add(&object, names[mode]);
	text_add(&object, " ");
	start = object.at;
	for (node = 0; node < NUMA_MAX_NODES; node++) {
		if (!has_node(asked, node) || (lacking_from && has_node(lacking_from, node)))
			continue;
		text_add_list_item(&object, start, "");
		text_add_number(&object, node);
	}
	return object.at != start;
}

int op_NUMA(struct launch *launch, struct args *args)
{
	uint64_t mode = arg_u64(args);
	uint32_t count = arg_count(args), i;
	struct node_mask asked = { 0 }, actual = { 0 };
	const long bits = NUMA_MAX_NODES + 1; /* the kernel takes one less than it is told */
	int actual_mode;
	long r;

	for (i = 0; i < count; i++) {
		uint64_t node = arg_u64(args);

		asked.words[node / 64] |= 1ULL << node % 64;
	}
	r = sys3(SYS_set_mempolicy, mode, count > 0 ? &asked : NULL, count > 0 ? bits : 0);
	if (r < 0) {
		(void)list_nodes(launch, mode, &asked, NULL);
		return refuse(launch, SYS_set_mempolicy, "set_mempolicy", r);
	}
	if (count == 0)
		return 0;
	/* The kernel drops nodes that do not exist or that the cpuset forbids, and says nothing. */
	r = sys5(SYS_get_mempolicy, &actual_mode, &actual, bits, 0, 0);
	if (r < 0)
		return refuse_named(launch, SYS_get_mempolicy, "get_mempolicy", r, "");
	if (list_nodes(launch, mode, &asked, &actual))
		return refuse(launch, -1, "set_mempolicy", -EINVAL);
	return 0;
}

int op_THP(struct launch *launch, struct args *args)
{
	uint64_t disable = arg_u64(args);
	int r = sys_prctl(PR_SET_THP_DISABLE, disable, 0);

	if (r < 0)
		return refuse_number(launch, SYS_prctl, "PR_SET_THP_DISABLE", r, "disable",
				     disable);
	if ((uint64_t)sys_prctl(PR_GET_THP_DISABLE, 0, 0) != disable)
		return refuse_number(launch, -1, "PR_SET_THP_DISABLE", -EINVAL, "disable", disable);
	return 0;
}

int op_MDWE(struct launch *launch, struct args *args)
{
	int r = sys_prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0);

	(void)args;
	if (r < 0)
		return refuse_named(launch, SYS_prctl, "PR_SET_MDWE", r, "");
	r = sys_prctl(PR_GET_MDWE, 0, 0);
	if (r < 0 || !(r & PR_MDWE_REFUSE_EXEC_GAIN))
		return refuse_named(launch, -1, "PR_SET_MDWE", -EPERM, "");
	return 0;
}

int op_COREDUMP_FILTER(struct launch *launch, struct args *args)
{
	return write_own_proc(launch, "/proc/self/coredump_filter", "coredump_filter",
			      (int64_t)arg_u64(args));
}
