/*
 * The tree of mounts: built beside the host's by descriptors, then pivoted into. Between ROOT and
 * PIVOT this process has a small tmpfs as its root: the host's at /host, the new one at /new.
 */
#include "mounts.h"
#include "root.h"

#include <linux/mount.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { PROC_SUPER_MAGIC = 0x9fa0 };

static const char base_host[] = "host", base_new[] = "new", base_empty[] = "empty";

static long set_attributes(int fd, const char *path, uint64_t set, uint64_t propagation,
			   unsigned flags)
{
	struct mount_attr attributes = { .attr_set = set, .propagation = propagation };

	return sys5(SYS_mount_setattr, fd, path, flags, &attributes, sizeof(attributes));
}

int root_filesystem(struct launch *launch, const char *type, struct args *options,
		    uint64_t attributes)
{
	int context = (int)sys2(SYS_fsopen, type, FSOPEN_CLOEXEC), mount;
	uint32_t count = arg_count(options);
	long r = context < 0 ? context : 0;

	if (context < 0)
		return refuse_named(launch, SYS_fsopen, "fsopen", context, type);
	while (count-- > 0) {
		const char *option = arg_string(options);
		const char *value = strchr(option, '=');
		char key[64];

		if (value && (size_t)(value - option) < sizeof(key)) {
			memcpy(key, option, (size_t)(value - option));
			key[value - option] = 0;
			r = sys5(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value + 1, 0);
		} else {
			r = sys5(SYS_fsconfig, context, FSCONFIG_SET_FLAG, option, 0, 0);
		}
		if (r < 0) {
			(void)sys_close(context);
			return refuse_named(launch, SYS_fsconfig, "fsconfig", r, option);
		}
	}
	r = sys5(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
	if (r < 0) {
		(void)sys_close(context);
		return refuse_named(launch, SYS_fsconfig, "mount", r, type);
	}
	mount = (int)sys3(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
	(void)sys_close(context);
	return mount < 0 ? refuse_named(launch, SYS_fsmount, "fsmount", mount, type) : mount;
}

/* A detached copy of the mount tree at an O_PATH descriptor, which it closes. */
static int copy_tree(struct launch *launch, int from, const char *name, uint64_t attributes,
		     bool recursive)
{
	unsigned how = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
	int tree = (int)sys3(SYS_open_tree, from, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | how);
	long r;

	(void)sys_close(from);
	if (tree < 0)
		return refuse_named(launch, SYS_open_tree, "open_tree", tree, name);
	r = attributes ? set_attributes(tree, "", attributes, 0, how) : 0;
	if (r >= 0)
		return tree;
	(void)sys_close(tree);
	return refuse_named(launch, SYS_mount_setattr, "mount_setattr", r, name);
}

/* A recursive copy of a tree of the host; before the base is on top of it. */
static int copy_root(struct launch *launch, const char *source, uint64_t attributes)
{
	int from = sys_openat(AT_FDCWD, source, O_PATH | O_DIRECTORY | O_CLOEXEC);

	launch->root_is_host = strcmp(source, "/") == 0;
	if (from < 0)
		return refuse_named(launch, SYS_openat, "open", from, source);
	return copy_tree(launch, from, source, attributes, true);
}

/* A tmpfs of ours becomes the root, the old root is at /host in it. */
static int enter_base(struct launch *launch)
{
	static const uint8_t no_options[4];
	struct args none = { no_options };
	int base = root_filesystem(launch, "tmpfs", &none, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	long r;

	if (base < 0)
		return base;
	r = sys5(SYS_move_mount, base, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
	if (r >= 0)
		r = sys3(SYS_mkdirat, base, base_host, 0700);
	if (r >= 0)
		r = sys3(SYS_mkdirat, base, base_new, 0755);
	if (r >= 0)
		r = sys3(SYS_mkdirat, base, base_empty, 0555);
	if (r >= 0)
		r = sys1(SYS_fchdir, base);
	if (r >= 0)
		r = sys2(SYS_pivot_root, ".", base_host);
	if (r >= 0)
		r = sys1(SYS_chdir, "/");
	(void)sys_close(base);
	return r < 0 ? refuse_named(launch, SYS_pivot_root, "pivot_root", r, "/") : 0;
}

int op_ROOT(struct launch *launch, struct args *args)
{
	uint64_t kind = arg_u64(args), attributes;
	const char *source = arg_string(args);
	struct args options = *args;
	uint32_t count = arg_count(args);
	long r = set_attributes(AT_FDCWD, "/", 0, MS_PRIVATE, AT_RECURSIVE);
	int root = -1;

	if (r < 0)
		return refuse_named(launch, SYS_mount_setattr, "mount_setattr", r, "/");
	while (count-- > 0)
		(void)arg_string(args);
	attributes = arg_u64(args);
	if (kind == ROOT_COPY) {
		root = copy_root(launch, source, attributes);
		if (root < 0)
			return root;
	}
	(void)sys1(SYS_umask, 0); /* modes are given in full; UMASK comes later */
	r = enter_base(launch);
	if (r < 0)
		return (int)r;
	launch->host_fd = sys_openat(AT_FDCWD, base_host, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (launch->host_fd < 0)
		return refuse_named(launch, SYS_openat, "open", launch->host_fd, "/");
	if (kind != ROOT_COPY)
		root = kind == ROOT_NEW ? root_filesystem(launch, source, &options, attributes)
					: root_overlay(launch, &options, attributes);
	if (root < 0)
		return root;
	r = sys5(SYS_move_mount, root, "", AT_FDCWD, base_new, MOVE_MOUNT_F_EMPTY_PATH);
	if (r < 0)
		return refuse_named(launch, SYS_move_mount, "mount", r, "/");
	launch->root_fd = root;
	return mounts_note(launch, root, kind == ROOT_COPY ? NULL : source, "/",
			   attributes | (kind == ROOT_COPY ? BIND_RECURSIVE : 0));
}

static bool is_directory(int fd)
{
	struct stat status;

	return sys4(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 &&
	       S_ISDIR(status.st_mode);
}

static int bind_source(struct launch *launch, const char *source, uint64_t flags)
{
	int from = flags & BIND_FROM_ROOT ? root_open(launch, source, O_PATH)
					  : host_open(launch, source, O_PATH);

	if (from == -ENOENT && (flags & BIND_OPTIONAL))
		return from;
	return from < 0 ? refuse_named(launch, SYS_openat2, "open", from, source) : from;
}

/* Note it and attach it; closes it. */
static int attach(struct launch *launch, int mount, const char *type, const char *target,
		  uint64_t flags)
{
	int r = mounts_note(launch, mount, type, target, flags);

	if (r >= 0)
		return root_attach(launch, mount, target);
	(void)sys_close(mount);
	return r;
}

/* One with an id map was made by the parent, which has the right to. */
static int take_mapped(struct launch *launch, const char *source)
{
	if (launch->idmapped_used == launch->n_idmapped)
		return refuse_named(launch, -1, "idmap", -EBADMSG, source);
	return launch->idmapped[launch->idmapped_used++];
}

int op_BIND(struct launch *launch, struct args *args)
{
	const char *source = arg_string(args), *target = arg_string(args);
	uint64_t flags = arg_u64(args), attributes = flags & BIND_ATTRIBUTES;
	bool mapped = *arg_string(args), directory;
	int from = mapped ? take_mapped(launch, source) : bind_source(launch, source, flags);
	int r;

	if (from < 0)
		return from == -ENOENT && (flags & BIND_OPTIONAL) ? 0 : from;
	directory = is_directory(from);
	r = root_make(launch, target, directory, directory ? 0755 : 0444);
	if (r < 0) {
		(void)sys_close(from);
		return r;
	}
	if (!mapped)
		from = copy_tree(launch, from, source, attributes, flags & BIND_RECURSIVE);
	return from < 0 ? from : attach(launch, from, NULL, target, flags);
}

int op_FILESYSTEM(struct launch *launch, struct args *args)
{
	const char *type = arg_string(args), *target = arg_string(args);
	struct args options = *args;
	uint32_t count = arg_count(args);
	uint64_t attributes;
	int mount, r;

	while (count-- > 0)
		(void)arg_string(args);
	attributes = arg_u64(args);
	r = root_make(launch, target, true, 0755);
	if (r < 0)
		return r;
	mount = root_filesystem(launch, type, &options, attributes);
	return mount < 0 ? mount : attach(launch, mount, type, target, attributes);
}

/*
 * What is there is hidden by an empty directory or an empty file of our own; nothing there: fine.
 */
int op_MASK(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args);
	const uint64_t sealed = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				MOUNT_ATTR_NOEXEC;
	int at = root_open(launch, path, O_PATH), from;
	bool directory;

	if (at == -ENOENT)
		return 0;
	if (at < 0)
		return refuse_named(launch, SYS_openat2, "open", at, path);
	directory = is_directory(at);
	(void)sys_close(at);
	from = directory ? sys_openat(AT_FDCWD, base_empty, O_PATH | O_CLOEXEC)
			 : (int)sys4(SYS_openat, AT_FDCWD, "empty.file",
				     O_CREAT | O_RDONLY | O_CLOEXEC, 0444);
	if (from < 0)
		return refuse_named(launch, SYS_openat, "open", from, "an empty file");
	from = copy_tree(launch, from, path, sealed, false);
	return from < 0 ? from : attach(launch, from, NULL, path, sealed);
}

/* "/" is the root's own mount; any other path is bound onto itself. */
int op_READ_ONLY(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args);
	bool recursive = arg_u64(args) != 0;
	unsigned how = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
	int at;
	long r;

	if (strcmp(path, "/") == 0) {
		r = set_attributes(launch->root_fd, "", MOUNT_ATTR_RDONLY, 0, how);
		if (r < 0)
			return refuse_named(launch, SYS_mount_setattr, "mount_setattr", r, path);
		launch->mounts[0].flags |= MOUNT_ATTR_RDONLY;
		return 0;
	}
	at = root_open(launch, path, O_PATH);
	if (at == -ENOENT)
		return 0;
	if (at < 0)
		return refuse_named(launch, SYS_openat2, "open", at, path);
	at = copy_tree(launch, at, path, MOUNT_ATTR_RDONLY, recursive);
	return at < 0 ? at
		      : attach(launch, at, NULL, path,
			       MOUNT_ATTR_RDONLY | (recursive ? BIND_RECURSIVE : 0));
}

/*
 * Where mounts cannot be listed by calls, the host's procfs is needed until they have been read
 * back: the new root need not have any.
 */
static int keep_proc(struct launch *launch)
{
	struct statfs status;
	long r;

	if (!plan_has_op(&launch->plan, OP_VERIFY_MOUNTS) || mount_list_works())
		return 0;
	launch->proc_fd = host_open(launch, "/proc", O_PATH | O_DIRECTORY);
	if (launch->proc_fd < 0)
		return refuse_named(launch, SYS_openat2, "open", launch->proc_fd, "/proc");
	r = sys2(SYS_fstatfs, launch->proc_fd, &status);
	if (r >= 0 && status.f_type != PROC_SUPER_MAGIC)
		r = -EXDEV;
	return r < 0 ? refuse_named(launch, SYS_fstatfs, "fstatfs", r, "/proc") : 0;
}

/* Nothing of the host is reachable after this, by path, working directory or descriptor. */
int op_PIVOT(struct launch *launch, struct args *args)
{
	long r = keep_proc(launch);

	(void)args;
	if (r < 0)
		return (int)r;
	r = sys1(SYS_fchdir, launch->root_fd);
	if (r >= 0)
		r = sys2(SYS_pivot_root, ".", ".");
	if (r >= 0)
		r = sys2(SYS_umount2, ".", MNT_DETACH);
	if (r >= 0)
		r = sys1(SYS_chdir, "/");
	(void)sys_close(launch->host_fd);
	(void)sys_close(launch->root_fd);
	launch->host_fd = launch->root_fd = -1;
	return r < 0 ? refuse_named(launch, SYS_pivot_root, "pivot_root", r, "/") : 0;
}
