/* The tree of mounts, read back from the kernel and compared with what this launch has made. */
#include "mounts.h"

#include <linux/mount.h>
#include <linux/stat.h>
#include <string.h>

int mount_identify(int fd, struct mount_identity *ret)
{
	struct statx status;
	long r = sys5(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status);

	if (r < 0)
		return (int)r;
	*ret = (struct mount_identity){
		(uint32_t)status.stx_mnt_id,
		(uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor,
	};
	return status.stx_mask & STATX_MNT_ID ? 0 : -EOPNOTSUPP; /* before Linux 5.8 */
}

int mounts_note(struct launch *launch, int mount, const char *type, const char *target,
		uint64_t flags)
{
	struct mount_identity identity;
	int r = mount_identify(mount, &identity);

	if (r < 0)
		return refuse_named(launch, SYS_statx, "statx", r, target);
	launch->mounts[launch->n_mounts++] = (struct made_mount){
		.id = identity.id, .op = launch->refusal.op, .flags = flags,
		.device = identity.device, .type = type, .target = target,
	};
	return 0;
}

void mounts_only_last(struct launch *launch)
{
	launch->mounts[0] = launch->mounts[launch->n_mounts - 1];
	launch->n_mounts = 1;
}

struct made_mount *mounts_made(struct launch *launch, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < launch->n_mounts; i++)
		if (launch->mounts[i].id == id)
			return &launch->mounts[i];
	return NULL;
}

/* What the kernel tells differs: the origin is that of the op that made the mount. */
static int differs(struct launch *launch, const struct made_mount *made, const char *what,
		   const char *path)
{
	if (made)
		launch->refusal.op = made->op;
	return refuse_named(launch, -1, what, -EPERM, path);
}

static int compare(struct launch *launch, const struct made_mount *made,
		   const struct seen_mount *seen, const char *path)
{
	uint64_t wanted = made->flags & BIND_ATTRIBUTES;

	launch->refusal.detail1 = seen->attributes;
	launch->refusal.detail2 = wanted;
	if ((seen->attributes & wanted) != wanted)
		return differs(launch, made, "mount attributes", path);
	return 0;
}

/* Not one that we have made ourselves: it must have come with one that we have. */
static int check_other(struct launch *launch, const struct mount_list *list,
		       const struct seen_mount *seen)
{
	struct seen_mount at = *seen, parent;
	const struct made_mount *made = NULL;
	int r = 1;

	while (r > 0 && !(made = mounts_made(launch, at.parent)) && at.parent != at.id) {
		r = mount_list_parent(list, &at, &parent);
		at = parent;
	}
	if (r < 0)
		return refuse_named(launch, -1, "statmount", r, seen->point);
	if (!made || !(made->flags & BIND_RECURSIVE))
		return differs(launch, NULL, "unexpected mount", seen->point);
	return compare(launch, made, seen, seen->point);
}

static int check_seen(struct launch *launch, const struct mount_list *list,
		      const struct seen_mount *seen)
{
	struct made_mount *made = mounts_made(launch, seen->id);

	if (!made)
		return check_other(launch, list, seen);
	made->seen = true;
	if (made->type && strcmp(made->type, seen->type) != 0)
		return differs(launch, made, "mount type", made->target);
	return compare(launch, made, seen, made->target);
}

static int check_all(struct launch *launch, int mountinfo)
{
	struct mount_list list;
	struct seen_mount seen;
	uint32_t i;
	int r;

	mount_list_start(&list, mountinfo);
	while ((r = mount_list_next(&list, &seen)) > 0) {
		r = check_seen(launch, &list, &seen);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return refuse_named(launch, -1, mountinfo < 0 ? "listmount" : "read", r,
				    mountinfo < 0 ? "/" : "mountinfo");
	for (i = 0; i < launch->n_mounts; i++)
		if (!launch->mounts[i].seen)
			return differs(launch, &launch->mounts[i], "missing mount",
				       launch->mounts[i].target);
	return 0;
}

/*
 * After PIVOT. Every mount of this launch is there, with its attributes and type; every other one
 * came with a recursive copy, and has the attributes of that; so nothing of the host is left.
 */
int op_VERIFY_MOUNTS(struct launch *launch, struct args *args)
{
	int mountinfo = -1, r;

	(void)args;
	if (launch->proc_fd >= 0) {
		mountinfo = sys_openat(launch->proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC);
		(void)sys_close(launch->proc_fd);
		launch->proc_fd = -1;
		if (mountinfo < 0)
			return refuse_named(launch, SYS_openat, "openat", mountinfo,
					    "/proc/self/mountinfo");
	}
	r = check_all(launch, mountinfo);
	if (mountinfo >= 0)
		(void)sys_close(mountinfo);
	return r;
}
