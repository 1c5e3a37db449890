/*
 * The tree of mounts: built beside the host's by descriptors, then pivoted into. Between ROOT and
 * PIVOT this process has a small tmpfs as its root: the host's at /host, the new one at /new.
 */
#include "root.h"

#include <linux/mount.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* ST_NOSYMFOLLOW of statfs(2), Linux 5.10; not in the headers of glibc 2.36 */
enum { ST_NO_FOLLOW_LINKS = 0x2000 };

static const char base_host[] = "host", base_new[] = "new", base_empty[] = "empty";

static long set_attributes(int fd, const char *path, uint64_t set, uint64_t propagation,
			   unsigned flags)
{
	struct mount_attr attributes = { .attr_set = set, .propagation = propagation };

	return sys5(SYS_mount_setattr, fd, path, flags, &attributes, sizeof(attributes));
}

/* A detached mount of a file system; options are KEY=VALUE or KEY. */
static int new_filesystem(struct launch *launch, const char *type, struct args *options,
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

/* The mount that becomes "/". */
static int make_root(struct launch *launch, struct args *args)
{
	uint64_t kind = arg_u64(args);
	const char *source = arg_string(args);
	struct args options = *args;
	uint32_t count = arg_count(args);
	uint64_t attributes;
	int from;

	while (count-- > 0)
		(void)arg_string(args);
	attributes = arg_u64(args);
	if (kind == ROOT_NEW)
		return new_filesystem(launch, source, &options, attributes);
	launch->root_is_host = strcmp(source, "/") == 0;
	from = sys_openat(AT_FDCWD, source, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		return refuse_named(launch, SYS_openat, "open", from, source);
	return copy_tree(launch, from, source, attributes, true);
}

/* A tmpfs of ours becomes the root, the old root is at /host in it. */
static int enter_base(struct launch *launch)
{
	static const uint8_t no_options[4];
	struct args none = { no_options };
	int base = new_filesystem(launch, "tmpfs", &none, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
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
	long r = set_attributes(AT_FDCWD, "/", 0, MS_PRIVATE, AT_RECURSIVE);
	int root;

	if (r < 0)
		return refuse_named(launch, SYS_mount_setattr, "mount_setattr", r, "/");
	root = make_root(launch, args);
	if (root < 0)
		return root;
	(void)sys1(SYS_umask, 0); /* modes are given in full; UMASK comes later */
	r = enter_base(launch);
	if (r < 0)
		return (int)r;
	r = sys5(SYS_move_mount, root, "", AT_FDCWD, base_new, MOVE_MOUNT_F_EMPTY_PATH);
	if (r < 0)
		return refuse_named(launch, SYS_move_mount, "mount", r, "/");
	launch->root_fd = root;
	launch->host_fd = sys_openat(AT_FDCWD, base_host, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return launch->host_fd < 0
		       ? refuse_named(launch, SYS_openat, "open", launch->host_fd, "/")
		       : 0;
}

static bool is_directory(int fd)
{
	struct stat status;

	return sys4(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 &&
	       S_ISDIR(status.st_mode);
}

int op_BIND(struct launch *launch, struct args *args)
{
	const char *source = arg_string(args), *target = arg_string(args);
	uint64_t flags = arg_u64(args), attributes = flags & BIND_ATTRIBUTES;
	int from = flags & BIND_FROM_ROOT ? root_open(launch, source, O_PATH)
					  : host_open(launch, source, O_PATH);
	int tree, r;

	if (from == -ENOENT && (flags & BIND_OPTIONAL))
		return 0;
	if (from < 0)
		return refuse_named(launch, SYS_openat2, "open", from, source);
	r = root_make(launch, target, is_directory(from), is_directory(from) ? 0755 : 0444);
	if (r < 0) {
		(void)sys_close(from);
		return r;
	}
	tree = copy_tree(launch, from, source, attributes, flags & BIND_RECURSIVE);
	return tree < 0 ? tree : root_attach(launch, tree, target);
}

int op_FILESYSTEM(struct launch *launch, struct args *args)
{
	const char *type = arg_string(args), *target = arg_string(args);
	struct args options = *args;
	uint32_t count = arg_count(args);
	int mount, r;

	while (count-- > 0)
		(void)arg_string(args);
	r = root_make(launch, target, true, 0755);
	if (r < 0)
		return r;
	mount = new_filesystem(launch, type, &options, arg_u64(args));
	if (mount < 0)
		return mount;
	root_made(launch, mount);
	return root_attach(launch, mount, target);
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
	return from < 0 ? from : root_attach(launch, from, path);
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
		return r < 0 ? refuse_named(launch, SYS_mount_setattr, "mount_setattr", r, path)
			     : 0;
	}
	at = root_open(launch, path, O_PATH);
	if (at == -ENOENT)
		return 0;
	if (at < 0)
		return refuse_named(launch, SYS_openat2, "open", at, path);
	at = copy_tree(launch, at, path, MOUNT_ATTR_RDONLY, recursive);
	return at < 0 ? at : root_attach(launch, at, path);
}

/* Nothing of the host is reachable after this, by path, working directory or descriptor. */
int op_PIVOT(struct launch *launch, struct args *args)
{
	long r = sys1(SYS_fchdir, launch->root_fd);

	(void)args;
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

/* What this kernel says of the mount at a path: MOUNT_ATTR_*, and the magic of its file system. */
static int look_at_mount(struct launch *launch, const char *path, uint64_t *ret_attributes,
			 uint64_t *ret_magic)
{
	/* f_flags of statfs(2) and its MOUNT_ATTR_* */
	static const uint64_t flags[][2] = {
		{ ST_RDONLY, MOUNT_ATTR_RDONLY }, { ST_NOSUID, MOUNT_ATTR_NOSUID },
		{ ST_NODEV, MOUNT_ATTR_NODEV }, { ST_NOEXEC, MOUNT_ATTR_NOEXEC },
		{ ST_NO_FOLLOW_LINKS, MOUNT_ATTR_NOSYMFOLLOW },
	};
	uint64_t status[15]; /* struct statfs: 120 bytes on both architectures */
	size_t i;
	long r = sys2(SYS_statfs, path, status);

	if (r < 0)
		return refuse_named(launch, SYS_statfs, "statfs", r, path);
	*ret_magic = status[0];
	*ret_attributes = 0;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (status[10] & flags[i][0])
			*ret_attributes |= flags[i][1];
	return 0;
}

/*
 * After PIVOT: for each path its attributes (at least those asked for) and the magic number of its
 * file system, 0 = any.
 */
int op_VERIFY_MOUNTS(struct launch *launch, struct args *args)
{
	struct args paths = *args;
	uint32_t count = arg_count(&paths), i;
	uint64_t attributes = 0, magic = 0, wanted_attributes, wanted_magic;
	int r;

	(void)arg_count(args);
	for (i = 0; i < count; i++)
		(void)arg_string(args);
	(void)arg_count(args);
	for (i = 0; i < count; i++) {
		const char *path = arg_string(&paths);

		wanted_attributes = arg_u64(args);
		wanted_magic = arg_u64(args);
		launch->refusal.sub = i;
		r = look_at_mount(launch, path, &attributes, &magic);
		if (r < 0)
			return r;
		launch->refusal.detail1 = attributes;
		launch->refusal.detail2 = magic;
		if ((attributes & wanted_attributes) != wanted_attributes)
			return refuse_named(launch, -1, "mount attributes", -EPERM, path);
		if (wanted_magic && magic != wanted_magic)
			return refuse_named(launch, -1, "mount type", -EPERM, path);
	}
	return 0;
}
