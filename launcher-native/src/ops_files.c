/* What a root needs beside mounts: directories, small files, links. */
#include "root.h"

#include <string.h>

int op_MKDIR(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args);

	return root_make(launch, path, true, arg_u64(args));
}

int op_FILE(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args);
	uint64_t mode = arg_u64(args);
	const char *text = arg_string(args);
	int fd, r = root_make(launch, path, false, mode | 0200);
	long written;

	if (r < 0)
		return r;
	fd = root_open(launch, path, O_WRONLY | O_NOFOLLOW);
	written = fd < 0 ? fd : root_may_write(launch, fd) ? 0 : -EROFS;
	if (written >= 0)
		written = sys2(SYS_ftruncate, fd, 0);
	if (written >= 0)
		written = sys_write(fd, text, strlen(text));
	if (written >= 0)
		written = sys2(SYS_fchmod, fd, mode);
	if (fd >= 0)
		(void)sys_close(fd);
	return written < 0 ? refuse_named(launch, SYS_write, "write", written, path) : 0;
}

int op_SYMLINK(struct launch *launch, struct args *args)
{
	const char *target = arg_string(args), *path = arg_string(args);
	const char *slash = strrchr(path, '/');
	char parent[4096];
	size_t n = slash ? (size_t)(slash - path) : 0;
	int fd, r;
	long linked;

	if (n >= sizeof(parent))
		return refuse_named(launch, SYS_symlinkat, "symlink", -ENAMETOOLONG, path);
	memcpy(parent, path, n);
	parent[n] = 0;
	r = n > 0 ? root_make(launch, parent, true, 0755) : 0;
	if (r < 0)
		return r;
	fd = root_open(launch, n > 0 ? parent : "/", O_PATH | O_DIRECTORY);
	linked = fd < 0 ? fd : root_may_write(launch, fd) ? 0 : -EROFS;
	if (linked >= 0)
		linked = sys3(SYS_symlinkat, target, fd, slash ? slash + 1 : path);
	if (fd >= 0)
		(void)sys_close(fd);
	if (linked == -EEXIST)
		return 0;
	return linked < 0 ? refuse_named(launch, SYS_symlinkat, "symlink", linked, path) : 0;
}
