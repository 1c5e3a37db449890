#include "ops.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define __asan_unpoison_memory_region(at, bytes) ((void)(at), (void)(bytes))
#endif

enum {
	GUARD_PAGE_BYTES = 64 * 1024, /* the largest page size of aarch64 */
	/* the deepest op takes under 8 KiB; untouched pages cost nothing */
	STACK_BYTES = 128 * 1024,
	/* exit code after a refusal, as of a shell that cannot run a program */
	CHILD_REFUSED = 127,
};

/*
 * Send the refusal; the parent reads it until all write ends are closed, that is until the _exit.
 */
void launch_send_refusal(const struct launch *launch)
{
	char record[1 + sizeof(struct refusal)] = { 'R' };

	memcpy(record + 1, &launch->refusal, sizeof(launch->refusal));
	(void)sys_write(launch->exec_pipe, record, sizeof(record));
}

/*
 * The cgroup of a child whose clone could not put it there: before anything else, so that nothing
 * runs outside.
 */
static int join_cgroup(struct launch *launch)
{
	int fd = sys_openat(launch->cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	long r = fd < 0 ? fd : sys_write(fd, "0", 1);

	if (fd >= 0)
		(void)sys_close(fd);
	launch->refusal.op = UINT32_MAX;
	if (fd < 0)
		return refuse_named(launch, SYS_openat, "openat", r, "cgroup.procs");
	return r < 0 ? refuse_named(launch, SYS_write, "write", r, "cgroup.procs") : 0;
}

void launch_child_main(void *arg)
{
	struct launch *launch = arg;

	if (launch->releasing_fd >= 0)
		(void)sys_close(launch->releasing_fd);
	if (launch->status_fd >= 0 && !plan_has_op(&launch->plan, OP_INIT)) {
		(void)sys_close(launch->status_fd);
		launch->status_fd = -1;
	}
	if (!launch->join_cgroup || join_cgroup(launch) >= 0)
		(void)launch_run(launch);
	launch_send_refusal(launch);
	sys_exit(CHILD_REFUSED);
}

static long clone3_once(struct clone_args *args, void (*fn)(void *), struct launch *launch)
{
	long r;

	if (args->stack)
		return sys_clone_on_stack(SYS_clone3, (long)args, sizeof(*args), 0, fn, launch);
	r = sys2(SYS_clone3, args, sizeof(*args));
	if (r == 0 && fn)
		fn(launch);
	return r;
}

/* Where clone3 does not exist, or a filter answers EPERM to it. */
static long clone_once(uint64_t flags, void *stack, int *pidfd, void (*fn)(void *),
		       struct launch *launch)
{
	long r, all = (long)(flags | SIGCHLD);

	if (stack)
		return sys_clone_on_stack(SYS_clone, all, (long)stack, (long)pidfd, fn, launch);
	r = sys5(SYS_clone, all, 0, pidfd, 0, 0);
	if (r == 0 && fn)
		fn(launch);
	return r;
}

static bool drops_flag(uint64_t *flags, uint64_t flag)
{
	bool had = *flags & flag;

	*flags &= ~flag;
	return had;
}

int launch_clone(struct launch *launch, void (*fn)(void *), void *stack, size_t stack_bytes,
		 int *ret_pidfd, const char **ret_call)
{
	/* a guard stays outside of the cgroup, and puts the payload there */
	int cgroup_fd = fn == guard_main ? -1 : launch->cgroup_fd;
	uint64_t flags = CLONE_PIDFD | (stack ? CLONE_VM : 0) |
			 (fn == guard_main ? 0 : launch->namespace_flags);
	uint64_t extra = CLONE_CLEAR_SIGHAND | (cgroup_fd >= 0 ? CLONE_INTO_CGROUP : 0);
	int pidfd = -1;
	long r;

	for (;;) {
		struct clone_args args = {
			.flags = flags | extra, .exit_signal = SIGCHLD,
			.pidfd = (uint64_t)(uintptr_t)&pidfd,
			.stack = stack ? (uint64_t)(uintptr_t)stack - stack_bytes : 0,
			.stack_size = stack ? stack_bytes : 0,
			.cgroup = extra & CLONE_INTO_CGROUP ? (uint64_t)cgroup_fd : 0,
		};

		launch->join_cgroup = cgroup_fd >= 0 && !(extra & CLONE_INTO_CGROUP);
		*ret_call = "clone3";
		r = clone3_once(&args, fn, launch);
		/*
		 * Before 5.5 there is no CLEAR_SIGHAND; all is blocked and SIGNALS resets it, so
		 * it may go.
		 */
		if (r == -EINVAL && drops_flag(&extra, CLONE_CLEAR_SIGHAND))
			continue;
		if ((r == -EINVAL || r == -E2BIG || r == -EACCES || r == -EBADF ||
		     r == -EOPNOTSUPP) &&
		    drops_flag(&extra, CLONE_INTO_CGROUP))
			continue;
		break;
	}
	if (r == -ENOSYS || r == -EPERM) {
		launch->join_cgroup = cgroup_fd >= 0;
		*ret_call = "clone";
		r = clone_once(flags, stack, &pidfd, fn, launch);
	}
	*ret_pidfd = pidfd;
	return (int)r;
}

static size_t align(size_t bytes, size_t to)
{
	return (bytes + to - 1) / to * to;
}

/*
 * One mapping holds all that the child touches: [guard page][stack][struct
 * launch][descriptors][plan][arena].
 * So it does not matter what the caller does with its own copies while the child runs.
 */
static int map_launch(const struct launch_request *request, struct launch_child *child,
		      struct launch **ret)
{
	const struct plan *plan = request->plan;
	size_t fixed = GUARD_PAGE_BYTES + STACK_BYTES;
	size_t fds_at = fixed + align(sizeof(struct launch), 16);
	size_t plan_at = fds_at + align(plan->n_fds * sizeof(int), 16);
	size_t arena_at = plan_at + align(plan->size, 16);
	size_t bytes = arena_at + launch_memory_bytes(plan, 0);
	uint8_t *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct launch *launch = (struct launch *)(at + fixed);
	const char *why;
	int r;

	if (at == MAP_FAILED)
		return -errno;
	child->memory = at;
	child->memory_bytes = bytes;
	/* an earlier child died on a stack at this place and left its red zones behind */
	__asan_unpoison_memory_region(at, bytes);
	if (mprotect(at, GUARD_PAGE_BYTES, PROT_NONE) < 0)
		return -errno;
	memcpy(at + plan_at, plan->bytes, plan->size);
	if (plan->n_fds > 0)
		memcpy(at + fds_at, request->fds, plan->n_fds * sizeof(int));
	*launch = (struct launch){
		.fds = (int *)(at + fds_at), .exec_pipe = -1, .message_fd = -1, .status_fd = -1,
		.terminal_fd = -1,
		.release_fd = -1, .releasing_fd = -1, .root_fd = -1, .host_fd = -1, .proc_fd = -1,
		.cgroup_fd = request->cgroup_fd, .shares_memory = !(plan->flags & PLAN_COPY),
		.parent = sys_getpid(), .cpu = UINT32_MAX, .node = UINT32_MAX,
	};
	if (request->nofile) {
		launch->sets_nofile = true;
		launch->nofile = *request->nofile;
	}
	*ret = launch;
	/* decoded again: the pointers of the caller's plan lead into the caller's bytes */
	r = plan_decode(at + plan_at, plan->size, &launch->plan, &why);
	if (r >= 0)
		launch_use_memory(launch, at + arena_at);
	return r;
}

static int open_channels(struct launch *launch, struct launch_child *child, const char **ret_call)
{
	int pipe_ends[2], pair[2] = { -1, -1 };
	int r;

	*ret_call = "pipe2";
	r = (int)sys2(SYS_pipe2, pipe_ends, O_CLOEXEC);
	if (r < 0)
		return r;
	child->exec_pipe = pipe_ends[0];
	launch->exec_pipe = pipe_ends[1];
	*ret_call = "fcntl";
	r = sys_fcntl(child->exec_pipe, F_SETFL, O_NONBLOCK);
	if (r < 0 || !(launch->plan.flags & PLAN_STAY))
		return r;
	*ret_call = "socketpair";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	child->status_fd = pair[0];
	launch->status_fd = pair[1];
	*ret_call = "fcntl";
	return sys_fcntl(child->status_fd, F_SETFL, O_NONBLOCK);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)sys_close(*fd);
	*fd = -1;
}

