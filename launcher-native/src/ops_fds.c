/* Descriptors: the service sees the targets of the plan and nothing else. */
#include "ops.h"

#include <dirent.h>
#include <linux/close_range.h>
#include <sys/stat.h>

struct quad {
	int target;
	uint64_t kind;
	int value;
	unsigned int type;
};

static struct quad next_quad(struct args *args)
{
	struct quad quad;

	quad.target = (int)arg_u64(args);
	quad.kind = arg_u64(args);
	quad.value = (int)arg_u64(args);
	quad.type = (unsigned int)arg_u64(args);
	return quad;
}

static const char *type_name(unsigned int type)
{
	switch (type) {
	case S_IFIFO:
		return "a pipe";
	case S_IFSOCK:
		return "a socket";
	case S_IFREG:
		return "a file";
	case S_IFDIR:
		return "a directory";
	case S_IFCHR:
		return "a character device";
	case S_IFBLK:
		return "a block device";
	default:
		return "another type";
	}
}

static int check_type(struct launch *launch, const struct quad *quad, int fd)
{
	struct text object;
	struct stat st;
	long r = sys2(SYS_fstat, fd, &st);

	if (r < 0)
		return refuse_number(launch, SYS_fstat, "fstat", r, "descriptor",
				     (uint64_t)quad->target);
	if (quad->type == 0 || (st.st_mode & S_IFMT) == quad->type)
		return 0;
	object = refusal_object(launch);
	text_add(&object, "descriptor ");
	text_add_number(&object, (uint64_t)quad->target);
	text_add(&object, ": expected ");
	text_add(&object, type_name(quad->type));
	return refuse(launch, SYS_fstat, "fstat", -EBADF);
}

/*
 * Before Linux 5.11: mark what /proc lists. RLIMIT_NOFILE would be no bound, it can be lower than
 * open descriptors.
 */
static int mark_by_listing(struct launch *launch)
{
	int dir = sys_openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(8) char buf[2048];
	long n, at;

	if (dir < 0)
		return refuse_named(launch, SYS_openat, "openat", dir, "/proc/self/fd");
	while ((n = sys3(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buf + at);
			const char *digit = entry->d_name;
			int fd = 0;

			for (; *digit >= '0' && *digit <= '9'; digit++)
				fd = fd * 10 + (*digit - '0');
			if (fd >= 3)
				(void)sys_fcntl(fd, F_SETFD, FD_CLOEXEC);
			at += entry->d_reclen;
		}
	}
	(void)sys_close(dir);
	return n < 0 ? refuse_named(launch, SYS_getdents64, "getdents64", n, "/proc/self/fd") : 0;
}

static int mark_all(struct launch *launch)
{
	long r = sys3(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);

	if (r == -ENOSYS || r == -EINVAL || r == -EPERM)
		return mark_by_listing(launch);
	return r < 0 ? refuse_named(launch, SYS_close_range, "close_range", r, "") : 0;
}

static int lift_own(struct launch *launch, int *fd, int floor)
{
	int r;

	if (*fd < 0)
		return 0;
	r = sys_fcntl(*fd, F_DUPFD_CLOEXEC, floor);
	if (r < 0)
		return refuse_named(launch, SYS_fcntl, "fcntl", r, "own descriptor");
	(void)sys_close(*fd);
	*fd = r;
	return 0;
}

static int lift_source(struct launch *launch, const struct quad *quad, int floor)
{
	int fd = quad->value, r;

	if (quad->kind == FDS_NULL) {
		fd = sys_openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return refuse_named(launch, SYS_openat, "openat", fd, "/dev/null");
	} else if (quad->kind == FDS_PASSED) {
		fd = launch->fds[quad->value];
	}
	r = check_type(launch, quad, fd);
	if (r >= 0) {
		r = sys_fcntl(fd, F_DUPFD_CLOEXEC, floor);
		if (r < 0)
			(void)refuse_number(launch, SYS_fcntl, "fcntl", r, "descriptor",
					    (uint64_t)quad->target);
	}
	if (quad->kind == FDS_NULL)
		(void)sys_close(fd);
	return r;
}

static int place(struct launch *launch, int fd, int target)
{
	long r = sys3(SYS_dup3, fd, target, 0);
	int flags;

	if (r < 0)
		return refuse_number(launch, SYS_dup3, "dup2", r, "descriptor", (uint64_t)target);
	/* A service must not get SIGIO for what an earlier owner of the description asked for. */
	flags = sys_fcntl(target, F_GETFL, 0);
	if (flags >= 0 && (flags & O_ASYNC))
		(void)sys_fcntl(target, F_SETFL, flags & ~O_ASYNC);
	return 0;
}

int op_FDS(struct launch *launch, struct args *args)
{
	uint32_t i, n = arg_count(args) / 4;
	struct args again = *args;
	int lifted[PLAN_MAX_TARGETS];
	int floor = 3, r;

	for (i = 0; i < n; i++) {
		struct quad quad = next_quad(&again);

		floor = quad.target >= floor ? quad.target + 1 : floor;
	}
	/* Our own go first: they must survive the dup2 below, and mark_all only marks them. */
	r = lift_own(launch, &launch->exec_pipe, floor);
	if (r >= 0)
		r = lift_own(launch, &launch->message_fd, floor);
	for (i = 0; i < launch->n_idmapped && r >= 0; i++)
		r = lift_own(launch, &launch->idmapped[i], floor);
	if (r >= 0)
		r = lift_own(launch, &launch->terminal_fd, floor);
	if (r >= 0)
		r = mark_all(launch);
	if (r < 0)
		return r;
	again = *args;
	for (i = 0; i < n; i++) {
		struct quad quad = next_quad(&again);

		launch->refusal.sub = i;
		lifted[i] = lift_source(launch, &quad, floor);
		if (lifted[i] < 0)
			return lifted[i];
	}
	for (i = 0; i < n; i++) {
		struct quad quad = next_quad(args);

		launch->refusal.sub = i;
		r = place(launch, lifted[i], quad.target);
		if (r < 0)
			return r;
	}
	launch->refusal.sub = 0;
	return 0;
}
