#include "mounts.h"

#ifdef OSTLER_FAULTS
#include "faults.h"
#else
#define fault_before(launch) 0
#define fault_after(launch) 0
#endif

static int run_op(struct launch *launch, uint32_t code, struct args *args)
{
	switch (code) {
#define OP(code, name, signature, manual) \
	case code: \
		return op_##name(launch, args);
#include "ops.def"
#undef OP
	default:
		return refuse_number(launch, -1, "plan", -EBADMSG, "op", code);
	}
}

/* only: of this code alone, or 0 */
static int run_ops(struct launch *launch, uint32_t only)
{
	const uint8_t *at = launch->plan.ops;
	struct plan_op op;
	uint32_t i;
	int r = 0;

	for (i = 0; i < launch->plan.n_ops && r >= 0; i++) {
		at = plan_next_op(at, &op);
		if (only != 0 && op.code != only)
			continue;
		launch->refusal.op = i;
		r = fault_before(launch);
		if (r >= 0)
			r = run_op(launch, op.code, &op.args);
		if (r >= 0)
			r = fault_after(launch);
	}
	return r;
}

int launch_run(struct launch *launch)
{
	return run_ops(launch, 0);
}

int launch_run_for_child(struct launch *launch, pid_t child)
{
	launch->child = child;
	return run_ops(launch, OP_HOST_NETWORK);
}

bool plan_has_op(const struct plan *plan, uint32_t code)
{
	const uint8_t *at = plan->ops;
	struct plan_op op;
	uint32_t i;

	for (i = 0; i < plan->n_ops; i++) {
		at = plan_next_op(at, &op);
		if (op.code == code)
			return true;
	}
	return false;
}

/* One for each op that may make a mount. */
static size_t mounts_bytes(const struct plan *plan)
{
	const uint8_t *at = plan->ops;
	struct plan_op op;
	uint32_t i;
	size_t n = 0;

	for (i = 0; i < plan->n_ops; i++) {
		at = plan_next_op(at, &op);
		n += op.code == OP_ROOT || op.code == OP_BIND || op.code == OP_FILESYSTEM ||
		     op.code == OP_MASK || op.code == OP_READ_ONLY;
	}
	return n * sizeof(struct made_mount);
}

void launch_use_memory(struct launch *launch, void *memory)
{
	launch->mounts = memory;
	launch->arena = (uint8_t *)memory + mounts_bytes(&launch->plan);
}

size_t launch_memory_bytes(const struct plan *plan, size_t n_extra_argv)
{
	size_t pointers = n_extra_argv, groups = 0;
	const uint8_t *at = plan->ops;
	struct plan_op op;
	uint32_t i, j, list;

	for (i = 0; i < plan->n_ops; i++) {
		at = plan_next_op(at, &op);
		if (op.code == OP_GROUPS) {
			list = arg_count(&op.args);
			groups = list > groups ? list : groups;
		}
	}
	/* op is EXECVE now, always the last one */
	for (list = 0; list < 3; list++) {
		uint32_t count = arg_count(&op.args);

		pointers += (size_t)count + 1;
		for (j = 0; j < count; j++)
			(void)arg_string(&op.args);
	}
	return mounts_bytes(plan) + pointers * sizeof(char *) + 2 * groups * sizeof(uint32_t);
}
