/* Paths in the root under construction. */
#include "root.h"
#include "mounts.h"

#include <linux/mount.h>
#include <linux/openat2.h>
#include <string.h>

enum { PATH_BYTES = 4096, PARENT_MODE = 0755, MOST_TRIES = 1000 };

/*
 * EAGAIN: there was a ".." on the way, and somebody on this machine renamed or mounted something at
 * that moment, so that the kernel cannot promise that the root was not left (openat2(2)).
 */
static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int tries, fd = -EAGAIN;

	for (tries = 0; fd == -EAGAIN && tries < MOST_TRIES; tries++)
		fd = (int)sys4(SYS_openat2, root, path, &how, sizeof(how));
	return fd;
}

int root_open(struct launch *launch, const char *path, int flags)
{
	return open_below(launch->root_fd, path, flags);
}

int host_open(struct launch *launch, const char *path, int flags)
{
	return open_below(launch->host_fd, path, flags);
}

bool root_may_write(struct launch *launch, int fd)
{
	struct mount_identity mount;
	uint32_t i;

	if (!launch->root_is_host)
		return true;
	if (mount_identify(fd, &mount) < 0)
		return false;
	for (i = 0; i < launch->n_mounts; i++)
		if (launch->mounts[i].type && launch->mounts[i].device == mount.device)
			return true;
	return false;
}

/* The directory that is to hold the last component, which *ret_name points to. */
static int open_parent(struct launch *launch, char *path, const char **ret_name)
{
	char *slash = strrchr(path, '/');
	int fd;

	*ret_name = slash ? slash + 1 : path;
	if (!slash || slash == path)
		return open_below(launch->root_fd, "/", O_PATH | O_DIRECTORY);
	*slash = 0;
	fd = open_below(launch->root_fd, path, O_PATH | O_DIRECTORY);
	*slash = '/';
	return fd;
}

static long make_last(int parent, const char *name, bool directory, uint64_t mode)
{
	long r;

	if (directory)
		return sys3(SYS_mkdirat, parent, name, mode);
	r = sys4(SYS_openat, parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		 mode);
	if (r >= 0)
		(void)sys_close((int)r);
	return r;
}

/* One component at a time, each parent resolved anew inside of the root. */
static long make_one(struct launch *launch, char *path, bool directory, uint64_t mode)
{
	const char *name;
	int parent;
	long r = open_below(launch->root_fd, path, O_PATH);

	if (r >= 0) {
		(void)sys_close((int)r);
		return 0;
	}
	if (r != -ENOENT)
		return r;
	parent = open_parent(launch, path, &name);
	if (parent < 0)
		return parent;
	r = root_may_write(launch, parent) ? make_last(parent, name, directory, mode) : -EROFS;
	(void)sys_close(parent);
	return r == -EEXIST ? 0 : r;
}

int root_make(struct launch *launch, const char *path, bool directory, uint64_t mode)
{
	char copy[PATH_BYTES];
	size_t i, n = strlen(path);
	long r = 0;

	if (n >= sizeof(copy))
		return refuse_named(launch, SYS_mkdirat, "mkdir", -ENAMETOOLONG, path);
	memcpy(copy, path, n + 1);
	for (i = 1; i < n && r >= 0; i++) {
		if (copy[i] != '/')
			continue;
		copy[i] = 0;
		r = make_one(launch, copy, true, PARENT_MODE);
		copy[i] = '/';
	}
	if (r >= 0 && n > 1)
		r = make_one(launch, copy, directory, mode);
	return r < 0 ? refuse_named(launch, directory ? SYS_mkdirat : SYS_openat,
				    directory ? "mkdir" : "creat", r, path)
		     : 0;
}

int root_attach(struct launch *launch, int mount, const char *path)
{
	int to = root_open(launch, path, O_PATH);
	long r;

	if (to < 0) {
		(void)sys_close(mount);
		return refuse_named(launch, SYS_openat2, "open", to, path);
	}
	r = sys5(SYS_move_mount, mount, "", to, "",
		 MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	(void)sys_close(to);
	if (r >= 0 && strcmp(path, "/") == 0) {
		/* a path from a descriptor begins below what is mounted there later */
		to = launch->root_fd;
		launch->root_fd = mount;
		mount = to;
		mounts_only_last(launch);
	}
	(void)sys_close(mount);
	return r < 0 ? refuse_named(launch, SYS_move_mount, "mount", r, path) : 0;
}