int launch_start(const struct launch_request *request, struct launch_child *ret,
		 const char **ret_call)
{
	struct launch_child child = { .pidfd = -1, .exec_pipe = -1, .status_fd = -1 };
	struct launch *launch = NULL;
	bool stays = request->plan->flags & PLAN_STAY;
	int exec_pipe = -1, status_fd = -1, r;
	uint8_t *top;

	*ret_call = "mmap";
	r = map_launch(request, &child, &launch);
	if (r >= 0)
		r = open_channels(launch, &child, ret_call);
	if (launch) {
		exec_pipe = launch->exec_pipe;
		status_fd = launch->status_fd;
	}
	if (r >= 0) {
		top = (uint8_t *)child.memory + GUARD_PAGE_BYTES + STACK_BYTES;
		r = launch_clone(launch, stays ? guard_main : launch_child_main,
				 launch->shares_memory ? top : NULL, STACK_BYTES, &child.pidfd,
				 ret_call);
		child.pid = r;
	}
	/* From here on *launch belongs to the child, which may share it. */
	close_fd(&exec_pipe);
	close_fd(&status_fd);
	if (r < 0) {
		close_fd(&child.status_fd);
		launch_release(&child);
		return r;
	}
	*ret = child;
	return 0;
}

/* Everything in the pipe has come: what does it say? */
static void judge(const struct launch_child *child, struct launch_report *ret)
{
	const uint8_t *at = child->report;
	size_t left = child->report_bytes;

	ret->outcome = LAUNCH_DIED;
	if (left >= LAUNCH_START_BYTES && at[0] == 'H') {
		ret->outcome = LAUNCH_RUNNING;
		memcpy(&ret->cpu, at + 1, 4);
		memcpy(&ret->node, at + 5, 4);
		at += 9;
		left -= 9;
	}
	if (left >= 1 + sizeof(ret->refusal) && at[0] == 'R') {
		ret->outcome = LAUNCH_REFUSED;
		memcpy(&ret->refusal, at + 1, sizeof(ret->refusal));
		ret->refusal.call[sizeof(ret->refusal.call) - 1] = 0;
		ret->refusal.object[sizeof(ret->refusal.object) - 1] = 0;
	}
}

void launch_poll(struct launch_child *child, struct launch_report *ret)
{
	long n;

	memset(ret, 0, sizeof(*ret));
	ret->cpu = ret->node = UINT32_MAX;
	ret->outcome = LAUNCH_PENDING;
	while (child->exec_pipe >= 0) {
		size_t room = sizeof(child->report) - child->report_bytes;

		n = sys_read(child->exec_pipe, child->report + child->report_bytes, room);
		if (n == -EAGAIN)
			return;
		if (n <= 0)
			break;
		child->report_bytes += (size_t)n;
	}
	/*
	 * End of file. The kernel detaches the memory before it closes descriptors, at execve as
	 * at exit.
	 */
	judge(child, ret);
}

void launch_release(struct launch_child *child)
{
	close_fd(&child->exec_pipe);
	if (child->memory)
		(void)munmap(child->memory, child->memory_bytes);
	child->memory = NULL;
}
