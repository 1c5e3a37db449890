/* User, group and supplementary groups: set by raw calls, then read back. */
#include "ops.h"

#include <sys/prctl.h>

/*
 * With CLONE_VM the flag belongs to the parent's memory too. The kernel clears it with the ids
 * unless
 * fs.suid_dumpable is 1; it has to be clear, or the new user could trace a process that shares
 * the parent's memory.
 */
static void clear_dumpable(const struct launch *launch)
{
	if (launch->shares_memory)
		(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
}

/* Shell sort: there is no libc here. */
static void sort(uint32_t *values, size_t n)
{
	size_t gap, i, j;

	for (gap = n / 2; gap > 0; gap /= 2) {
		for (i = gap; i < n; i++) {
			uint32_t value = values[i];

			for (j = i; j >= gap && values[j - gap] > value; j -= gap)
				values[j] = values[j - gap];
			values[j] = value;
		}
	}
}

static int refuse_groups(struct launch *launch, long nr, const char *call, long error,
			 const uint32_t *groups, size_t n)
{
	struct text object = refusal_object(launch);
	const char *start;
	size_t i;

	text_add(&object, n == 0 ? "no groups" : "groups ");
	start = object.at;
	for (i = 0; i < n; i++) {
		text_add_list_item(&object, start, "");
		text_add_number(&object, groups[i]);
	}
	return refuse(launch, nr, call, error);
}

int op_GROUPS(struct launch *launch, struct args *args)
{
	uint32_t n = arg_count(args), i;
	uint32_t *asked = (uint32_t *)launch->arena, *actual = asked + n;
	long r;

	for (i = 0; i < n; i++)
		asked[i] = (uint32_t)arg_u64(args);
	r = sys2(SYS_setgroups, n, asked);
	if (r < 0)
		return refuse_groups(launch, SYS_setgroups, "setgroups", r, asked, n);
	r = sys2(SYS_getgroups, 0, 0);
	if (r == (long)n)
		r = sys2(SYS_getgroups, n, actual);
	if (r != (long)n)
		return refuse_groups(launch, -1, "getgroups", -EPERM, asked, n);
	sort(asked, n); /* the kernel sorts by its own ids, which may differ in a user namespace */
	sort(actual, n);
	for (i = 0; i < n; i++)
		if (asked[i] != actual[i])
			return refuse_groups(launch, -1, "getgroups", -EPERM, asked, n);
	return 0;
}

int op_GID(struct launch *launch, struct args *args)
{
	uint32_t gid = (uint32_t)arg_u64(args), now[3];
	long r = sys3(SYS_setresgid, gid, gid, gid);

	if (r < 0)
		return refuse_number(launch, SYS_setresgid, "setresgid", r, "gid", gid);
	clear_dumpable(launch);
	r = sys3(SYS_getresgid, &now[0], &now[1], &now[2]);
	if (r < 0 || now[0] != gid || now[1] != gid || now[2] != gid)
		return refuse_number(launch, -1, "getresgid", -EPERM, "gid", gid);
	return 0;
}

int op_UID(struct launch *launch, struct args *args)
{
	uint32_t uid = (uint32_t)arg_u64(args), now[3];
	long r = sys3(SYS_setresuid, uid, uid, uid);

	if (r < 0)
		return refuse_number(launch, SYS_setresuid, "setresuid", r, "uid", uid);
	clear_dumpable(launch);
	r = sys3(SYS_getresuid, &now[0], &now[1], &now[2]);
	if (r < 0 || now[0] != uid || now[1] != uid || now[2] != uid)
		return refuse_number(launch, -1, "getresuid", -EPERM, "uid", uid);
	/*
	 * Root must be out of reach now; with KEEPCAPS too, since only the permitted set outlives
	 * the change.
	 */
	if (uid != 0 && sys3(SYS_setresuid, 0, 0, 0) >= 0)
		return refuse_number(launch, -1, "setresuid", -EPERM, "uid", uid);
	return 0;
}
